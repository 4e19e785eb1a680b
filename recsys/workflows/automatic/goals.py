"""Goals: what a champion is for, and the shipped experiments that search for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from recsys.data.ratings import Ratings
from recsys.spaces.parameter import Point

Positives = Literal["from the mean on", "all"]


@dataclass(frozen=True)
class Goal:
    """What a champion is for."""

    name: str
    question: str
    """The question that it answers, within a sentence."""
    experiments: Sequence[str]
    """The shipped experiments, each over one kind of model."""
    split: str | None = None
    """The kind of split; None for the one that the data suggest."""
    positives: Positives | None = None
    """Which ratings are positives; None where ratings are predicted."""
    first: Mapping[str, Point] = field(default_factory=dict)
    """The first point of some of the experiments, in place of the default point."""
    needs: Sequence[str] = ()
    """What the data need: `times`, `item features`, `ratings`."""


_OF_LISTS: Mapping[str, Point] = {
    "mf_top_n": {
        "embedding_size": 224,
        "dropout": 0.35,
        "learning_rate": 0.008,
        "l2": 0.05,
        "bias_l2": 0.01,
        "seen_weight": 0.35,
        "batch_size": 4096,
    },
    "nnmf_top_n": {
        "embedding_size": 128,
        "dropout": 0.15,
        "learning_rate": 0.004,
        "l2": 0.024,
        "bias_l2": 0.005,
        "seen_weight": 0.25,
        "batch_size": 8192,
    },
    "mlp_top_n": {
        "user_embedding_size": 64,
        "item_embedding_size": 128,
        "hidden_units": (16,),
        "dropout": 0.4,
        "learning_rate": 0.008,
        "l2": 0.007,
        "bias_l2": 0.018,
        "seen_weight": 0.43,
    },
    "als_top_n": {"embedding_size": 72, "l2": 0.018, "unobserved_weight": 0.13, "seen_weight": 0.3},
}
"""About the best points on MovieLens-100K with `split.seed = 7`, from which a first look with few trials starts."""
GOALS: Mapping[str, Goal] = {
    goal.name: goal
    for goal in (
        Goal(
            "ratings",
            "how a person would rate an item",
            ("mf", "bayesian_mf", "nnmf", "mlp"),
            needs=("ratings",),
        ),
        Goal(
            "lists",
            "which items a person chooses",
            ("mf_top_n", "als_top_n", "ease_top_n", "item_knn_top_n", "nnmf_top_n", "mlp_top_n"),
            positives="from the mean on",
            first=_OF_LISTS,
        ),
        Goal(
            "next",
            "which item a person chooses next",
            ("next_sequential_mf", "next_ease", "next_item_knn", "next_sasrec"),
            split="leave_last",
            positives="all",
            needs=("times",),
        ),
        Goal(
            "new-items",
            "who chooses an item that nobody has chosen yet",
            ("cold_items",),
            split="cold_items",
            positives="from the mean on",
            needs=("item features",),
        ),
    )
}
"""The goals by their names in `--for`."""


def goal_of(ratings: Ratings) -> tuple[Goal, str]:
    """Return the goal that data suggest, and the reason."""
    if not ratings.implicit:
        return GOALS["ratings"], "the data have ratings"
    if ratings.timestamps is not None:
        return GOALS["next"], "the data have events with times"
    return GOALS["lists"], "the data have events without times"


def lacking(goal: Goal, ratings: Ratings) -> list[str]:
    """Return what a goal needs and the data do not have."""
    has = {
        "times": ratings.timestamps is not None,
        "item features": ratings.catalogue.item_features is not None,
        "ratings": not ratings.implicit,
    }
    return [each for each in goal.needs if not has[each]]
