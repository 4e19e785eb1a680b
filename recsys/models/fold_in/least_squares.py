"""Fold-in under squared losses of dot products: one least-squares problem with an exact solution.

    min over p, b  Σ_i w_i (t_i - p · q_i - b)² + ridge |p|² + bias_ridge b²

For ratings, the sum is over the user history, w is 1, and t is the rating minus mean and item bias. For rankings, the
sum is over all items. Positives have t = 1 and their own weights. Other items have t = 0 and the weight of unobserved
items. The ridge is that of training, plus the expected effect of dropout: rate / (1 - rate) Σ_i w_i q_id² in dimension
d. Features of the user move p and b: the ridge counts their distance from the sums of the features' embeddings. This
distance is the user's own row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from recsys.arrays import AnyArray, Float64Array
from recsys.models.factors import Factors
from recsys.models.fold_in.user_history import UserHistory
from recsys.models.solvers.method import ALS
from recsys.spaces.parameter import Value

if TYPE_CHECKING:
    from recsys.posterior.predictive import Predictive

_LEAST = 1e-6
"""The least ridge. Without it, a short user history has no unique solution."""


class LeastSquaresFoldIn:
    """Fold-in for a dot product that was trained with one of `SQUARED_LOSSES`.

    Args:
        factors: The factors of the model.
        point: The point that it was trained with.
        items: The number of items I of the catalogue.
        added: The number of items at its end that training did not know, so that they are no negatives.
    """

    def __init__(self, factors: Factors, point: Mapping[str, Value], items: int, added: int = 0) -> None:
        self._factors, self._point, self._items, self._added = factors, point, items, added

    def scores(self, user_history: UserHistory) -> Float64Array:
        """Return scores of all items (I,) for a user history.

        An empty history with features gives the scores that the features predict.
        """
        factors, features = self._factors, user_history.features
        vector, bias = factors.of_features(features)
        described = factors.reads_features and features is not None and features.count_nonzero() > 0
        if len(user_history.items) or not described:
            own = solve_squares(factors, self._point, user_history.by_item, self._items, self._added)
            vector, bias = vector + own["user_embedding"], bias + float(own.get("user_bias", np.zeros(1))[0])
        return np.asarray(factors.items[: self._items].astype(np.float64) @ vector + bias + factors.rest[: self._items])

    def predictive(self, user_history: UserHistory) -> Predictive | None:  # noqa: ARG002 - the history does not matter
        """Return None, because factors only give means."""
        return None


def solve_squares(
    factors: Factors, point: Mapping[str, Value], user_history: UserHistory, items: int, added: int = 0
) -> dict[str, Float64Array]:
    """Return the user's own part, as the solution of the least-squares problem.

    Args:
        factors: The factors of the model.
        point: The point that the model was trained with.
        user_history: The items of the user, with values.
        items: The number of items I of the catalogue.
        added: The number of items at its end that are no negatives.

    Returns:
        The embedding (D,) and, if the model has biases of users, the bias (1,), by layer.
    """
    design, rest = np.asarray(factors.items[:items], np.float64), factors.rest[:items]
    if point["loss"] == "mean_squared_error":
        taken, weights, targets = user_history.items, np.ones(len(user_history.items)), user_history.values
        counted = float(len(taken))
    else:
        taken, weights, targets, counted = _all_items(point, user_history, items, added)
    names, ridges = ["user_embedding"], [counted * _of(point, "l2")] * design.shape[1]
    dims, design = np.arange(design.shape[1]), design[taken]
    vector, bias = factors.of_features(user_history.features)
    means = vector
    if factors.user_biases is not None:
        names.append("user_bias")
        design = np.column_stack([design, np.ones(len(taken))])
        ridges.append(counted * _of(point, "bias_l2"))
        means = np.append(vector, bias)
    normal = design.T @ (weights[:, None] * design)
    pull = design.T @ (weights * (targets - rest[taken]))
    alternating = point.get("solver") == ALS.name
    normal[dims, dims] *= 1 / (1 - (0.0 if alternating else _of(point, "dropout")))
    normal[np.diag_indices_from(normal)] += np.maximum(ridges, _LEAST)
    pull = pull + np.maximum(ridges, _LEAST) * means
    bounded = len(dims) if factors.non_negative else 0
    # least squares bound the whole row, gradients its own part
    own = _minimum(normal, pull, (np.zeros_like(means) if alternating else means)[:bounded]) - means
    return dict(zip(names, np.split(own, [len(dims)]), strict=False))


def _all_items(
    point: Mapping[str, Value], user_history: UserHistory, items: int, added: int
) -> tuple[AnyArray, Float64Array, Float64Array, float]:
    """Return all items, their weights and targets, and the number of positives in the penalty."""
    unobserved = _of(point, "unobserved_weight")
    chosen, chosen_weights = user_history.positives(_of(point, "seen_weight"))
    weights, targets = np.where(np.arange(items) < items - added, unobserved, 0.0), np.zeros(items)
    weights[chosen], targets[chosen] = chosen_weights, 1.0
    counted = float(len(chosen))
    if point.get("solver") == ALS.name:
        counted += unobserved * (items - added)
    return np.arange(items), weights, targets, counted


def _minimum(normal: Float64Array, pull: Float64Array, least: Float64Array) -> Float64Array:
    """Return the minimum of ½ xᵀ A x - bᵀ x, with the first entries of x at `least` or above."""
    if not len(least):
        return np.asarray(np.linalg.solve(normal, pull), np.float64)
    from scipy.optimize import lsq_linear

    lower = np.linalg.cholesky(normal)
    free = np.full(len(pull) - len(least), -np.inf)
    bounds = np.concatenate([least, free]), np.full(len(pull), np.inf)
    return np.asarray(lsq_linear(lower.T, np.linalg.solve(lower, pull), bounds, method="bvls").x, np.float64)


def _of(point: Mapping[str, Value], name: str) -> float:
    return float(point.get(name, 0.0))  # type: ignore[arg-type]
