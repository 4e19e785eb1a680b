"""Non-negative solutions of normal equations, for non-negative matrix factorisation.

    min ½ xᵀ A x - bᵀ x  over  x ≥ 0

by cyclic coordinate descent on all rows at once: x_d ← max(0, x_d + (b - A x)_d / A_dd) (Hsieh and Dhillon 2011). For a
positive definite A it converges to the unique solution; from the last round's solution a few sweeps are enough.
"""

from __future__ import annotations

import numpy as np

from recsys.algebra.normal_equations import Equations
from recsys.algebra.solve import Solver
from recsys.arrays import Float64Array, FloatArray

SWEEPS = 100
"""The maximal number of sweeps."""
TOLERANCE = 1e-6
"""The change of a row, relative to its largest entry, at which it has converged."""


def non_negative_solver(start: FloatArray, *, sweeps: int = SWEEPS, tolerance: float = TOLERANCE) -> Solver:
    """A solver of non-negative solutions.

    Args:
        start: The initial solutions, shape (rows, D): those of the last round, or zeros.
        sweeps: The maximal number of passes over the D coordinates.
        tolerance: The change of an entry, relative to its row's largest, below which a sweep is the last.
    """

    def solve(equations: Equations) -> Float64Array:
        solutions = start[equations.rows].astype(np.float64)
        for _ in range(sweeps):
            before = solutions.copy()
            _sweep(equations.matrices, equations.targets, solutions)
            moved = np.abs(solutions - before).max(axis=1)
            if np.all(moved <= tolerance * solutions.max(axis=1)):
                break
        return solutions

    return solve


def _sweep(matrices: Float64Array, targets: Float64Array, solutions: Float64Array) -> None:
    for d in range(targets.shape[1]):
        rest = targets[:, d] - np.einsum("rd,rd->r", matrices[:, d], solutions)
        np.maximum(solutions[:, d] + rest / matrices[:, d, d], 0, out=solutions[:, d])
