"""Successive halving over sweeps: after each round the better half goes on (Jamieson and Talwalkar 2016).

The last two sweeps go on to the end, because an ensemble gains from models that differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

FIRST_LOOK = 4
"""The trials of the first round, where the budget is a time: their seconds tell the cost of a trial."""

LAST = 2
"""The number of sweeps in the last round."""


def sizes(count: int) -> list[int]:
    """The number of sweeps in each round: 6, 3, 2 for six sweeps."""
    found = [count]
    while found[-1] > LAST:
        found.append(-(-found[-1] // 2))
    return found


def shares_of_trials(trials: int, count: int) -> list[int]:
    """The trials that each sweep of a round adds, where the rounds share a budget of trials equally.

    Each sweep adds at least one trial a round, also if that exceeds the budget.

    Args:
        trials: The budget.
        count: The number of sweeps in the first round.
    """
    rounds = sizes(count)
    return [max(1, trials // len(rounds) // size) for size in rounds]


def trials_in(seconds: float, cost: float) -> int:
    """The trials that fit into a time, at least one, and a multiple of the first look if that is possible.

    Args:
        seconds: The time.
        cost: The seconds of a trial.
    """
    fitting = max(1, int(seconds / max(cost, 1e-3)))
    return fitting - fitting % FIRST_LOOK if fitting >= FIRST_LOOK else fitting


def better_half(keys: Mapping[str, float], size: int) -> Sequence[str]:
    """The names with the lowest keys, in the order of the mapping; earlier names win ties.

    Args:
        keys: A key by name, lower is better.
        size: The number of names to keep.
    """
    kept = set(sorted(keys, key=lambda name: keys[name])[:size])
    return [name for name in keys if name in kept]
