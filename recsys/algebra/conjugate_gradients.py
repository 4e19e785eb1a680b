"""Approximate solutions of all rows' normal equations by conjugate gradients, without building the matrices.

A step passes once over a row's factors; building its matrix costs D / 2 passes, and factorising it D²/3. From the last
round's solutions, a few steps are as close as alternating rounds need (Takács et al. 2011).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recsys.algebra.normal_equations import NormalEquations
from recsys.algebra.threads import over_rows
from recsys.arrays import FloatArray

STEPS = 5
"""With 5 steps the best three of 24 points come within 0.0003 NDCG of exact rounds, on two splits of MovieLens-100K."""


def improve_rows(equations: NormalEquations, start: FloatArray, steps: int = STEPS) -> FloatArray:
    """Improve the solutions `start` of all rows: shape (rows, D), in the dtype of `start`, as all computations are.

    Args:
        equations: The equations.
        start: The initial solutions, shape (rows, D).
        steps: The number of steps; D steps are exact up to rounding.
    """
    from recsys.algebra.kernels import improve

    kind, found = start.dtype, np.array(start)
    factors = np.ascontiguousarray(equations.factors, kind)
    entries, priors = replace(equations, factors=factors).entries, equations.priors(kind)
    pulls = equations.pulls(kind)
    over_rows(lambda begin, end: improve(entries, factors, priors, pulls, steps, found, begin, end), entries.starts)
    return found
