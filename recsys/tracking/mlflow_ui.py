"""The command that shows a store in MLflow's own pages."""

from __future__ import annotations

import os
import sys

from recsys.foreground import run_in_foreground


def ui_command(uri: str, port: int = 5000, host: str = "127.0.0.1") -> tuple[list[str], dict[str, str]]:
    """The command line of the MLflow UI, and the environment to run it in.

    The address of the store may carry a password, so it goes into the environment, where other users of the machine
    cannot read it. The server answers on loopback only, and only to requests made to that name.
    """
    allowed = ",".join(f"{name}:{port}" for name in dict.fromkeys(("localhost", "127.0.0.1", host)))
    command = [sys.executable, "-m", "mlflow", "ui", "--host", host, "--port", str(port), "--workers", "1"]
    settings = {
        "MLFLOW_BACKEND_STORE_URI": uri,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    return [*command, "--allowed-hosts", allowed], {**os.environ, **settings}


def serve_ui(uri: str, port: int = 5000, host: str = "127.0.0.1") -> int:
    """Run the MLflow UI on the store until it is stopped; its exit code."""
    command, environment = ui_command(uri, port, host)
    return run_in_foreground(command, environment)
