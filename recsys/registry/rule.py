"""The rule of promotion: decide from test values whether a candidate becomes champion."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.significance import PairedTest

LEVEL = 0.01
"""The level of the one-sided test against the champion."""
USUAL = 0.05
"""A lead over a baseline with a greater two-sided p value is reported as possibly due to chance."""


@dataclass(frozen=True)
class Against:
    """A baseline or the champion, compared with the candidate."""

    value: float
    """Its value of the objective on the same test part."""
    test: PairedTest
    """The paired test of the candidate against it."""


@dataclass(frozen=True)
class Decision:
    """Whether the candidate is promoted, with the reason and the numbers."""

    promoted: bool
    reason: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    accepted_loss: str | None = None
    """Why a candidate was promoted that does not beat the baselines; None if it beats them."""


def decide(
    metric: Metric,
    candidate: float,
    baselines: Mapping[str, Against],
    champion: Against | None = None,
    margin: float = 0.0,
    accept_loss: str | None = None,
    *,
    replaces: bool = False,
) -> Decision:
    """Decide on the test values of the objective.

    A candidate must be better than the best baseline. If there is a champion, it must beat that by more than the
    margin in a one-sided paired test clustered by user at 1 %.

    Args:
        metric: The objective.
        candidate: Its test value.
        baselines: The baselines that it must beat, by name.
        champion: The champion; None if there is none to compare with.
        margin: By how much it must beat the champion, in units of the objective.
        accept_loss: Why to promote a candidate that does not beat the baselines; None refuses it.
        replaces: Whether a champion is replaced without a comparison, if `champion` is None.
    """
    numbers = _numbers(metric, candidate, baselines)
    lost, verdict = _against_baselines(metric, candidate, baselines)
    if lost and not accept_loss:
        return Decision(promoted=False, reason=f"{metric.name} {candidate:.4f} {verdict}", numbers=numbers)
    accepted = accept_loss if lost else None
    if accepted is not None:
        verdict = f"{verdict}, which was accepted: {accepted}"
    if champion is None:
        unopposed = "the champion was not compared with" if replaces else "there was no champion to beat"
        reason = f"{metric.name} {candidate:.4f} {verdict}; {unopposed}"
        return Decision(promoted=True, reason=reason, numbers=numbers, accepted_loss=accepted)
    test = champion.test
    numbers |= {"difference": test.difference, "p_value": test.p_one_sided, "margin": margin}
    passed = test.p_one_sided <= LEVEL
    reason = (
        f"{metric.name} {candidate:.4f} {'beats' if passed else 'does not beat'} the champion by more than {margin:g}: "
        f"difference {test.difference:+.4f}, one-sided p {test.p_one_sided:.2g} at {LEVEL:g}; it {verdict}"
    )
    return Decision(passed, reason, numbers, accepted if passed else None)


def _against_baselines(metric: Metric, candidate: float, baselines: Mapping[str, Against]) -> tuple[bool, str]:
    """Whether the candidate loses to the best baseline, and a sentence on the two."""
    best = metric.best_index([each.value for each in baselines.values()])
    if best is None:
        return math.isnan(candidate), "has no baseline with a value to beat"
    name, other = list(baselines.items())[best]
    lost, test = not metric.is_better(candidate, other.value), other.test
    verb = "does not beat" if lost else "beats"
    luck = ", a lead that luck may bring" if not lost and test.p_two_sided > USUAL else ""
    return lost, (
        f"{verb} the best baseline, {name} {other.value:.4f}: difference {test.difference:+.4f} ({test.in_words}{luck})"
    )


def _numbers(metric: Metric, candidate: float, baselines: Mapping[str, Against]) -> dict[str, float]:
    numbers = {f"candidate_{metric.name}": candidate}
    for name, each in baselines.items():
        numbers |= {
            f"{name}_{metric.name}": each.value,
            f"{name}_difference": each.test.difference,
            f"{name}_p_value": each.test.p_two_sided,
        }
    return numbers
