"""An MLflow tracking server over HTTP is a store like any other."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SMOKE = str(ROOT / "experiments" / "smoke.toml")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A real server on a free port of loopback, with its database and its artifacts in a folder of the test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    stores = ["--backend-store-uri", f"sqlite:///{tmp_path / 'server.db'}", "--artifacts-destination", str(tmp_path)]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    process = subprocess.Popen(
        [*command, *stores],
        env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/health", process)
        yield address
    finally:
        os.killpg(process.pid, 15)
        process.wait(timeout=30)


def _wait_for(address: str, process: subprocess.Popen[Any]) -> None:
    for _ in range(120):
        assert process.poll() is None, "the server ended by itself"
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server never answered")


@pytest.mark.slow
def test_a_sweep_over_http_is_tracked_resumed_and_promoted(server: str, tmp_path: Path) -> None:
    def recsys(*words: str) -> Any:
        command = [sys.executable, "-m", "recsys.cli", *words, "--json", "--tracking-uri", server]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert recsys("sweep", SMOKE, "--trials", "4")["trials"]["complete"] == 4
    assert recsys("resume", "smoke", "--trials", "6")["trials"]["complete"] == 6
    assert len(recsys("compare", "smoke")["rows"]) == 6
    assert recsys("promote", "smoke")["version"] == 1
    assert len(recsys("recommend", "7", "-n", "3")["items"]) == 3
    assert not (tmp_path / "mlruns").exists()
