"""Tables of several draws, whose rows' dot product is the mean of the draws' predictions.

    user  [p_1, b_1, 1 | p_2, b_2, 1 | …]        item  [q_1, 1, b_1 | q_2, 1, b_2 | …] / draws

A draw has D + 2 columns, which are 0 for missing draws. A third table has a row for each draw: its share in the mean,
and the variance of a rating around its prediction or the cut points.

If the data have features of items, a fourth table says what the draws know of an item without ratings, in the columns
of the items: the coefficients β of its features, and then a root R of the covariance of its prior, Λ⁻¹ = RᵀR.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from recsys.arrays import Float32Array
from recsys.posterior.state import ChainState, SideState


class DrawTables(NamedTuple):
    """The tables of one draw, or of several."""

    users: Float32Array
    """(U + 1, width); the last row is that of an unknown user."""
    items: Float32Array
    """(I + 1, width); the last row is that of an unknown item."""
    draws: Float32Array
    """Share and variance of each draw, (draws, 2), or share and cut points, (draws, stars)."""
    prior: Float32Array
    """β and R of the items, (F + D + 1, width); no rows if the data have no features of items."""


def table_width(size: int, draws: int) -> int:
    """The number of columns for `draws` draws of `size` factors."""
    return draws * (size + 2)


def prior_rows(features: int, size: int) -> int:
    """The number of rows of the prior's table for F features and D factors; 0 without features."""
    return features + size + 1 if features else 0


def draw_tables(state: ChainState, features: int = 0) -> DrawTables:
    """The tables of one draw.

    Args:
        state: The draw.
        features: The number F of features of items in the data. Their coefficients are the last of the state.
    """
    users, items = state.users, state.items
    left, right = _table(users), _table(items)
    left[:, -2], left[:, -1] = _biases(users), 1
    right[:, -2], right[:, -1] = 1, _biases(items)
    uncertainty = [1 / state.noise] if state.cuts is None else state.cuts
    return DrawTables(left, right, np.array([[1, *uncertainty]], np.float32), _prior(items, features))


def stack_draws(draws: Sequence[DrawTables], most: int) -> DrawTables:
    """The tables of at least one draw, padded to `most` draws."""
    users, items, of_draws, priors = zip(*draws, strict=True)
    share = np.float32(1 / len(draws))
    table = np.zeros((most, of_draws[0].shape[1]), np.float32)
    table[: len(draws)] = np.concatenate(of_draws)
    table[: len(draws), 0] = share
    return DrawTables(_joined(users, most), _joined(items, most) * share, table, _joined(priors, most) * share)


def _prior(rows: SideState, features: int) -> Float32Array:
    size = rows.values.shape[1] - 1
    table = np.zeros((prior_rows(features, size), size + 2), np.float32)
    if features:
        root = np.linalg.cholesky(np.linalg.inv(rows.precision)).T
        values = np.concatenate([rows.coefficients[-1], root])
        table[:, :-2], table[:, -1] = values[:, :-1], values[:, -1]
    return table


def _table(rows: SideState) -> Float32Array:
    count, size = rows.values.shape
    table = np.empty((count + 1, size + 1), np.float32)
    table[:-1, :-2], table[-1, :-2] = rows.values[:, :-1], rows.mean[:-1]
    return table


def _biases(rows: SideState) -> Float32Array:
    return np.append(rows.values[:, -1], rows.mean[-1]).astype(np.float32)


def _joined(tables: Sequence[Float32Array], most: int) -> Float32Array:
    count, each = tables[0].shape
    joined = np.zeros((count, most * each), np.float32)
    joined[:, : len(tables) * each] = np.concatenate(tables, axis=1)
    return joined
