"""Compile loops over NumPy arrays to machine code, which runs without the interpreter lock.

A function is compiled when it is first called, once for each dtype of its arguments, and kept on disk: in
`NUMBA_CACHE_DIR` if that is set, in `__pycache__` beside its file if that can be written, and else in the user's cache
folder. A change of the file, of Numba or of the processor compiles it again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])
_OPTIONS: Any = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"reassoc", "contract", "nsz"},  # sums in any order; NaN and infinity keep their meaning
}


def compiled(function: Function) -> Function:
    """Decorate a function that Numba can compile. Without a folder to write to, every process compiles anew."""
    try:
        return cast(Function, numba.njit(function, cache=True, **_OPTIONS))
    except RuntimeError:  # no folder for the cache
        return cast(Function, numba.njit(function, **_OPTIONS))
