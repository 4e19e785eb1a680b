"""Crash-exactness: whatever is killed whenever, no trial is lost, done twice, or left running."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from backends import SMOKE, recsys

from recsys.tracking.mlflow_store import MlflowStore
from recsys.tracking.tracker import Recorded

TRIALS = 64
KILLS = int(os.environ.get("RECSYS_KILLS", "4"))
"""How many times in each store; RECSYS_KILLS=50 is the long form."""
WORDS = ["--trials", str(TRIALS), "--set", "study.batch=8", "--set", "training.epochs=12"]
KINDS = [["--workers", "1"], ["--workers", "2"]]
"""TPE goes on as if nothing had happened where one process trains; random points do with any number of workers."""
SAMPLERS = ["tpe", "random"]


class Battered:
    """Sweeps in one store, one after the other, of each kind in turn; they may be killed."""

    def __init__(self, uri: str, folder: Path) -> None:
        self.uri, self.folder, self.begun = uri, folder, 0
        self.process = self._next()

    def _next(self) -> subprocess.Popen[str]:
        self.begun += 1
        return self._run(*begin(self.begun), "--name", f"sweep-{self.begun}")

    def _run(self, *words: str) -> subprocess.Popen[str]:
        workers = KINDS[self.begun % 2]
        with (self.folder / "said.txt").open("a") as said:
            return recsys(*words, *workers, "--tracking-uri", self.uri, cwd=self.folder, output=said)

    @property
    def said(self) -> str:
        """The end of what all of them have said."""
        return (self.folder / "said.txt").read_text(encoding="utf-8")[-2000:]

    def strike(self, chance: random.Random) -> bool:
        """Kill the coordinator or one of its workers after a while; whether anything was there to be killed."""
        try:
            self.process.wait(chance.uniform(3, 14))
        except subprocess.TimeoutExpired:
            victim = chance.choice([self.process.pid, self.process.pid, *self._workers()])
            with suppress(ProcessLookupError):  # a worker may just have ended
                os.kill(victim, signal.SIGKILL)
            if victim == self.process.pid:
                self.process.wait(30)
                self._go_on()
            return True
        assert self.process.returncode == 0, self.said
        self.process = self._next()
        return False

    def _workers(self) -> list[int]:
        found = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):
                if "spawn_main" in " ".join(child.cmdline()):
                    found.append(child.pid)
        return found

    def _go_on(self) -> None:
        name = f"sweep-{self.begun}"
        known = {summary.name for summary in MlflowStore(self.uri).sweeps()}
        words = ["resume", name] if name in known else [*begin(self.begun), "--name", name]
        self.process = self._run(*words)


def begin(number: int) -> list[str]:
    """How the sweep of that number is begun."""
    return ["sweep", SMOKE, *WORDS, "--set", f"study.sampler={SAMPLERS[number % 2]}"]


def outcomes(records: list[Recorded]) -> list[Any]:
    """What must be as in an undisturbed sweep."""
    return [(r.number, dict(r.point), r.seed, r.told and r.told.state) for r in records]


@pytest.mark.slow
@pytest.mark.timeout(6000)
@pytest.mark.parametrize("back_end", ["sqlite", "postgresql"])
def test_random_kills_lose_nothing_and_repeat_nothing(
    back_end: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    uri = request.getfixturevalue("postgresql") if back_end == "postgresql" else f"sqlite:///{tmp_path / 'mlflow.db'}"
    for kind, workers in enumerate(KINDS):
        undisturbed = [*begin(kind), "--name", f"undisturbed-{kind}", *workers]
        assert recsys(*undisturbed, "--tracking-uri", uri, "--json", cwd=tmp_path).wait(600) == 0
    sweeps, struck = Battered(uri, tmp_path), 0
    chance = random.Random(int(time.time()))  # noqa: S311 - when to kill is no secret
    while struck < KILLS:
        struck += sweeps.strike(chance)
    assert sweeps.process.wait(600) == 0, sweeps.said

    store = MlflowStore(uri)
    for number in range(1, sweeps.begun + 1):
        expected = store.open_sweep(f"undisturbed-{number % 2}").records()
        records = store.open_sweep(f"sweep-{number}").records()
        assert outcomes(records) == outcomes(expected)
        for record, undisturbed_one in zip(records, expected, strict=True):
            assert record.values == pytest.approx(undisturbed_one.values, abs=1e-4)
    assert {summary.state for summary in store.sweeps()} == {"FINISHED"}
    assert store._client.search_runs(["1"], "attributes.status = 'RUNNING'") == []
    trials = store._client.search_runs(["1"], "tags.`recsys.trial` != ''", max_results=50_000)
    assert len(trials) == TRIALS * (sweeps.begun + 2)
