"""Processes that start an action at the same moment, forked from a process that has imported MLflow."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from multiprocessing.synchronize import Barrier
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["recsys.tracking.mlflow.store"])


def at_once(target: Callable[..., None], arguments: Iterable[tuple[Any, ...]]) -> list[int | None]:
    """Call `target` with each of the arguments in a process of its own, all at once; their exit codes."""
    arguments = list(arguments)
    barrier = _CONTEXT.Barrier(len(arguments))
    processes = [_CONTEXT.Process(target=_wait_and_call, args=(barrier, target, each)) for each in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    return [process.exitcode for process in processes]


def _wait_and_call(barrier: Barrier, target: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    barrier.wait()
    target(*arguments)
