"""Threads for kernels, which share the rows, and for BLAS, which is limited to one.

OpenBLAS uses several threads from size 65 on, which wait for each other in every call: on a busy machine 0.4 s of
solving took 24 s of processor time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
import scipy.linalg  # noqa: F401 - loads SciPy's own BLAS, so that the controller finds it
from threadpoolctl import ThreadpoolController

from recsys.arrays import IntArray
from recsys.cores import cores

Item = TypeVar("Item")
Answer = TypeVar("Answer")

WORTH_SHARING = 2**12
"""The least number of entries of a block, whose work takes several times as long as handing it to a thread."""
_BLOCKS = 4
"""Blocks for each core, so that no core waits long for the last one."""
_OF_A_ROW = 16
"""The work of a row besides its entries, in entries."""


def one_thread() -> AbstractContextManager[object]:
    """A context manager that limits the BLAS of NumPy and SciPy to one thread in this process."""
    context: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return context


def in_threads(function: Callable[[Item], Answer], items: Sequence[Item]) -> list[Answer]:
    """Apply a function to items, on as many threads as there are cores: shares the work that is not a kernel's."""
    if len(items) < 2 or cores() < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(min(cores(), len(items))) as pool:
        return list(pool.map(function, items))


def over_rows(kernel: Callable[[int, int], Answer], starts: IntArray) -> list[Answer]:
    """Call a kernel on blocks of rows, on as many threads as there are cores.

    Args:
        kernel: Works on the rows from its first argument to before its second, without the interpreter lock.
        starts: The first entry of each row, and the number of entries, shape (rows + 1,).

    Returns:
        The answers for the blocks, in their order.
    """
    blocks = list(_blocks(starts))
    if len(blocks) < 2 or cores() < 2:
        return [kernel(*block) for block in blocks]
    return list(_pool(os.getpid()).map(lambda block: kernel(*block), blocks))


def _blocks(starts: IntArray) -> Iterator[tuple[int, int]]:
    """Bounds of blocks of about equal work."""
    work = starts + _OF_A_ROW * np.arange(len(starts))
    count = min(_BLOCKS * cores(), 1 + int(work[-1]) // WORTH_SHARING)
    cuts = [int(cut) for cut in np.searchsorted(work, np.linspace(0, work[-1], count + 1))]
    return ((begin, end) for begin, end in pairwise(cuts) if begin < end)


@cache
def _pool(process: int) -> ThreadPoolExecutor:  # noqa: ARG001 - a forked process has none of the threads
    """The threads of this process, which all kernels share and which wait for nothing."""
    return ThreadPoolExecutor(cores(), thread_name_prefix="kernel")


@cache
def _controller() -> ThreadpoolController:
    """The controller of the loaded libraries, which are looked up once."""
    return ThreadpoolController()
