"""What any model has to beat: the mean of all ratings, the biases of users and items, what most people have rated."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt

from recsys.data.ratings import Ratings

Codes = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]


class GlobalMean:
    """Predicts the mean training rating for everything."""

    def fit(self, ratings: Ratings) -> Self:
        """Learn the mean of at least one rating."""
        self.mean = ratings.mean
        return self

    def predict(self, users: Codes, items: Codes) -> Floats:  # noqa: ARG002 - the face that all baselines share
        """The mean, for user and item codes (B,): (B,)."""
        return np.full(len(users), self.mean)


class Popularity:
    """Predicts how many training ratings an item has: lists of the popular items, the same for everyone."""

    def fit(self, ratings: Ratings) -> Self:
        """Count; the spare row has none."""
        self.counts = np.bincount(ratings.items, minlength=ratings.catalogue.items + 1).astype(np.float64)
        return self

    def predict(self, users: Codes, items: Codes) -> Floats:  # noqa: ARG002 - the face that all baselines share
        """The counts, for user and item codes (B,): (B,)."""
        return self.counts[items]


class Biases:
    """The biases-only baseline: r̂ = μ + b_user + b_item (Koren 2010, "Factor in the neighbors").

    Minimises Σ (r - μ - b_user - b_item)² + damping · Σ b² by alternating its two exact solutions, each a damped mean
    of what the other leaves over. The default damping and number of rounds are Surprise's.

    Args:
        user_damping: λ of the user biases: how many ratings at the mean each user is given on top.
        item_damping: λ of the item biases.
        rounds: Passes over items and then users.
    """

    def __init__(self, *, user_damping: float = 15.0, item_damping: float = 10.0, rounds: int = 10) -> None:
        self.user_damping = user_damping
        self.item_damping = item_damping
        self.rounds = rounds

    def fit(self, ratings: Ratings) -> Self:
        """Learn mean and biases from at least one rating; the spare rows keep a bias of 0."""
        self.mean = ratings.mean
        self.user_biases = np.zeros(ratings.catalogue.users + 1)
        self.item_biases = np.zeros(ratings.catalogue.items + 1)
        centred = ratings.values.astype(np.float64) - self.mean
        for _ in range(self.rounds):
            left = centred - self.user_biases[ratings.users]
            self.item_biases = _damped_means(left, ratings.items, len(self.item_biases), self.item_damping)
            left = centred - self.item_biases[ratings.items]
            self.user_biases = _damped_means(left, ratings.users, len(self.user_biases), self.user_damping)
        return self

    def predict(self, users: Codes, items: Codes) -> Floats:
        """Ratings for user and item codes (B,), spare rows included, not clipped: (B,)."""
        return self.mean + self.user_biases[users] + self.item_biases[items]


def _damped_means(values: Floats, codes: Codes, n: int, damping: float) -> Floats:
    totals = np.bincount(codes, weights=values, minlength=n)
    weights = np.bincount(codes, minlength=n) + damping
    means: Floats = np.divide(totals, weights, out=np.zeros(n), where=weights > 0)
    return means
