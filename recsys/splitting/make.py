"""Make a split: the test part first, then validation from the remaining rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.splitting.column import labels_validation
from recsys.splitting.kind import PartSettings, Seed
from recsys.splitting.kinds import KINDS
from recsys.splitting.moments import end_of
from recsys.splitting.part_settings import is_by_time, part_settings
from recsys.splitting.releases import with_unreleased
from recsys.splitting.repeats import among, untested
from recsys.splitting.settings import Kind, SplitSettings
from recsys.splitting.split import LeftOut, Period, Repeated, SealedTest, Split


def make_split(ratings: Ratings, settings: SplitSettings) -> Split:
    """Split the ratings as `[split]` declares.

    Every row is in exactly one part, except that a global horizon and the ids first seen from a time on leave rows out,
    which are counted. If a kind cuts rows, each part is merged from its own rows alone. A pair of an earlier part is
    tested in a later one only if `repeats` is set; its rows are merged with the others' in either case.

    Raises:
        InputError: A part would be empty, or the kind needs timestamps or labels that the data lack.
    """
    kind = validation_kind(ratings, settings)
    ordered = is_by_time(settings, settings.kind) and is_by_time(settings.validation, kind)
    ratings = replace(ratings, repeats=settings.repeats, grows=settings.history == "grows", ordered=ordered)
    of_test = part_settings(settings, settings, settings.kind, ratings.rows.timestamps)
    rest, test, beside_test = _cut(ratings, settings.kind, of_test, (settings.seed, 0), "test")
    period = _period(test, of_test) if settings.kind == "temporal" else None
    of_validation = part_settings(settings, settings.validation, kind, rest.rows.timestamps, of_test.begins)
    train, validation, beside_validation = _cut(rest, kind, of_validation, (settings.seed, 1), "validation")
    again, of_rest = among(validation, train), among(test, rest)
    if not settings.repeats:
        validation = untested(validation, again, "validation part")
        test = untested(test, of_rest, "test part")
    why = {"validation": KINDS[kind].leaves_out, "test": KINDS[settings.kind].leaves_out}
    repeated = Repeated(int(again.sum()), int(of_rest.sum()))
    train, validation, test = with_unreleased(train, validation, test, KINDS[kind], KINDS[settings.kind])
    return Split(train, validation, SealedTest(test), repeated, LeftOut(beside_validation, beside_test, why), period)


def _period(test: Ratings, by: PartSettings) -> Period:
    times = np.asarray(test.rows.timestamps)
    return Period(times.min().item() if by.begins is None else by.begins, end_of(times))


def validation_kind(ratings: Ratings, settings: SplitSettings) -> Kind:
    """The kind of the validation part: `column` if the data label it and `[split.validation]` names no kind."""
    labelled = settings.kind == "column" and settings.validation.kind is None and labels_validation(ratings)
    return "column" if labelled else settings.validation_kind


def _cut(ratings: Ratings, kind: str, by: PartSettings, seed: Seed, part: str) -> tuple[Ratings, Ratings, int]:
    """The remaining ratings, the part, and the number of rows in neither."""
    table = ratings.rows if KINDS[kind].of_rows else ratings
    rest, cut = KINDS[kind].part(table, by, seed)
    if not len(cut) or not len(rest):
        empty = part if not len(cut) else "training"
        raise InputError(
            f"split: the {empty} part is empty: kind {kind!r} of {len(table)} ratings leaves nothing for it"
        )
    parts, left = (table.take(rest), table.take(cut)), len(table) - len(rest) - len(cut)
    if table is ratings or ratings.events is None:
        return *parts, left
    merging = ratings.events.merging
    return parts[0].merged(merging), parts[1].merged(merging), left
