"""Tests that a stopped sweep prints the command that resumes it, and that this command works."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import SMOKE, command, environment, recsys
from mlflow import MlflowClient

from recsys.cli.signals import sweeping
from recsys.evaluation.metrics.table import METRICS
from recsys.workflows.search.progress import Progress


@pytest.mark.parametrize("again", ["recsys resume {}", "the same command, which resumes {}"])
def test_an_interruption_says_how_to_go_on(again: str, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        with sweeping(quiet=True, again=again) as view:
            view.watch(Progress("mf", METRICS["rmse"], 4))
            raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        interrupted()
    assert ended.value.code == 130
    assert again.format("mf") in capsys.readouterr().err


def test_an_interruption_that_a_finaliser_has_swallowed_ends_the_sweep_after_its_cohort(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)

    class Finalised:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    reached = []

    def swept() -> None:
        with sweeping(quiet=True) as view:
            view.watch(Progress("mf", METRICS["rmse"], 4))
            Finalised()
            reached.append("after the finaliser")
            view.watch(Progress("mf", METRICS["rmse"], 4))
            reached.append("after the cohort")

    try:
        with pytest.raises(SystemExit):
            swept()
    finally:
        signal.signal(signal.SIGINT, before)
    assert reached == ["after the finaliser"]
    assert "recsys resume mf" in capsys.readouterr().err


def _begin(tmp_path: Path, *more: str) -> subprocess.Popen[str]:
    """A sweep that has finished a batch and is in the middle of the next."""
    epochs = ["--set", "training.epochs=40", "--set", "training.patience=0"]
    words = ["sweep", SMOKE, "--trials", "24", "--set", "study.batch=4", *epochs, *more]
    process = subprocess.Popen(
        command(*words), cwd=tmp_path, env=environment({}), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if int(line.split(": ")[1].split()[0]) >= 8:
            time.sleep(0.05)
            return process
    raise AssertionError("the sweep never got to its eighth trial")


def _record(tmp_path: Path) -> Any:
    from recsys.tracking.mlflow.store import MlflowStore

    return MlflowStore(f"sqlite:///{tmp_path / 'mlruns' / 'mlflow.db'}").open_sweep("smoke").records()


@pytest.mark.slow
@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_sweep_that_is_stopped_is_resumed_to_its_total(tmp_path: Path, signum: int) -> None:
    process = _begin(tmp_path)
    process.send_signal(signum)
    _, message = process.communicate(timeout=60)
    if signum != signal.SIGKILL:
        assert process.returncode == 130
        assert "recsys resume smoke" in message
    done = recsys("resume", "smoke", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["trials"] == {"complete": 24, "pruned": 0, "failed": 0}
    records = _record(tmp_path)
    assert [r.number for r in records] == list(range(24))
    assert all(r.finished is not None for r in records)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [[], ["--workers", "2"]], ids=["here", "workers"])
def test_ten_seconds_after_sigterm_a_sweep_has_stopped(tmp_path: Path, workers: list[str]) -> None:
    endless = ["--set", "training.epochs=100000", "--set", "training.patience=0"]
    words = command("sweep", SMOKE, *endless, *workers)
    process = subprocess.Popen(
        words, cwd=tmp_path, env=environment({}), stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("smoke: 0 of 8 trials")  # from then on the store is there to be asked
    client = MlflowClient(f"sqlite:///{tmp_path / 'mlruns' / 'mlflow.db'}")
    while len(client.search_runs(["1"])) < 1 + 8:
        assert process.poll() is None
        time.sleep(1)
    started = time.monotonic()
    os.killpg(process.pid, signal.SIGTERM)  # as a service manager does it
    _, message = process.communicate(timeout=60)
    assert time.monotonic() - started < 30
    assert process.returncode == 130
    assert "recsys resume smoke" in message
    statuses = [run.info.status for run in client.search_runs(["1"])]
    assert set(statuses) == {"KILLED"}


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["random", "bayesian", "hyperband", "grid"])
def test_every_oracle_of_keras_tuner_is_resumed_after_a_kill(tmp_path: Path, sampler: str) -> None:
    process = _begin(tmp_path, "--set", "study.engine=keras_tuner", "--set", f"study.sampler={sampler}")
    process.kill()
    process.communicate(timeout=60)
    done = recsys("resume", "smoke", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["trials"] == {"complete": 24, "pruned": 0, "failed": 0}
    records = _record(tmp_path)
    assert [r.number for r in records] == list(range(24))
    assert all(r.finished is not None for r in records)


@pytest.mark.slow
def test_a_sweep_that_runs_cannot_be_resumed_beside_itself(tmp_path: Path) -> None:
    process = _begin(tmp_path, "--set", "training.epochs=2000", "--set", "training.patience=0")
    try:
        done = recsys("resume", "smoke", cwd=tmp_path)
        assert done.returncode == 2
        assert "running in another process" in done.stderr
    finally:
        process.kill()
        process.wait(timeout=30)
