"""MLflow's own scoring server on a champion, reachable from this machine alone."""

from __future__ import annotations

import os
import subprocess
import sys

from recsys.errors import RecsysError


def run_server(uri: str, model: str, port: int) -> None:
    """Serve `models:/NAME@champion` on loopback until interrupted; the server ends with this call.

    Args:
        uri: The MLflow store.
        model: The registered model.
        port: Where it listens.

    Raises:
        RecsysError: The server ended by itself.
    """
    words = ["models", "serve", "-m", f"models:/{model}@champion", "--env-manager", "local"]
    command = [sys.executable, "-m", "mlflow", *words, "--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "MLFLOW_TRACKING_URI": uri, "MLFLOW_REGISTRY_URI": uri}
    process = subprocess.Popen(command, env=environment)  # noqa: S603 - MLflow itself, with words of our own
    try:
        code = process.wait()
    finally:
        process.terminate()
        process.wait()
    if code:
        raise RecsysError(f"MLflow's scoring server ended with exit code {code}")
