"""MLflow's own scoring server on a champion, reachable from this machine alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from recsys.errors import RecsysError
from recsys.foreground import run_in_foreground


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
    # MLflow looks for its own server, uvicorn, on the path
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "MLFLOW_TRACKING_URI": uri, "MLFLOW_REGISTRY_URI": uri}
    code = run_in_foreground(command, environment)
    if code:
        raise RecsysError(f"MLflow's scoring server ended with exit code {code}")
