"""The command that shows a store in MLflow's own pages."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from contextlib import suppress

from recsys.credentials import masked
from recsys.errors import InputError
from recsys.say import Say


def ui_command(uri: str, port: int = 5000, host: str = "127.0.0.1") -> tuple[list[str], dict[str, str]]:
    """The command line of the MLflow UI, and the environment to run it in.

    The address of the store may carry a password, so it goes into the environment, where other users of the machine
    cannot read it. The server answers on loopback only, and only to requests made to that name.

    Raises:
        InputError: The store is a server, which has its own pages.
    """
    if uri.startswith("http"):
        raise InputError(f"{masked(uri)} is a server already: open it in a browser")
    allowed = ",".join(f"{name}:{port}" for name in dict.fromkeys(("localhost", "127.0.0.1", host)))
    command = [sys.executable, "-m", "mlflow", "ui", "--host", host, "--port", str(port), "--workers", "1"]
    settings = {
        "MLFLOW_BACKEND_STORE_URI": uri,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        # an mlflow.py in the current folder is not MLflow; uvicorn would import from there too, were it not told a
        # folder that Python imports from anyway
        "PYTHONSAFEPATH": "1",
        "UVICORN_APP_DIR": sysconfig.get_path("stdlib"),
    }
    return [*command, "--allowed-hosts", allowed], {**os.environ, **settings}


def serve_ui(uri: str, port: int, say: Say, view: str = "") -> int:
    """Run the MLflow UI on the store until it is stopped; its exit code. What is said leads to `view`."""
    command, environment = ui_command(uri, port)
    say(f"MLflow UI: http://127.0.0.1:{port}{view} (Ctrl-C ends it)")
    return _run(command, environment)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    # in a process group of its own, because MLflow starts its server as a further process, which has to end with it
    process = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603 - our own command line
    try:
        return process.wait()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
