"""Which trials train together."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.models.kind import ModelKind
from recsys.models.parts.packing import MOST_MEMBERS
from recsys.models.plan import plan_of
from recsys.training.caches import numbers_in_reach
from recsys.training.trial import Trial

LEAST_WIDTH, MOST_WIDTH, WIDTH_STEP = 128, 384, 64
"""Columns of a cohort's tables. What a batch costs whatever its width is shared by more members in a wider one, but one
that leaves the caches costs more a column: half as much again, at ten thousand rows or beside another cohort."""
MOST_RANKING = 4
"""Members that are trained on rankings: the scores of more, for a batch of users, leave the caches."""

WORTH_PARTING = 2
"""Members that a cohort has at least where a group is parted for the sake of all threads."""


def cohorts(
    trials: Sequence[Trial], kind: ModelKind, *, at_once: int = 1, rows: int | None = None
) -> list[list[Trial]]:
    """Trials by cohort, in order of the first number of each.

    Trials go together when they share plan, structure and first epoch, until the cohort is full.

    Args:
        trials: A batch of them.
        kind: The kind of model, which says how wide a trial is and what its structure is.
        at_once: How many cohorts are trained side by side: large groups are parted so that each has as many to train.
        rows: Users and items, by which tables are kept in the caches of this machine; None where it is not known.
    """
    if not kind.builds_cohorts:
        return [[trial] for trial in trials]
    groups: dict[object, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(_key(trial, kind), []).append(trial)
    packed = [cohort for group in groups.values() for cohort in _parted(group, kind, at_once, rows)]
    return sorted(packed, key=lambda cohort: cohort[0].number)


def _key(trial: Trial, kind: ModelKind) -> object:
    return (plan_of(trial.point), kind.structure(trial.point), trial.first_epoch)


def widest(rows: int, at_once: int = 1) -> int:
    """The columns up to which tables of so many rows stay in the caches, which cohorts side by side have to share.

    `MOST_WIDTH` where even narrow ones do not, and on a GPU, whose memory is as quick for wide ones.
    """
    import tensorflow as tf

    # eight times what is in reach: far past the caches, the width of a row is all that counts
    columns = numbers_in_reach() / rows if not tf.config.list_physical_devices("GPU") else 0
    if columns < LEAST_WIDTH / 8:
        return MOST_WIDTH
    return min(MOST_WIDTH, max(LEAST_WIDTH, WIDTH_STEP * round(columns / at_once / WIDTH_STEP)))


def _parted(group: Sequence[Trial], kind: ModelKind, at_once: int, rows: int | None) -> list[list[Trial]]:
    plan, widths = plan_of(group[0].point), {trial.number: kind.width(trial.point) for trial in group}
    by_size = sorted(group, key=lambda trial: (widths[trial.number], trial.number))
    if not kind.method(plan).together:
        return [[trial] for trial in by_size]
    parts = _neighbours(by_size) if plan.loss else _alike(by_size, sum(widths.values()), at_once, rows)
    return [sorted(cohort, key=lambda trial: trial.number) for cohort in parts]


def _neighbours(by_size: Sequence[Trial]) -> list[Sequence[Trial]]:
    """Cohorts whose members are about as wide as each other, since all are padded to the widest."""
    return [by_size[start : start + MOST_RANKING] for start in range(0, len(by_size), MOST_RANKING)]


def _alike(by_size: Sequence[Trial], total: int, at_once: int, rows: int | None) -> list[Sequence[Trial]]:
    """Cohorts that are about as wide as each other, whose trials are dealt to them in turn."""
    width = MOST_WIDTH if rows is None or total <= LEAST_WIDTH else widest(rows, at_once)
    bins = max(-(-len(by_size) // MOST_MEMBERS), -(-total // width))
    if len(by_size) >= WORTH_PARTING * at_once:
        bins = -(-bins // at_once) * at_once
    return [by_size[number::bins] for number in range(bins)]
