"""Helper processes on this machine, for work on small NumPy arrays that threads do not speed up.

NumPy releases the interpreter lock for microseconds at a time in such work, so that threads mostly wait for each other.
Four members of alternating least squares take 82 ms in sequence, 98 ms on two threads and 54 ms in two processes (2
cores).

joblib's loky is as fast but guarantees less. Its pool breaks if one worker is killed. It treats a worker that has
mapped more than 300 MB as a leak and restarts it with a warning, and therefore needs the shared file during the whole
run.
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
"""The seconds of work in this process before helpers start; about the time to start them."""
MOST = 8
"""The most helpers for one object. A helper uses about 70 MB, and few objects have more items at once."""
_GONE = (OSError, EOFError, pickle.PickleError)
"""The errors of communication with a helper that has died."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""The environment variables that set the number of threads of BLAS libraries."""
_LOG = logging.getLogger(__name__)


class Helpers(Generic[Held]):
    """Apply functions of one object to many items in parallel.

    The answers do not depend on the process that computes them. The work begins in this process. After `worth_starting`
    seconds of work, one helper for each core starts in the background. The helpers map the object from a shared file.
    If a helper dies, the others continue. All helpers end with this process, even if it is killed: each ends at the
    latest after its current answer.

    Args:
        held: The object, from modules that are quick to import. It must not change.
        worth_starting: The seconds of work before the helpers start.
    """

    def __init__(self, held: Held, worth_starting: float = WORTH_STARTING) -> None:
        self.held, self._worth = held, worth_starting
        self._lock, self._starting = Lock(), False
        self._wanted = 0
        """The number of items that all threads wait for."""
        self._processes: list[Process] = []
        self._idle: SimpleQueue[Process] = SimpleQueue()
        self._ready_in = 0
        """The id of the process that started the helpers, after all of them have loaded the object."""
        self._end = finalize(self, _killed, self._processes)

    def map(self, function: Callable[[Held, Item], Answer], items: Sequence[Item]) -> list[Answer]:
        """Apply a function to the object and each item.

        Args:
            function: A function of a module, which helpers import by its name.
            items: The items.

        Returns:
            The answers, in the order of the items.
        """
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
        """Return the process ids of the helpers; empty before they are ready."""
        return [process.pid for process in self._processes] if self._ready_in == os.getpid() else []

    def _spent(self, seconds: float) -> None:
        """Count the seconds of work that helpers could have shared, and start them when it is enough."""
        with self._lock:
            self._worth -= seconds
            possible = cores() > 1 and sys.executable and not getattr(sys, "frozen", False)
            if self._starting or self._worth > 0 or not possible:
                return
            self._starting = True
        Thread(target=self._start, daemon=True).start()

    def _start(self) -> None:
        """Start the helpers, and wait until all have loaded the object; use no helpers if one cannot load it."""
        try:
            with TemporaryDirectory(prefix="recsys-") as folder:
                file = Path(folder, "held")
                joblib.dump(self.held, file)
                self._processes += [_started(file) for _ in range(min(MOST, cores()))]
                for process in self._processes:
                    _received(process)
                    self._idle.put(process)
            self._ready_in = os.getpid()
        except Exception as error:  # noqa: BLE001 - this process does the work instead
            _killed(self._processes)
            if self._end.alive:
                _LOG.warning("no helper came up, so that one core works: %s: %s", type(error).__name__, error)

    def _asked(self, function: Callable[[Held, Item], Answer], item: Item) -> Answer:
        """Return the answer of a helper; compute it in this process if the helper died or its function raised."""
        question = pickle.dumps((function, item))
        process = self._idle.get()
        try:
            process.stdin.write(question)  # type: ignore[union-attr]  # stdin is a pipe
            process.stdin.flush()  # type: ignore[union-attr]
            answer = _received(process)
        except BaseException as error:
            process.kill()  # data left in its pipes must not answer another question
            if not isinstance(error, _GONE):
                raise
            answer = ()
        finally:
            self._idle.put(process)
        return answer[0] if answer else function(self.held, item)


def _started(file: Path) -> Process:
    """Start a helper with the module path of this process, in its own session, so that Ctrl-C does not reach it."""
    modules = os.pathsep.join(str(folder) or str(Path.cwd()) for folder in sys.path)
    return subprocess.Popen(  # noqa: S603 - this Python and this module
        [sys.executable, "-P", "-m", __name__, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": modules, **dict.fromkeys(_THREADS, "1")},
        start_new_session=True,
    )


def _received(process: Process) -> Any:
    return pickle.load(process.stdout)  # type: ignore[arg-type]  # noqa: S301 - the data come from a helper


def _killed(processes: Sequence[Process]) -> None:
    for process in processes:
        process.kill()
        process.wait()


def _help(file: str) -> None:
    """Answer questions until standard input ends, which happens when the parent process ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # printed text must not reach the pipe of the answers
    held = joblib.load(file, mmap_mode="r")
    answer = pickle.dumps(())
    with suppress(EOFError, BrokenPipeError):
        while True:
            answers.write(answer)
            answers.flush()
            function, item = pickle.load(sys.stdin.buffer)  # noqa: S301 - the data come from the parent process
            try:
                answer = pickle.dumps((function(held, item),))
            except Exception:  # noqa: BLE001 - the parent calls the function again, and raises the error there
                answer = pickle.dumps(())


if __name__ == "__main__":
    _help(sys.argv[1])
