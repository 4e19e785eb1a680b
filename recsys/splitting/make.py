"""Make a split: the test part first, then validation from the remaining rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recsys.arrays import BoolArray
from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.splitting.column import labels_validation
from recsys.splitting.kind import PartSettings, Seed
from recsys.splitting.kinds import KINDS
from recsys.splitting.settings import Kind, SplitSettings
from recsys.splitting.split import Repeated, SealedTest, Split


def make_split(ratings: Ratings, settings: SplitSettings) -> Split:
    """Split the ratings as `[split]` declares.

    Every row is in exactly one part. If a kind cuts rows, each part is merged from its own rows alone. A pair of an
    earlier part is tested in a later one only if `repeats` is set; its rows are merged with the others' in either case.

    Raises:
        InputError: A part would be empty, or the kind needs timestamps or labels that the data lack.
    """
    kind = validation_kind(ratings, settings)
    ordered = KINDS[settings.kind].by_time and KINDS[kind].by_time
    ratings = replace(ratings, repeats=settings.repeats, ordered=ordered)
    rest, test = _cut(ratings, settings.kind, settings, (settings.seed, 0), "test")
    train, validation = _cut(rest, kind, settings.validation, (settings.seed, 1), "validation")
    of_train, of_rest = _among(validation, train), _among(test, rest)
    if not settings.repeats:
        validation = _untested(validation, of_train, "validation")
        test = _untested(test, of_rest, "test")
    return Split(train, validation, SealedTest(test), Repeated(int(of_train.sum()), int(of_rest.sum())))


def validation_kind(ratings: Ratings, settings: SplitSettings) -> Kind:
    """The kind of the validation part: `column` if the data label it and `[split.validation]` names no kind."""
    labelled = settings.kind == "column" and settings.validation.kind is None and labels_validation(ratings)
    return "column" if labelled else settings.validation_kind


def _cut(ratings: Ratings, kind: str, by: PartSettings, seed: Seed, part: str) -> tuple[Ratings, Ratings]:
    if KINDS[kind].by_time and ratings.timestamps is None:
        raise InputError(f"split.kind = {kind!r} needs timestamps, and the data have none: name data.columns.timestamp")
    table = ratings.rows if KINDS[kind].of_rows else ratings
    rest, cut = KINDS[kind].part(table, by, seed)
    if not len(cut) or not len(rest):
        empty = part if not len(cut) else "training"
        raise InputError(
            f"split: the {empty} part is empty: kind {kind!r} of {len(table)} ratings leaves nothing for it"
        )
    parts = table.take(rest), table.take(cut)
    if table is ratings or ratings.events is None:
        return parts
    return parts[0].merged(ratings.events.merging), parts[1].merged(ratings.events.merging)


def _among(part: Ratings, earlier: Ratings) -> BoolArray:
    """Whether each pair of a part occurs in an earlier one, (N,)."""
    if part.events is None:  # no pair of the table has several rows
        return np.zeros(len(part), bool)
    ours, theirs = (each.users.astype(np.int64) * part.catalogue.items + each.items for each in (part, earlier))
    return np.isin(ours, theirs)


def _untested(part: Ratings, again: BoolArray, name: str) -> Ratings:
    """The part without the pairs of an earlier part."""
    if again.all():
        raise InputError(
            f"split: the {name} part is empty: all {len(part):,} pairs of it are in an earlier part too; split.repeats "
            "= true tests repeated pairs"
        )
    return part.untested(again) if again.any() else part
