"""Tests of evaluation over periods before the test part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from recsys.cli.views.sweeps import show_evaluation
from recsys.errors import InputError
from recsys.experiment import load_experiment
from recsys.registry.mlflow_access_log import MlflowAccessLog
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.comparison.evaluate import evaluate
from recsys.workflows.comparison.windows import draw_windows
from recsys.workflows.search.prepare import prepare

TEMPORAL = ["split.kind=temporal", "study.trials=2", "study.batch=2"]


def test_one_trial_is_tested_on_each_window_and_the_test_part_stays_sealed(
    experiment: Path, store_uri: str, tmp_path: Path
) -> None:
    said: list[str] = []
    result = evaluate(experiment, windows=3, overrides=TEMPORAL, tracking_uri=store_uri, reporter=said.append)
    assert [fold.sweep for fold in result.folds] == ["small"] * 3
    assert [fold.begins for fold in result.folds] == sorted({fold.begins for fold in result.folds})
    values = [fold.test["rmse"] for fold in result.folds]
    assert len(set(values)) == 3
    assert result.mean["rmse"] == pytest.approx(np.mean(values))
    assert result.deviation["rmse"] == pytest.approx(np.std(values, ddof=1))
    assert "the trial is chosen on validation, which 1 of 3 windows overlap" in said
    prepared = prepare(load_experiment(experiment, TEMPORAL))
    assert MlflowAccessLog(store_uri).openings(prepared.test_fingerprint) == []

    again = evaluate(experiment, windows=2, overrides=TEMPORAL, tracking_uri=store_uri)
    assert [summary.name for summary in MlflowStore(store_uri).sweeps()] == ["small"]
    assert [fold.begins for fold in again.folds] == [fold.begins for fold in result.folds[1:]]
    assert [fold.test["rmse"] for fold in again.folds] == pytest.approx(values[1:], rel=1e-4)

    console = Console(width=160, record=True)
    show_evaluation(console, result)
    shown = console.export_text()
    assert all(fold.begins in shown for fold in result.folds)
    assert "3 windows before the test part, each tested once." in shown

    draw_windows(result, tmp_path / "windows.png")
    assert (tmp_path / "windows.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InputError, match="there is no folder"):
        draw_windows(result, tmp_path / "none" / "windows.png")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"windows": 1, "overrides": TEMPORAL}, "windows = 1: expected 2 or more"),
        ({"windows": 3}, r"split\.kind = 'random' has no windows: expected temporal"),
        ({"windows": 3, "folds": 3, "overrides": TEMPORAL}, "folds and windows exclude each other"),
        (
            {"windows": 99, "overrides": TEMPORAL},
            "windows = 99: the ratings go back to 0, .* for 3 windows",
        ),
    ],
)
def test_what_is_wrong_is_refused_before_a_sweep(
    settings: dict[str, object], message: str, experiment: Path, store_uri: str
) -> None:
    with pytest.raises(InputError, match=message):
        evaluate(experiment, tracking_uri=store_uri, **settings)  # type: ignore[arg-type]
    assert MlflowStore(store_uri).sweeps() == []
