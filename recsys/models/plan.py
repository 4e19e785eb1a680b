"""Plan: how a trial is trained. The trials of a cohort share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recsys.losses.table import family_of
from recsys.models.hyperparameters import TRAINING_DEFAULTS
from recsys.spaces.parameter import Point


@dataclass(frozen=True)
class Plan:
    """The values of a point that decide which program trains it."""

    solver: str
    loss: str | None
    """The ranking loss, which a cohort shares; None for ratings, where each member has its own loss."""
    batch: int
    """The number of ratings in a step, or about the number of positives for a ranking loss."""
    seen: bool
    """For a ranking loss, whether ratings that are not positives count."""
    event_half_life: float
    """For a ranking loss, the days that halve the weight of a positive; 0 for equal weights."""
    negatives: int
    """The number of negatives that a batch shares; 0 if the size of the catalogue decides."""
    negatives_power: float
    """The exponent of an item's popularity with which negatives are drawn."""


def plan_of(point: Point) -> Plan:
    """Return the plan of a point. Parameters that the point lacks have their defaults."""
    given: dict[str, Any] = {**TRAINING_DEFAULTS, **point}
    ranking = family_of(given["loss"]) == "ranking"
    return Plan(
        given.get("solver", "adam"),
        given["loss"] if ranking else None,
        given["batch_size"],
        ranking and given.get("seen_weight", 0.0) > 0,
        given.get("event_half_life", 0.0) if ranking else 0.0,
        given.get("negatives", 0) if ranking else 0,
        given.get("negatives_power", 0.0) if ranking else 0.0,
    )
