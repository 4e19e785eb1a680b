"""A worker process: `python -m recsys.execution.worker` with the file descriptor of its connection.

It imports this package and the modules that the experiment names, but never the coordinator's script: without
`if __name__ == "__main__":`, the script would start its sweep again in every worker.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recsys.errors import RecsysError
from recsys.frameworks import import_tensorflow, importing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recsys.execution.executor import Task
    from recsys.training.trial import Trial


def start_tensorflow(cores: int) -> None:
    """Import TensorFlow without its start-up messages, limited to this worker's share of the machine.

    Args:
        cores: The number of threads.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["OMP_NUM_THREADS"] = str(cores)
    with importing():
        tf = import_tensorflow()
        tf.config.threading.set_intra_op_parallelism_threads(cores)
        tf.config.threading.set_inter_op_parallelism_threads(cores)
        for gpu in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, True)  # noqa: FBT003 - TensorFlow's; workers share a GPU
    tf.get_logger().setLevel("ERROR")


def start_worker() -> tuple[subprocess.Popen[bytes], Connection]:
    """Start a worker in a session of its own, which Ctrl-C does not reach, and return it with the pipe to it.

    The coordinator sends the task, the number of threads and its process id, and then jobs.
    """
    modules = os.pathsep.join(str(folder) or str(Path.cwd()) for folder in sys.path)
    ours, theirs = Pipe()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - runs this module
            [sys.executable, "-P", "-m", __name__, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": modules},
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    return process, ours


def work(connection: Connection) -> None:
    """Train the jobs that the coordinator sends until it disconnects."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # only the coordinator ends a worker
    task: Task
    task, cores, coordinator = connection.recv()
    threading.Thread(target=_leave_with, args=(coordinator,), daemon=True).start()
    start_tensorflow(cores)
    trainer = task.trainer()
    connection.send(("ready", None))

    def ask(trials: Sequence[Trial], epoch: int, values: Sequence[Sequence[float]]) -> Any:
        connection.send(("report", (trials, epoch, values)))
        return connection.recv()

    while True:
        trials, snapshots, asks = connection.recv()
        try:
            results = trainer.train(trials, ask if asks else None, snapshots, resumable=task.resumable)
            connection.send(("results", results))
        except RecsysError as error:
            connection.send(("error", str(error)))


def _leave_with(coordinator: int) -> None:
    """End this process when the coordinator's has ended, even by `kill -9`."""
    while os.getppid() == coordinator:
        time.sleep(0.5)
    os._exit(1)


if __name__ == "__main__":
    with suppress(EOFError, ConnectionError):  # the coordinator is gone
        work(Connection(int(sys.argv[1])))
