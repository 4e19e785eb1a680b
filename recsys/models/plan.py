"""Plan: how a trial is trained, which the trials of a cohort have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recsys.losses.table import family_of
from recsys.models.hyperparameters import TRAINING_DEFAULTS
from recsys.spaces.parameter import Point


@dataclass(frozen=True)
class Plan:
    """What of a point decides which program trains it."""

    solver: str
    loss: str | None
    """The loss of rankings, which a cohort shares; None where it is trained on ratings, each member with its own."""
    batch: int
    """Ratings a step; of rankings choices, about."""
    seen: bool
    """Of rankings: whether ratings that are no positives have a say."""
    negatives: int
    """Negatives that a batch shares; 0 leaves it to the catalogue's size."""
    negatives_power: float
    """The power of an item's popularity that negatives are drawn by."""


def plan_of(point: Point) -> Plan:
    """The plan of a point; parameters that it does not have are at their defaults."""
    given: dict[str, Any] = {**TRAINING_DEFAULTS, **point}
    ranking = family_of(given["loss"]) == "ranking"
    return Plan(
        given.get("solver", "adam"),
        given["loss"] if ranking else None,
        given["batch_size"],
        ranking and given.get("seen_weight", 0.0) > 0,
        given.get("negatives", 0) if ranking else 0,
        given.get("negatives_power", 0.0) if ranking else 0.0,
    )
