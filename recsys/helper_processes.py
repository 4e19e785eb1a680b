"""Helpers: Python processes beside this one, for work in small NumPy arrays, from which threads gain nothing.

NumPy leaves the interpreter for microseconds at a time there, so that threads mostly wait for each other: four members
of alternating least squares take 82 ms one after the other, 98 on two threads and 54 in two processes (2 cores).

joblib's loky is as fast but guarantees less: its pool is lost with one worker that is killed; it takes a worker that
has mapped more than 300 MB for a leak, restarts it with a warning, and so needs the shared file for as long as it runs.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import Any, Generic, TypeVar
from weakref import finalize

import joblib

from recsys.cores import cores

Held = TypeVar("Held")
Item = TypeVar("Item")
Answer = TypeVar("Answer")
Process = subprocess.Popen[bytes]

WORTH_STARTING = 0.5
"""Seconds of work in this process before there are helpers: about what it takes to start them."""
MOST = 8
"""Helpers of one object at most: each takes some 70 MB, and few have more items at once."""
_GONE = (OSError, EOFError, pickle.PickleError)
"""What talking to a helper that has died raises."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""By which a BLAS is told how many threads it has."""
_LOG = logging.getLogger(__name__)


class Helpers(Generic[Held]):
    """Calls functions of one object and of many items, side by side; the answers are the same wherever they are made.

    Work begins in this process. Once there was so much of it that helpers pay, they are started while it goes on, one
    a core. They share the object, which they map from a file. If one dies, the others go on. All end with this
    process, even if it is killed: at the latest with the answer that they are at.

    Args:
        held: The object, of modules that are quick to import; nobody changes it.
        worth_starting: Seconds of work.
    """

    def __init__(self, held: Held, worth_starting: float = WORTH_STARTING) -> None:
        self.held, self._worth = held, worth_starting
        self._lock, self._starting = Lock(), False
        self._wanted = 0
        """Items that all threads wait for."""
        self._processes: list[Process] = []
        self._idle: SimpleQueue[Process] = SimpleQueue()
        self._ready_in = 0
        """The process that has started them, once they all have the object."""
        self._end = finalize(self, _killed, self._processes)

    def map(self, function: Callable[[Held, Item], Answer], items: Sequence[Item]) -> list[Answer]:
        """The function of the object and of each item; one of a module, by whose name helpers import it."""
        with self._lock:
            self._wanted += len(items)
            alone = self._wanted < 2
        began = time.perf_counter()
        try:
            if self.pids and not alone:
                with ThreadPoolExecutor(len(self.pids)) as pool:
                    return list(pool.map(lambda item: self._asked(function, item), items))
            return [function(self.held, item) for item in items]
        finally:
            with self._lock:
                self._wanted -= len(items)
            if not alone:
                self._spent(time.perf_counter() - began)

    @property
    def pids(self) -> list[int]:
        """The helpers' process ids; none before they are ready."""
        return [process.pid for process in self._processes] if self._ready_in == os.getpid() else []

    def _spent(self, seconds: float) -> None:
        """Count what others could have helped with, and start them once it was enough."""
        with self._lock:
            self._worth -= seconds
            possible = cores() > 1 and sys.executable and not getattr(sys, "frozen", False)
            if self._starting or self._worth > 0 or not possible:
                return
            self._starting = True
        Thread(target=self._start, daemon=True).start()

    def _start(self) -> None:
        """Start the helpers, and wait until all have the object; where one cannot have it, there is none."""
        try:
            with TemporaryDirectory(prefix="recsys-") as folder:
                file = Path(folder, "held")
                joblib.dump(self.held, file)
                self._processes += [_started(file) for _ in range(min(MOST, cores()))]
                for process in self._processes:
                    _received(process)
                    self._idle.put(process)
            self._ready_in = os.getpid()
        except Exception as error:  # noqa: BLE001 - this process does the work, so that none is lost
            _killed(self._processes)
            if self._end.alive:
                _LOG.warning("no helper came up, so that one core works: %s: %s", type(error).__name__, error)

    def _asked(self, function: Callable[[Held, Item], Answer], item: Item) -> Answer:
        """One helper's answer; this process's where the helper has died or its function raised."""
        question = pickle.dumps((function, item))
        process = self._idle.get()
        try:
            process.stdin.write(question)  # type: ignore[union-attr]  # it is a pipe
            process.stdin.flush()  # type: ignore[union-attr]
            answer = _received(process)
        except BaseException as error:
            process.kill()  # what is left in its pipes answers no other question
            if not isinstance(error, _GONE):
                raise
            answer = ()
        finally:
            self._idle.put(process)
        return answer[0] if answer else function(self.held, item)


def _started(file: Path) -> Process:
    """A process with this one's modules, out of reach of the terminal's Ctrl-C."""
    modules = os.pathsep.join(str(folder) or str(Path.cwd()) for folder in sys.path)
    return subprocess.Popen(  # noqa: S603 - this Python, and a module of ours
        [sys.executable, "-P", "-m", __name__, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": modules, **dict.fromkeys(_THREADS, "1")},
        start_new_session=True,
    )


def _received(process: Process) -> Any:
    return pickle.load(process.stdout)  # type: ignore[arg-type]  # noqa: S301 - of a process of our own


def _killed(processes: Sequence[Process]) -> None:
    for process in processes:
        process.kill()
        process.wait()


def _help(file: str) -> None:
    """A helper's life, until its standard input ends, as it does with the process that has started it."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed is no answer
    held = joblib.load(file, mmap_mode="r")
    answer = pickle.dumps(())
    with suppress(EOFError, BrokenPipeError):
        while True:
            answers.write(answer)
            answers.flush()
            function, item = pickle.load(sys.stdin.buffer)  # noqa: S301 - of the process that has started this one
            try:
                answer = pickle.dumps((function(held, item),))
            except Exception:  # noqa: BLE001 - whoever asks calls it again, and raises it where it is seen
                answer = pickle.dumps(())


if __name__ == "__main__":
    _help(sys.argv[1])
