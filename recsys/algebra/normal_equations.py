"""Normal equations of every row of a side, given the other side's factors.

    A_r = prior.precision + prior.ridge_r I + Σ_i w_ri q_i q_iᵀ        b_r = prior.pull + Σ_i t_ri q_i

with sums over the entries (r, i) of row r. With t = w · y this is weighted least squares for values y. Implicit
feedback needs w and t apart, as its zeros are part of the prior (Hu et al. 2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from recsys.algebra.side import Side
from recsys.arrays import FloatArray

if TYPE_CHECKING:
    from recsys.algebra.kernels import Entries, Priors


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
class NormalEquations:
    """The equations of all rows of a side."""

    side: Side
    """The rows and their entries."""
    factors: FloatArray
    """q, shape (columns, D). Sums over entries are computed in its dtype, float32 or float64."""
    weights: float | FloatArray
    """w, shape (entries,), or one number for all entries."""
    targets: FloatArray
    """t, shape (entries,)."""
    prior: Prior
    """The prior of each row."""

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of the solutions: rows and D."""
        return self.side.rows, self.factors.shape[1]

    @property
    def entries(self) -> Entries:
        """The entries as kernels read them, in the dtype of the factors."""
        from recsys.algebra.kernels import Entries

        kind, order = self.factors.dtype, self.side.order
        weights, targets = (
            np.full(len(order), each, kind) if np.ndim(each) == 0 else np.asarray(each, kind).take(order)
            for each in (self.weights, self.targets)
        )
        return Entries(self.side.starts, self.side.columns, weights, targets)

    def priors(self, kind: Any) -> Priors:
        """The priors of all rows as kernels read them, in a dtype."""
        from recsys.algebra.kernels import Priors

        precision = np.ascontiguousarray(self.prior.precision, kind)
        return Priors(precision, np.full(self.side.rows, self.prior.ridge, kind))

    def pulls(self, kind: Any) -> FloatArray:
        """A new array with the pulls of the prior, in a dtype, shape (rows, D)."""
        return np.full(self.shape, 0.0 if self.prior.pull is None else self.prior.pull, kind)
