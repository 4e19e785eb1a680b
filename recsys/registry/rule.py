"""The rule of promotion: who may become champion. Pure: numbers in, a decision out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from recsys.evaluation.metric import Metric
from recsys.evaluation.significance import PairedTest

LEVEL = 0.01
"""A candidate replaces the champion only where luck would do so once in a hundred times."""


@dataclass(frozen=True)
class Decision:
    """Whether the candidate is promoted, why, and the numbers."""

    promoted: bool
    reason: str
    numbers: Mapping[str, float] = field(default_factory=dict)


def decide(
    metric: Metric,
    candidate: float,
    baselines: Mapping[str, float],
    against_champion: PairedTest | None = None,
    margin: float = 0.0,
) -> Decision:
    """Decide on the test values of the objective.

    A candidate must beat every baseline; and, where there is a champion, beat it by more than the margin in a one-sided
    paired test clustered by user at 1 %.

    Args:
        metric: The objective.
        candidate: Its test value.
        baselines: Test values of the baselines by name.
        against_champion: The paired test of the candidate against the champion; None where there is none.
        margin: How much better than the champion it must be, in units of the objective.
    """
    numbers = {f"candidate_{metric.name}": candidate} | {
        f"{name}_{metric.name}": value for name, value in baselines.items()
    }
    for name, value in baselines.items():
        if not metric.is_better(candidate, value):
            words = name.replace("_", " ")
            return Decision(
                promoted=False,
                reason=f"{metric.name} {candidate:.4f} does not beat the {words}: {value:.4f}",
                numbers=numbers,
            )
    if against_champion is None:
        return Decision(
            promoted=True,
            reason=f"{metric.name} {candidate:.4f} beats the baselines; there was no champion",
            numbers=numbers,
        )
    numbers |= {"difference": against_champion.difference, "p_value": against_champion.p_one_sided, "margin": margin}
    passed = against_champion.p_one_sided <= LEVEL
    verb = "beats" if passed else "does not beat"
    reason = (
        f"{metric.name} {candidate:.4f} {verb} the champion by more than {margin:g}: "
        f"difference {against_champion.difference:+.4f}, one-sided p {against_champion.p_one_sided:.2g} at {LEVEL:g}"
    )
    return Decision(passed, reason, numbers)
