"""Tests of `recsys serve` and `mlflow models serve` as processes, with all forms of requests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from servers import strict
from serving_samples import ITEMS, USERS
from written import FORMS

from recsys.registry.mlflow_registry import MlflowRegistry
from recsys.serving.answers import answers
from recsys.serving.reading import reader_of
from recsys.serving.recommender import Recommender

ROWS = {
    "pairs": [{"user": USERS[0], "item": ITEMS[0]}, {"user": "x", "item": 7}],
    "lists": [{"user": USERS[1], "n": 3, "exclude": [10, 20]}, {"user": "x", "n": 2, "exclude": [30, 40]}],
    "histories": [{"history": ITEMS[:3], "n": 2}, {"history": ITEMS[4:7], "n": 3}],
}


@pytest.fixture(scope="module")
def store(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with a champion."""
    uri = f"sqlite:///{tmp_path_factory.mktemp('served') / 'mlflow.db'}"
    registry = MlflowRegistry(uri, create=True)
    registry.register_champion(registry.register("films", model_folder, {}), "a test", {})
    return uri


@contextmanager
def started(*words: str, store: str) -> Iterator[str]:
    """A command on a free port of loopback; gives the address of its invocations. It ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "MLFLOW_TRACKING_URI": store, "PATH": path}
    command = [sys.executable, "-m", *words, "--port", str(port)]
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=environment, start_new_session=True, **quiet)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/ping", process)
        yield f"{address}/invocations"
    finally:
        os.killpg(process.pid, 15)
        process.wait(timeout=60)
    assert _refuses(port), "something still listens after the end"


def _refuses(port: int) -> bool:
    """Whether nobody listens there; workers of a server may take a moment longer than it to close."""
    for _ in range(60):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            return True
        time.sleep(0.5)
    return False


def _wait_for(address: str, process: subprocess.Popen[Any]) -> None:
    for _ in range(240):
        assert process.poll() is None, "the server ended by itself"
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server never answered")


def check(address: str, recommender: Recommender) -> None:
    """Every form, about everything."""
    for rows in ROWS.values():
        asks = reader_of(recommender).asks(rows)
        right = answers(recommender, asks)
        for write in FORMS.values():
            body, content_type = write(rows)
            request = urllib.request.Request(address, body, {"Content-Type": content_type})
            with urllib.request.urlopen(request, timeout=60) as response:
                found = strict(response.read())["predictions"]
            assert [row.pop("rating") for row in found] == pytest.approx([row["rating"] for row in right], abs=1e-4)
            assert found == [{name: value for name, value in row.items() if name != "rating"} for row in right]


@pytest.mark.slow
def test_recsys_serve_answers_and_runs_none_of_the_stored_code(store: str, recommender: Recommender) -> None:
    version = MlflowRegistry(store).required_champion("films")
    code = Path(urlsplit(str(version.source)).path) / "pyfunc.py"
    kept = code.read_text(encoding="utf-8")
    code.write_text("raise SystemExit('code of the store was run')", encoding="utf-8")
    try:
        with started("recsys.cli", "serve", store=store) as address:
            check(address, recommender)
    finally:
        code.write_text(kept, encoding="utf-8")


@pytest.mark.slow
def test_mlflow_models_serve_answers(store: str, recommender: Recommender) -> None:
    words = ["mlflow", "models", "serve", "--model-uri", "models:/films@champion", "--env-manager", "local"]
    with started(*words, store=store) as address:
        check(address, recommender)
