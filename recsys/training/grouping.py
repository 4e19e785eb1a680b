"""Grouping: which trials train together."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.models.kind import ModelKind
from recsys.models.kinds import kind_of
from recsys.models.parts.packing import MOST_MEMBERS
from recsys.models.plan import plan_of
from recsys.models.settings import ModelSettings
from recsys.models.solvers.method import ROW_WISE_FROM
from recsys.training.caches import numbers_in_reach
from recsys.training.trial import Trial

LEAST_WIDTH, MOST_WIDTH, WIDTH_STEP = 128, 384, 64
"""Columns of a cohort's tables. In a wide cohort more members share the fixed cost of a batch. A cohort that exceeds
the caches costs more for each column: half as much again, at ten thousand rows or with another cohort in parallel."""
MOST_RANKING, RANKING_ROWS = 4, 12_000
"""The most members of a cohort with a ranking loss, and the most rows of all its members' tables. The scores of more
members, for a batch of users, exceed the caches, and so do tables that every step updates as a whole. A cohort of one
then trains in two thirds of the time of its share in a cohort of four, on 9,738 rows at a width of 144."""

WORTH_PARTING = 2
"""The least number of members per cohort if a group is divided to occupy all threads."""


def cohorts(
    trials: Sequence[Trial], model: ModelSettings, *, at_once: int = 1, rows: int | None = None
) -> list[list[Trial]]:
    """Group trials into cohorts.

    Trials go together if they share kind, plan, structure and first epoch, until the cohort is full.

    Args:
        trials: A batch of trials.
        model: The settings `[model]`. The kind of a trial gives its width and its structure.
        at_once: The number of cohorts that train in parallel. Large groups are divided into a multiple of it.
        rows: The number of users and items, which decides how many columns stay in the caches; None if it is unknown.

    Returns:
        The cohorts, in order of their first trial number.
    """
    groups: dict[object, list[Trial]] = {}
    kinds = {trial.number: kind_of(model.at(trial.point)) for trial in trials}
    for trial in trials:
        groups.setdefault(_key(trial, kinds[trial.number]), []).append(trial)
    packed = [cohort for group in groups.values() for cohort in _parted(group, kinds[group[0].number], at_once, rows)]
    return sorted(packed, key=lambda cohort: cohort[0].number)


def _key(trial: Trial, kind: ModelKind) -> object:
    if not kind.builds_cohorts:
        return trial.number
    return (kind.name, plan_of(trial.point), kind.structure(trial.point), trial.first_epoch)


def widest(rows: int, at_once: int = 1) -> int:
    """Return the most columns with which tables of so many rows stay in the caches.

    Cohorts in parallel share the caches. The result is `MOST_WIDTH` if even narrow tables exceed the caches, and on a
    GPU, whose memory is equally fast for wide tables.

    Args:
        rows: The number of users and items.
        at_once: The number of cohorts that train in parallel.
    """
    # tables of eight times this size are far beyond the caches, where only the width of a row matters
    columns = 0 if _on_a_gpu() else numbers_in_reach() / rows
    if columns < LEAST_WIDTH / 8:
        return MOST_WIDTH
    return min(MOST_WIDTH, max(LEAST_WIDTH, WIDTH_STEP * round(columns / at_once / WIDTH_STEP)))


def most_ranking(rows: int | None) -> int:
    """Return the most members of a cohort that gradients train on lists.

    The result is `MOST_RANKING` if an update changes only the batch's rows of a table, and on a GPU.

    Args:
        rows: The number of users and items; None if it is unknown.
    """
    if not rows or rows >= ROW_WISE_FROM or _on_a_gpu():
        return MOST_RANKING
    return max(1, min(MOST_RANKING, RANKING_ROWS // rows))


def _on_a_gpu() -> bool:
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))


def _parted(group: Sequence[Trial], kind: ModelKind, at_once: int, rows: int | None) -> list[list[Trial]]:
    if not kind.builds_cohorts:
        return [list(group)]
    plan, widths = plan_of(group[0].point), {trial.number: kind.width(trial.point) for trial in group}
    by_size = sorted(group, key=lambda trial: (widths[trial.number], trial.number))
    if not kind.method(plan).together:
        return [[trial] for trial in by_size]
    if plan.loss:
        parts = _neighbours(by_size, MOST_RANKING if kind.method(plan).gradient_free else most_ranking(rows))
    else:
        parts = _alike(by_size, sum(widths.values()), at_once, rows)
    return [sorted(cohort, key=lambda trial: trial.number) for cohort in parts]


def _neighbours(by_size: Sequence[Trial], most: int) -> list[Sequence[Trial]]:
    """Return cohorts of members with similar widths, because all are padded to the widest."""
    return [by_size[start : start + most] for start in range(0, len(by_size), most)]


def _alike(by_size: Sequence[Trial], total: int, at_once: int, rows: int | None) -> list[Sequence[Trial]]:
    """Return cohorts of similar total width, to which trials are assigned in turn."""
    width = MOST_WIDTH if rows is None or total <= LEAST_WIDTH else widest(rows, at_once)
    bins = max(-(-len(by_size) // MOST_MEMBERS), -(-total // width))
    if len(by_size) >= WORTH_PARTING * at_once:
        bins = -(-bins // at_once) * at_once
    return [by_size[number::bins] for number in range(bins)]
