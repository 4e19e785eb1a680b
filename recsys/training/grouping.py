"""Which trials train together."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.training.plan import plan_of
from recsys.training.trial import Trial

MOST_MEMBERS = 16
MOST_WIDTH = 384
"""Columns of a cohort's tables: wider ones leave the caches and cost more a trial."""
MOST_RANKING = 4
"""Members that are trained on rankings: the scores of more, for a batch of users, leave the caches."""

WORTH_PARTING = 2
"""Members that a cohort has at least where a group is parted for the sake of all threads."""


def cohorts(trials: Sequence[Trial], *, together: bool = True, at_once: int = 1) -> list[list[Trial]]:
    """Trials by cohort, in order of the first number of each.

    Trials go together when they share plan, hidden shape and first epoch, until the cohort is full.

    Args:
        trials: A batch of them.
        together: Whether they can be trained together at all; False gives cohorts of one.
        at_once: How many cohorts are trained side by side: large groups are parted so that each has as many to train.
    """
    if not together:
        return [[trial] for trial in trials]
    groups: dict[object, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(_kind(trial), []).append(trial)
    packed = [cohort for group in groups.values() for cohort in _parted(group, at_once)]
    return sorted(packed, key=lambda cohort: cohort[0].number)


def width_of(trial: Trial) -> int:
    """The columns that a trial takes in the wider of its tables."""
    sizes = [int(value) for name, value in trial.point.items() if name.endswith("embedding_size")]  # type: ignore[arg-type]
    return max(sizes, default=1)


def _kind(trial: Trial) -> object:
    return (plan_of(trial.point), trial.point.get("hidden_units"), trial.first_epoch)


def _parted(group: Sequence[Trial], at_once: int) -> list[list[Trial]]:
    by_size = sorted(group, key=lambda trial: (width_of(trial), trial.number))
    if plan_of(group[0].point).solver == "gibbs":  # chains gain nothing by company
        return [[trial] for trial in group]
    parts = _neighbours(by_size) if plan_of(group[0].point).loss else _alike(by_size, at_once)
    return [sorted(cohort, key=lambda trial: trial.number) for cohort in parts]


def _neighbours(by_size: Sequence[Trial]) -> list[Sequence[Trial]]:
    """Cohorts whose members are about as wide as each other, since all are padded to the widest."""
    return [by_size[start : start + MOST_RANKING] for start in range(0, len(by_size), MOST_RANKING)]


def _alike(by_size: Sequence[Trial], at_once: int) -> list[Sequence[Trial]]:
    """Cohorts that are about as wide as each other, whose trials are dealt to them like cards."""
    total = sum(width_of(trial) for trial in by_size)
    bins = max(-(-len(by_size) // MOST_MEMBERS), -(-total // MOST_WIDTH))
    if len(by_size) >= WORTH_PARTING * at_once:
        bins = -(-bins // at_once) * at_once
    return [by_size[number::bins] for number in range(bins)]
