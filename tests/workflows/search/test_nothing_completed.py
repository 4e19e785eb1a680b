"""Tests that a sweep without a complete trial is reported as a failure everywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from recsys.experiment import load_experiment
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.search.run_study import SweepResult
from recsys.workflows.search.sweep import sweep

FACTORY = "def build(shape, points, seeds):\n    raise ValueError('the factory is out of order')\n"
NO_KIND = {"model": {"factory": "out_of_order:build"}, "space.x": {"type": "int", "low": 1, "high": 9}}


@pytest.fixture
def failed(experiment: Path, tmp_path: Path, store_uri: str, monkeypatch: pytest.MonkeyPatch) -> SweepResult:
    (tmp_path / "out_of_order.py").write_text(FACTORY)
    monkeypatch.syspath_prepend(str(tmp_path))
    asked = load_experiment(experiment, {**NO_KIND, "point": {}})
    return sweep(asked, tracking_uri=store_uri, allow_custom_factory=True)


def test_its_result_says_that_there_is_no_best_and_why(failed: SweepResult) -> None:
    assert failed.best is None
    assert failed.trials == {"complete": 0, "pruned": 0, "failed": 6}
    assert failed.lines["best"] == "none"
    assert failed.stopped.startswith("trials = 6: all were made; no trial was completed, 6 failed, trial 0: ")
    assert "the factory is out of order" in failed.stopped


def test_the_store_has_it_as_failed_with_the_reason(failed: SweepResult, store_uri: str) -> None:
    summary = MlflowStore(store_uri).summary(failed.sweep)
    assert summary.state == "FAILED"
    assert summary.stopped == failed.stopped


def test_watching_it_ends_with_an_error(failed: SweepResult, store_uri: str) -> None:
    words = ["watch", failed.sweep, "--once", "--tracking-uri", store_uri]
    done = subprocess.run([sys.executable, "-m", "recsys.cli", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "has no best trial: trials = 6: all were made; no trial was completed, 6 failed" in done.stderr
