"""Run the MLflow UI on a store."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from recsys.credentials import masked
from recsys.errors import InputError, StoreError
from recsys.reporter import Reporter


def ui_command(uri: str, port: int = 5000, host: str = "127.0.0.1") -> tuple[list[str], dict[str, str]]:
    """The command line of the MLflow UI, and the environment to run it in.

    The store's address may contain a password, so it is passed in the environment, which other users of the machine
    cannot read. The server listens on loopback only, and only accepts requests to that host name.

    Raises:
        InputError: The store is a server, which has its own UI.
    """
    if uri.startswith("http"):
        raise InputError(f"{masked(uri)} is a server already: open it in a browser")
    allowed = ",".join(f"{name}:{port}" for name in dict.fromkeys(("localhost", "127.0.0.1", host)))
    command = [sys.executable, "-m", "mlflow", "ui", "--host", host, "--port", str(port), "--workers", "1"]
    settings = {
        "MLFLOW_BACKEND_STORE_URI": uri,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        # neither Python nor uvicorn shall import an mlflow.py from the current folder
        "PYTHONSAFEPATH": "1",
        "UVICORN_APP_DIR": sysconfig.get_path("stdlib"),
    }
    return [*command, "--allowed-hosts", allowed], {**os.environ, **settings}


def serve_ui(uri: str, port: int, reporter: Reporter, view: str = "") -> None:
    """Run the MLflow UI on the store until it is stopped; the reporter gets the address of `view` once it answers.

    Raises:
        StoreError: The UI ended by itself.
    """
    command, environment = ui_command(uri, port)
    with _running(command, environment) as process:
        if _answers(port, process):
            reporter(f"MLflow UI: http://127.0.0.1:{port}{view} (Ctrl-C ends it)")
        if code := process.wait():
            raise StoreError(f"the MLflow UI on port {port} ended with exit code {code}")


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    # a process group, because MLflow starts its server as a further process, which has to end too
    process = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603 - our own command line
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the port accepts connections; False if the process ends before."""
    while process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.2)
    return False
