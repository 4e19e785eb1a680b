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

import numpy as np
from scipy.optimize import lsq_linear

from recsys.arrays import AnyArray, Float64Array
from recsys.models.fold_in.protocol import RowsFoldIn
from recsys.models.fold_in.single_user_model import SingleUserModel, UserRows
from recsys.models.fold_in.user_history import UserHistory
from recsys.models.parts.tables import Layers, rows_of
from recsys.models.solvers.method import ALS
from recsys.spaces.parameter import Value

_LEAST = 1e-6
"""The least ridge. Without it, a short user history has no unique solution."""


class LeastSquaresFoldIn(RowsFoldIn):
    """Fold-in for a dot product that was trained with one of `SQUARED_LOSSES`."""

    def rows(self, user_history: UserHistory) -> UserRows:
        """Return the user's rows, which `solve_squares` computes."""
        return solve_squares(self.single_user, self.point, user_history, self.items, self.added)


def solve_squares(
    single_user: SingleUserModel, point: Mapping[str, Value], user_history: UserHistory, items: int, added: int = 0
) -> UserRows:
    """Return the user's own rows, as the solution of the least-squares problem.

    Args:
        single_user: The single-user model.
        point: The point that the model was trained with.
        user_history: The items of the user, with values.
        items: The number of items I of the catalogue.
        added: The number of items at its end that are no negatives.

    Returns:
        The embedding (D,) and, if the model has biases of users, the bias (1,), by layer.
    """
    tables: Layers = {layer.name: layer for layer in single_user.model.layers}
    factors = _whole(tables, "item_embedding")
    rest = _whole(tables, "item_bias")[:, 0] if "item_bias" in tables else np.zeros(items)
    if "global_mean" in tables:
        rest = rest + float(tables["global_mean"].mean)
    if point["loss"] == "mean_squared_error":
        taken, weights, targets = user_history.items, np.ones(len(user_history.items)), user_history.values
        counted = float(len(taken))
    else:
        taken, weights, targets, counted = _all_items(point, user_history, items, added)
    names, ridges = ["user_embedding"], [counted * _of(point, "l2")] * factors.shape[1]
    design = factors[taken]
    if "user_bias" in tables:
        names.append("user_bias")
        design = np.column_stack([design, np.ones(len(taken))])
        ridges.append(counted * _of(point, "bias_l2"))
    known = single_user.means
    means = np.concatenate([known.get(name, np.zeros(tables[name].table.shape[1])) for name in names])
    normal = design.T @ (weights[:, None] * design)
    pull = design.T @ (weights * (targets - rest[taken]))
    alternating = point.get("solver") == ALS.name
    dims = np.arange(factors.shape[1])
    normal[dims, dims] *= 1 / (1 - (0.0 if alternating else _of(point, "dropout")))
    normal[np.diag_indices_from(normal)] += np.maximum(ridges, _LEAST)
    pull = pull + np.maximum(ridges, _LEAST) * means
    bounded = len(dims) if tables["user_embedding"].non_negative else 0
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
    lower = np.linalg.cholesky(normal)
    free = np.full(len(pull) - len(least), -np.inf)
    bounds = np.concatenate([least, free]), np.full(len(pull), np.inf)
    return np.asarray(lsq_linear(lower.T, np.linalg.solve(lower, pull), bounds, method="bvls").x, np.float64)


def _whole(layers: Layers, name: str) -> Float64Array:
    """Return the rows of all items (I, D): their own plus those of their features."""
    return np.asarray(rows_of(layers, name, None, whole=True), np.float64)


def _of(point: Mapping[str, Value], name: str) -> float:
    return float(point.get(name, 0.0))  # type: ignore[arg-type]
