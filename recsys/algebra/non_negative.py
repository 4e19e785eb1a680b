"""Solve normal equations with every entry of the solution at 0 or above, for non-negative matrix factorisation.

    min ½ xᵀ A x - bᵀ x  over  x ≥ 0

by cyclic coordinate descent, all rows at once: x_d ← max(0, x_d + (b - A x)_d / A_dd) (Hsieh and Dhillon 2011). For a
positive definite A it converges to the one solution; started from the last round's, a few sweeps are enough.
"""

from __future__ import annotations

import numpy as np

from recsys.algebra.normal_equations import Equations
from recsys.algebra.solve import Solver
from recsys.arrays import Float64Array, FloatArray

SWEEPS = 100
"""At most so many."""
TOLERANCE = 1e-6
"""A row's last step, as a part of its largest entry: small enough to stop."""


def non_negative_solver(start: FloatArray, *, sweeps: int = SWEEPS, tolerance: float = TOLERANCE) -> Solver:
    """A solver of non-negative solutions.

    Args:
        start: Where to start from, shape (rows, D): the last round's solution, or zeros.
        sweeps: At most so many passes over the D coordinates.
        tolerance: Stop once no entry moves by more than this part of its row's largest.
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
