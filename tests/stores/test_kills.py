"""Tests of killed sweeps: no trial is lost, repeated, or left in the running state."""

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

from recsys.execution.make import MOST_THREADS
from recsys.tracking.mlflow.store import MlflowStore
from recsys.tracking.tracker import Recorded
from recsys.workflows.search.stops import SPARED

TRIALS = 64
KILLS = int(os.environ.get("RECSYS_KILLS", "4"))
"""How many times in each store; RECSYS_KILLS=50 is the long form."""
WORDS = ["--trials", str(TRIALS), "--set", "study.batch=8", "--set", "training.epochs=12"]
KINDS: list[tuple[list[str], int]] = [([], MOST_THREADS), (["--workers", "2"], 2), (["--workers", "1"], 1)]
"""Options, and how many cohorts are trained at once at most. TPE goes on as if nothing had happened where one process
trains, on threads too; random points do with any number of workers."""
OWN = [
    {
        "study.sampler": "tpe",
        "study.minutes": "60",
        "study.try": '[{ loss = "huber", dropout = 0.1 }]',
        "study.learn_from": '["elder"]',
        "space.dropout.when": '{ loss = "huber" }',
    },
    {"study.sampler": "random", "objective.metric": "ndcg", "point.loss": "softmax"},
    {"objective.metrics": '["ndcg", "coverage"]', "point.loss": "softmax", "study.pruner": "dominated"},
]
"""One sort is trained on ratings, knows a part of a point and an elder sweep, has a parameter that hangs on another,
and asks at every epoch whether its time is up; one is for lists; one for lists by two objectives, and prunes."""


class Battered:
    """Sweeps in one store, one after the other, of each kind in turn; they may be killed."""

    def __init__(self, uri: str, folder: Path) -> None:
        self.uri, self.folder, self.begun = uri, folder, 0
        self.lives: dict[int, list[float]] = {}
        """When the processes of each sweep were started."""
        self.process = self._next()

    def _next(self) -> subprocess.Popen[str]:
        self.begun += 1
        return self._run(*begin(self.begun), "--name", f"sweep-{self.begun}")

    def _run(self, *words: str) -> subprocess.Popen[str]:
        workers, _ = KINDS[self.begun % len(KINDS)]
        self.lives.setdefault(self.begun, []).append(time.monotonic())
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
        known = {summary.name for summary in MlflowStore(self.uri, create=True).sweeps()}
        words = ["resume", name] if name in known else [*begin(self.begun), "--name", name]
        self.process = self._run(*words)


def begin(number: int) -> list[str]:
    """How the sweep of that number is begun."""
    own = (word for key, value in OWN[number % len(KINDS)].items() for word in ("--set", f"{key}={value}"))
    return ["sweep", SMOKE, *WORDS, *own]


def outcomes(records: list[Recorded]) -> list[Any]:
    """What must be as in an undisturbed sweep."""
    return [(r.number, dict(r.point), r.seed, r.finished and r.finished.state) for r in records]


@pytest.mark.slow
@pytest.mark.timeout(6000)
@pytest.mark.parametrize("back_end", ["sqlite", "postgresql"])
def test_random_kills_lose_nothing_and_repeat_nothing(
    back_end: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    uri = request.getfixturevalue("postgresql") if back_end == "postgresql" else f"sqlite:///{tmp_path / 'mlflow.db'}"
    elder = ["sweep", SMOKE, "--trials", "16", "--set", "training.epochs=3", "--name", "elder"]
    assert recsys(*elder, "--tracking-uri", uri, "--json", cwd=tmp_path).wait(600) == 0
    for kind, (workers, _) in enumerate(KINDS):
        undisturbed = [*begin(kind), "--name", f"undisturbed-{kind}", *workers]
        assert recsys(*undisturbed, "--tracking-uri", uri, "--json", cwd=tmp_path).wait(600) == 0
    sweeps, struck = Battered(uri, tmp_path), 0
    chance = random.Random(int(time.time()))  # noqa: S311 - when to kill is no secret
    while struck < KILLS:
        struck += sweeps.strike(chance)
    assert sweeps.process.wait(600) == 0, sweeps.said
    ended = time.monotonic()

    store = MlflowStore(uri)
    for number in range(1, sweeps.begun + 1):
        expected = store.open_sweep(f"undisturbed-{number % len(KINDS)}").records()
        records = store.open_sweep(f"sweep-{number}").records()
        assert outcomes(records) == outcomes(expected)
        for record, undisturbed_one in zip(records, expected, strict=True):
            assert record.values == pytest.approx(undisturbed_one.values, abs=1e-4)
        # of the time worked a kill loses two seconds, and what is in the record was worked for
        lives, (_, at_once) = sweeps.lives[number], KINDS[number % len(KINDS)]
        worked = store.summary(f"sweep-{number}").worked
        assert worked is not None
        assert sum(r.seconds for r in records) / at_once - 4 * (len(lives) - 1) < worked < ended - lives[0]
    assert {summary.state for summary in store.sweeps()} == {"FINISHED"}
    assert store._client.search_runs(["1"], "attributes.status = 'RUNNING'") == []
    trials = store._client.search_runs(["1"], "tags.`recsys.trial` != ''", max_results=50_000)
    assert len(trials) == 16 + TRIALS * (sweeps.begun + len(KINDS))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [[], ["--workers", "1"], ["--workers", "2"]], ids=["threads", "one", "two"])
def test_a_budget_of_time_ends_a_sweep_that_was_killed_on_the_way(workers: list[str], tmp_path: Path) -> None:
    """What was worked before counts, and what the time has cut off is cut off alone."""
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    words = ["--set", "study.sampler=random", "--set", "study.batch=8", *workers, "--tracking-uri", uri]
    store = MlflowStore(uri, create=True)  # the sweep takes a moment until it makes one
    process = recsys("sweep", SMOKE, "--trials", "5000", "--name", "cut", *words, cwd=tmp_path)
    while not any(summary.complete for summary in store.sweeps()):
        assert process.poll() is None
        time.sleep(0.2)
    process.kill()
    process.wait()
    killed = store.summary("cut").worked
    assert killed is not None
    minutes = round(killed / 60 + 0.2, 2)
    assert recsys("resume", "cut", "--minutes", str(minutes), *words[4:], cwd=tmp_path).wait(600) == 0
    summary, records = store.summary("cut"), store.open_sweep("cut").records()
    assert (summary.state, summary.minutes) == ("FINISHED", minutes)
    assert summary.stopped.startswith(f"minutes = {minutes:g}: ")
    assert summary.worked is not None
    assert 60 * minutes - SPARED <= summary.worked
    whole = [record for record in records if record.finished and not record.cut]
    assert whole
    undisturbed = ["--trials", str(len(records)), "--name", "undisturbed", *words]
    assert recsys("sweep", SMOKE, *undisturbed, cwd=tmp_path).wait(600) == 0
    expected = {record.number: record for record in store.open_sweep("undisturbed").records()}
    assert outcomes(whole) == outcomes([expected[record.number] for record in whole])
