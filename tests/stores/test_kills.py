"""Crash-exactness: whatever is killed whenever, no trial is lost, done twice, or left running."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from recsys.tracking.mlflow_store import MlflowStore
from recsys.tracking.tracker import Recorded

ROOT = Path(__file__).parent.parent
TRIALS = 64
KILLS = int(os.environ.get("RECSYS_KILLS", "4"))
"""How many times in each store; RECSYS_KILLS=50 is the long form."""
WORDS = ["--trials", str(TRIALS), "--set", "study.batch=8", "--set", "training.epochs=12"]


def run(uri: str, cwd: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "recsys.cli", *words, "--workers", "2", "--tracking-uri", uri]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=cwd, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def strike(process: subprocess.Popen[str], chance: random.Random) -> bool:
    """Kill the coordinator or one of its workers after a while; whether the coordinator is still there."""
    try:
        process.wait(chance.uniform(4, 14))
    except subprocess.TimeoutExpired:
        coordinator = psutil.Process(process.pid)
        workers = [child for child in coordinator.children() if "spawn_main" in " ".join(child.cmdline())]
        victim = chance.choice([coordinator, coordinator, *workers])
        victim.send_signal(signal.SIGKILL)
        if victim.pid != process.pid:
            return True
        process.wait(30)
    return False


def outcomes(records: list[Recorded]) -> list[tuple[int, dict[str, Any], int, str]]:
    return [(r.number, dict(r.point), r.seed, str(r.told and r.told.state)) for r in records]


@pytest.fixture(params=["sqlite", "postgresql"])
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store in a file, or in a real PostgreSQL server that ends with the test."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'mlflow.db'}"
        return
    pgserver = pytest.importorskip("pgserver", reason="there is no PostgreSQL for this Python")
    server = pgserver.get_server(tmp_path / "postgres")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_random_kills_lose_nothing_and_repeat_nothing(uri: str, tmp_path: Path) -> None:
    smoke = str(ROOT / "experiments" / "smoke.toml")
    assert run(uri, tmp_path, "sweep", smoke, *WORDS, "--name", "undisturbed").wait(600) == 0
    chance = random.Random(int(time.time()))  # noqa: S311 - when to kill is no secret
    process = run(uri, tmp_path, "sweep", smoke, *WORDS, "--name", "sweep-0")
    struck, sweeps = 0, 1
    while struck < KILLS:
        alive = strike(process, chance)
        struck += 1
        if not alive and process.returncode == 0:  # it had come to its end: the next one
            struck -= 1
            process = run(uri, tmp_path, "sweep", smoke, *WORDS, "--name", f"sweep-{sweeps}")
            sweeps += 1
        elif not alive:
            begun = {summary.name for summary in MlflowStore(uri).sweeps()}
            name = f"sweep-{sweeps - 1}"
            again = ["resume", name] if name in begun else ["sweep", smoke, *WORDS, "--name", name]
            process = run(uri, tmp_path, *again)
    assert process.wait(600) == 0
    store = MlflowStore(uri)
    expected = store.open_sweep("undisturbed").records()
    for number in range(sweeps):
        records = store.open_sweep(f"sweep-{number}").records()
        assert outcomes(records) == outcomes(expected)
        for record, undisturbed in zip(records, expected, strict=True):
            assert record.values["rmse"] == pytest.approx(undisturbed.values["rmse"], abs=1e-4)
    assert {summary.state for summary in store.sweeps()} == {"FINISHED"}
    running = list(store._client.search_runs(["1"], "attributes.status = 'RUNNING'"))
    assert running == []
