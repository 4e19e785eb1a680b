"""Non-negative solutions of normal equations, for non-negative matrix factorisation.

    min ½ xᵀ A x - bᵀ x  over  x ≥ 0

by cyclic coordinate descent in each row: x_d ← max(0, x_d + (b - A x)_d / A_dd) (Hsieh and Dhillon 2011). For a
positive definite A it converges to the unique solution; from the last round's solution a few sweeps are enough.
"""

from __future__ import annotations

import numpy as np

from recsys.algebra.normal_equations import NormalEquations
from recsys.algebra.threads import one_thread, over_rows
from recsys.arrays import Float64Array, FloatArray

SWEEPS = 100
"""The maximal number of sweeps."""
TOLERANCE = 1e-6
"""The change of a row, relative to its largest entry, at which it has converged."""


def solve_non_negative(
    equations: NormalEquations, start: FloatArray, *, sweeps: int = SWEEPS, tolerance: float = TOLERANCE
) -> Float64Array:
    """Improve non-negative solutions of every row, shape (rows, D).

    Args:
        equations: The equations.
        start: The initial solutions, shape (rows, D): those of the last round, or zeros.
        sweeps: The maximal number of passes over the D coordinates.
        tolerance: The change of an entry, relative to its row's largest, up to which a sweep is the last.
    """
    from recsys.algebra.kernels import descend

    entries, priors = equations.entries, equations.priors(np.float64)
    pulls = np.asarray(equations.pulls(np.float64), np.float64)
    factors, found = np.ascontiguousarray(equations.factors), np.array(start, np.float64)
    with one_thread():
        over_rows(
            lambda begin, end: descend(entries, factors, priors, pulls, sweeps, tolerance, found, begin, end),
            entries.starts,
        )
    return found
