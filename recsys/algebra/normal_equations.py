"""Normal equations of every row of a side, given the other side's factors.

    A_r = prior.precision + prior.ridge_r I + Σ_i w_ri q_i q_iᵀ        b_r = prior.pull + Σ_i t_ri q_i

with sums over the entries (r, i) of row r. With t = w · y this is weighted least squares for values y. Implicit
feedback needs w and t apart, as its zeros are part of the prior (Hu et al. 2008).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recsys.algebra.side import Bucket, Side
from recsys.arrays import Float64Array, FloatArray, IntArray

CHUNK = 2**18
"""The maximal size of the gathered factors, or of the matrices, of one step: 1 or 2 MB, about a core's cache."""


@dataclass(frozen=True, eq=False)
class Prior:
    """The part of a row's equations that does not depend on its entries."""

    precision: FloatArray
    """A matrix that all rows share, shape (D, D)."""
    pull: FloatArray | None = None
    """precision @ mean of a prior with a mean, shape (D,) or (rows, D); None for mean 0."""
    ridge: float | FloatArray = 0.0
    """A number added to the diagonal, or one for each row, shape (rows,)."""


@dataclass(frozen=True, eq=False)
class Equations:
    """The normal equations of some rows."""

    rows: IntArray
    """The indices of the rows, shape (R,)."""
    matrices: Float64Array
    """A, shape (R, D, D)."""
    targets: Float64Array
    """b, shape (R, D)."""


def normal_equations(
    side: Side, factors: FloatArray, weights: float | FloatArray, targets: FloatArray, prior: Prior
) -> Iterator[Equations]:
    """Yield the equations of all rows, as many at a time as fit `CHUNK`.

    The sums are computed in the dtype of `factors` and returned in float64.

    Args:
        side: The rows and their entries.
        factors: q, shape (columns, D).
        weights: w, shape (entries,), or one number for all entries.
        targets: t, shape (entries,).
        prior: The prior of each row.
    """
    size = factors.shape[1]
    factors = np.concatenate([factors, np.zeros_like(factors[:1], shape=(1, size))])
    targets = np.append(targets, 0).astype(factors.dtype)
    each = None if np.ndim(weights) == 0 else np.append(weights, 0).astype(factors.dtype)
    for buckets in _steps(side, size):
        rows = np.concatenate([bucket.rows for bucket in buckets])
        matrices, pulls = np.zeros((len(rows), size, size)), np.zeros((len(rows), size))
        end = 0
        for bucket in buckets:
            begin, end = end, end + len(bucket.rows)
            _add_sums(matrices[begin:end], pulls[begin:end], bucket, factors, targets, each)
        if each is None:
            matrices *= weights
        _add_prior(matrices, pulls, prior, rows)
        yield Equations(rows, matrices, pulls)


def _steps(side: Side, size: int) -> Iterator[list[Bucket]]:
    """Parts of buckets, such that the matrices of a step and the gathered factors of a part fit `CHUNK`."""
    step: list[Bucket] = []
    room = limit = max(1, CHUNK // size**2)
    for bucket in side.buckets:
        longest = max(1, CHUNK // (size * max(1, bucket.columns.shape[1])))
        begin = 0
        while begin < len(bucket.rows):
            part = bucket[begin : begin + min(longest, room)]
            step.append(part)
            begin, room = begin + len(part.rows), room - len(part.rows)
            if not room:
                yield step
                step, room = [], limit
    if step:
        yield step


def _add_sums(
    matrices: Float64Array,
    pulls: Float64Array,
    bucket: Bucket,
    factors: FloatArray,
    targets: FloatArray,
    weights: FloatArray | None,
) -> None:
    """Add both sums over the entries of a bucket; long rows are summed piece by piece."""
    step = max(1, CHUNK // factors.shape[1])
    for begin in range(0, bucket.columns.shape[1], step):
        entries = bucket.entries[:, begin : begin + step]
        gathered = factors.take(bucket.columns[:, begin : begin + step], axis=0)
        weighted = gathered if weights is None else gathered * weights[entries][:, :, None]
        matrices += weighted.transpose(0, 2, 1) @ gathered
        pulls += (targets.take(entries)[:, None] @ gathered)[:, 0]


def _add_prior(matrices: Float64Array, pulls: Float64Array, prior: Prior, rows: IntArray) -> None:
    matrices += prior.precision
    ridge = np.asarray(prior.ridge)
    diagonal = np.einsum("rdd->rd", matrices)  # a view
    diagonal += ridge[rows, None] if ridge.ndim else ridge
    if prior.pull is not None:
        pulls += prior.pull if prior.pull.ndim == 1 else prior.pull[rows]
