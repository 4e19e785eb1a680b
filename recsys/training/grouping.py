"""Which trials train together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from recsys.training.trial import Trial

MOST_MEMBERS = 16
MOST_WIDTH = 384
"""Columns of a cohort's tables: wider ones leave the caches and cost more a trial."""


def cohorts(trials: Sequence[Trial], *, together: bool = True) -> list[list[Trial]]:
    """Trials by cohort, in order of the first number of each.

    Trials go together when they share batch size, hidden shape and first epoch; of those, neighbours in size,
    until the cohort is full. `together = False` gives cohorts of one.
    """
    if not together:
        return [[trial] for trial in trials]
    groups: dict[object, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(_kind(trial), []).append(trial)
    packed = [cohort for group in groups.values() for cohort in _packed(group, width_of)]
    return sorted(packed, key=lambda cohort: cohort[0].number)


def width_of(trial: Trial) -> int:
    """The columns that a trial takes in the wider of its tables."""
    sizes = [int(value) for name, value in trial.point.items() if name.endswith("embedding_size")]  # type: ignore[arg-type]
    return max(sizes, default=1)


def _kind(trial: Trial) -> object:
    return (trial.point["batch_size"], trial.point.get("hidden_units"), trial.first_epoch)


def _packed(group: Sequence[Trial], width: Callable[[Trial], int]) -> list[list[Trial]]:
    total = sum(width(trial) for trial in group)
    bins = max(-(-len(group) // MOST_MEMBERS), -(-total // MOST_WIDTH))
    by_size = sorted(group, key=lambda trial: (width(trial), trial.number))
    dealt = [by_size[number::bins] for number in range(bins)]  # dealt like cards, so that the bins are alike
    return [sorted(cohort, key=lambda trial: trial.number) for cohort in dealt]
