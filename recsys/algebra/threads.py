"""One thread of BLAS where many small products and factorisations follow one another.

OpenBLAS' threads wait for each other within every one of them, from size 65 on: on a busy machine that made 0.4 s of
solving into 24 s of processor time.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

import scipy.linalg  # noqa: F401 - it has a BLAS of its own, which is to be found
from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Keeps NumPy's and SciPy's BLAS to one thread, in this process, while it is entered."""
    context: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return context


@cache
def _controller() -> ThreadpoolController:
    """Looked up once."""
    return ThreadpoolController()
