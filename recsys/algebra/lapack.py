"""LAPACK's routines for positive definite matrices, during which other threads run.

SciPy's functions of the same names hold the interpreter lock; these are the compiled routines behind them. They work in
the memory of a matrix (n, n) in C order, whose upper half is the lower one in LAPACK's order.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import numpy as np

from recsys.arrays import Float64Array


def factorise(matrix: Float64Array) -> bool:
    """Replace the upper half of a symmetric matrix A by R with A = Rᵀ R; return whether A is positive definite."""
    return _call("dpotrf", b"L", matrix)


def invert_factorised(matrix: Float64Array) -> None:
    """Replace R, as `factorise` leaves it, by the upper half of A⁻¹."""
    _call("dpotri", b"L", matrix)


def invert_upper(matrix: Float64Array) -> None:
    """Replace R, in the upper half of a matrix, by R⁻¹."""
    _call("dtrtri", b"LN", matrix)


def _call(name: str, letters: bytes, matrix: Float64Array) -> bool:
    """Call a routine with letters, n, the matrix, its stride and a place for a fault; return whether there is none."""
    if matrix.dtype != np.float64 or not matrix.flags.c_contiguous:
        raise ValueError(f"{name} works on float64 in C order, not {matrix.dtype} with strides {matrix.strides}")
    size, stride, fault = ctypes.c_int(len(matrix)), ctypes.c_int(max(1, len(matrix))), ctypes.c_int(0)
    by_reference = [ctypes.byref(ctypes.c_char(letter)) for letter in letters]
    memory = ctypes.c_void_p(matrix.ctypes.data)
    _routine(name)(*by_reference, ctypes.byref(size), memory, ctypes.byref(stride), ctypes.byref(fault))
    return fault.value == 0


@cache
def _routine(name: str) -> Any:
    """A routine of the LAPACK that SciPy brings; all its arguments are pointers."""
    from numba.extending import get_cython_function_address

    return ctypes.CFUNCTYPE(None)(get_cython_function_address("scipy.linalg.cython_lapack", name))
