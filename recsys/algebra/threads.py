"""Limit BLAS to one thread for many small products and factorisations.

OpenBLAS uses several threads from size 65 on, which wait for each other in every call: on a busy machine 0.4 s of
solving took 24 s of processor time.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

import scipy.linalg  # noqa: F401 - loads SciPy's own BLAS, so that the controller finds it
from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """A context manager that limits the BLAS of NumPy and SciPy to one thread in this process."""
    context: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return context


@cache
def _controller() -> ThreadpoolController:
    """The controller of the loaded libraries, which are looked up once."""
    return ThreadpoolController()
