"""Fold-in under squared losses of dot products: one least-squares problem with an exact solution.

    min over p, b  Σ_i w_i (t_i - p · q_i - b)² + ridge |p|² + bias_ridge b²

For ratings, the sum is over the user history, w is 1, and t is the rating minus mean and item bias. For rankings, the
sum is over all items. Positives have t = 1 and their own weights. Other items have t = 0 and the weight of unobserved
items. The ridge is that of training, plus the expected effect of dropout: rate / (1 - rate) Σ_i w_i q_id² in dimension
d.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import keras
import numpy as np
from scipy.optimize import lsq_linear

from recsys.arrays import AnyArray, Float64Array
from recsys.models.fold_in.protocol import RowsFoldIn
from recsys.models.fold_in.single_user_model import SingleUserModel, UserRows
from recsys.models.fold_in.user_history import UserHistory
from recsys.spaces.parameter import Value

if TYPE_CHECKING:
    pass

_LEAST = 1e-6
"""The least ridge. Without it, a short user history has no unique solution."""


class LeastSquaresFoldIn(RowsFoldIn):
    """Fold-in for a dot product that was trained with one of `SQUARED_LOSSES`."""

    def rows(self, user_history: UserHistory) -> UserRows:
        """Return the user's rows, which `solve_squares` computes."""
        return solve_squares(self.single_user, self.point, user_history, self.items)


def solve_squares(
    single_user: SingleUserModel, point: Mapping[str, Value], user_history: UserHistory, items: int
) -> UserRows:
    """Return the user's rows, as the solution of the least-squares problem.

    Args:
        single_user: The single-user model.
        point: The point that the model was trained with.
        user_history: The items of the user, with values.
        items: The number of items I of the catalogue.

    Returns:
        The embedding (D,) and, if the model has biases of users, the bias (1,), by layer.
    """
    tables = {layer.name: layer for layer in single_user.model.layers}
    factors = _table(tables["item_embedding"])[:items]
    rest = _table(tables["item_bias"])[:items, 0] if "item_bias" in tables else np.zeros(items)
    if "global_mean" in tables:
        rest = rest + float(tables["global_mean"].mean)
    if point["loss"] == "mean_squared_error":
        taken, weights, targets = user_history.items, np.ones(len(user_history.items)), user_history.values
        counted = float(len(taken))
    else:
        taken, weights, targets, counted = _all_items(point, user_history, items)
    ridges = [counted * _of(point, "l2")] * factors.shape[1]
    design = factors[taken]
    if "user_bias" in tables:
        design = np.column_stack([design, np.ones(len(taken))])
        ridges.append(counted * _of(point, "bias_l2"))
    normal = design.T @ (weights[:, None] * design)
    pull = design.T @ (weights * (targets - rest[taken]))
    rate = 0.0 if point.get("solver") == "als" else _of(point, "dropout")
    dims = np.arange(factors.shape[1])
    normal[dims, dims] *= 1 / (1 - rate)
    normal[np.diag_indices_from(normal)] += np.maximum(ridges, _LEAST)
    bounded = bool(tables["user_embedding"].non_negative)
    solution = _minimum(normal, pull, len(dims) if bounded else 0)
    rows = {"user_embedding": solution[: len(dims)]}
    return rows | ({"user_bias": solution[len(dims) :]} if "user_bias" in tables else {})


def _all_items(
    point: Mapping[str, Value], user_history: UserHistory, items: int
) -> tuple[AnyArray, Float64Array, Float64Array, float]:
    """Return all items, their weights and targets, and the number of positives in the penalty."""
    unobserved = _of(point, "unobserved_weight")
    chosen, chosen_weights = user_history.positives(_of(point, "seen_weight"))
    weights, targets = np.full(items, unobserved), np.zeros(items)
    weights[chosen], targets[chosen] = chosen_weights, 1.0
    counted = float(len(chosen))
    if point.get("solver") == "als":
        counted += unobserved * items
    return np.arange(items), weights, targets, counted


def _minimum(normal: Float64Array, pull: Float64Array, bounded: int) -> Float64Array:
    """Return the minimum of ½ xᵀ A x - bᵀ x, with the first `bounded` entries of x at 0 or above."""
    if not bounded:
        return np.asarray(np.linalg.solve(normal, pull), np.float64)
    lower = np.linalg.cholesky(normal)
    bounds = np.where(np.arange(len(pull)) < bounded, 0.0, -np.inf), np.full(len(pull), np.inf)
    return np.asarray(lsq_linear(lower.T, np.linalg.solve(lower, pull), bounds, method="bvls").x, np.float64)


def _table(layer: keras.layers.Layer) -> Float64Array:
    return np.asarray(layer.weights[0], np.float64)


def _of(point: Mapping[str, Value], name: str) -> float:
    return float(point.get(name, 0.0))  # type: ignore[arg-type]
