"""Make a split: the test part first, then validation from what remains."""

from __future__ import annotations

from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.splitting.kind import PartSettings, Seed
from recsys.splitting.kinds import KINDS
from recsys.splitting.settings import SplitSettings
from recsys.splitting.split import SealedTest, Split


def make_split(ratings: Ratings, settings: SplitSettings) -> Split:
    """Split the ratings as `[split]` says; nothing is lost and nothing is in two parts.

    Raises:
        InputError: A part would be empty, or the kind needs timestamps that the data do not have.
    """
    rest, test = _cut(ratings, settings.kind, settings, (settings.seed, 0), "test")
    train, validation = _cut(rest, settings.validation_kind, settings.validation, (settings.seed, 1), "validation")
    return Split(train, validation, SealedTest(test))


def _cut(ratings: Ratings, kind: str, by: PartSettings, seed: Seed, part: str) -> tuple[Ratings, Ratings]:
    if KINDS[kind].by_time and ratings.timestamps is None:
        raise InputError(f"split.kind = {kind!r} needs timestamps, and the data have none: name data.columns.timestamp")
    rest, cut = KINDS[kind].part(ratings, by, seed)
    if not len(cut) or not len(rest):
        empty = part if not len(cut) else "training"
        raise InputError(
            f"split: the {empty} part is empty: kind {kind!r} of {len(ratings)} ratings leaves nothing for it"
        )
    return ratings.take(rest), ratings.take(cut)
