"""An MLflow server that tests start and stop, and the command line in its own process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SMOKE = str(ROOT / "experiments" / "smoke.toml")


class TrackingServer:
    """An MLflow server on a free port of loopback, with its database and its artifacts in a folder of the test."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._stores = ["--backend-store-uri", f"sqlite:///{folder}/server.db", "--artifacts-destination", str(folder)]
        self._process: subprocess.Popen[Any] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", *where, *self._stores],
            env={**os.environ, "PATH": path},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(240):
            assert self._process.poll() is None, "the server ended by itself"
            try:
                with urllib.request.urlopen(f"{self.address}/health", timeout=1):
                    return
            except OSError:
                time.sleep(0.25)
        raise AssertionError("the server never answered")

    def stop(self) -> None:
        """End it with all its processes, as a crash would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)
            self._process = None


def recsys(*words: str, cwd: Path, output: Any = subprocess.PIPE) -> subprocess.Popen[str]:
    """The command line in a process of its own."""
    command = [sys.executable, "-m", "recsys.cli", *words]
    return subprocess.Popen(
        command, cwd=cwd, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True, stdout=output, stderr=output
    )
