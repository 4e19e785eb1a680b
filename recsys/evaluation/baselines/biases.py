"""A baseline of user and item biases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recsys.arrays import Float64Array, IntArray
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import Baseline, SearchRange
from recsys.evaluation.baselines.linear_scores import LinearScores


@dataclass(frozen=True)
class Biases(Baseline):
    """The biases-only baseline: r̂ = μ + b_user + b_item (Koren 2010).

    It minimises Σ (r - μ - b_user - b_item)² + damping · Σ b² by alternating two exact solutions, each a damped mean of
    the residuals of the other. The defaults are those of Surprise. A user or an item without ratings has bias 0.
    """

    name = "biases_only"

    user_damping: float = 15.0
    """λ of the user biases: the number of ratings at the mean that are added to each user."""
    item_damping: float = 10.0
    """λ of the item biases, likewise."""
    rounds: int = 10
    """Passes, each over items and then users."""

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:  # noqa: ARG003 - the same ones on all data
        """Both dampings, from almost none to one that leaves a bias only to the most active."""
        return dict.fromkeys(("user_damping", "item_damping"), SearchRange(0.1, 1000, log=True, stricter="high"))

    def learn(self, ratings: Ratings) -> LinearScores:
        """Fit mean and biases; predictions are not clipped."""
        users, items = np.zeros(ratings.catalogue.users + 1), np.zeros(ratings.catalogue.items + 1)
        centred = ratings.values.astype(np.float64) - ratings.mean
        for _ in range(self.rounds):
            items = _damped_means(centred - users[ratings.users], ratings.items, len(items), self.item_damping)
            users = _damped_means(centred - items[ratings.items], ratings.users, len(users), self.user_damping)
        return LinearScores(
            np.stack([ratings.mean + users, np.ones_like(users)], axis=1),
            np.stack([np.ones_like(items), items]),
            rates=True,
        )


def _damped_means(values: Float64Array, codes: IntArray, n: int, damping: float) -> Float64Array:
    totals = np.bincount(codes, weights=values, minlength=n)
    weights = np.bincount(codes, minlength=n) + damping
    means: Float64Array = np.divide(totals, weights, out=np.zeros(n), where=weights > 0)
    return means
