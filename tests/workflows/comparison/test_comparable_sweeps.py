"""Tests of comparable sweeps: they share one objective, and missing values are handled."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recsys.errors import InputError
from recsys.tracking.mlflow.store import MlflowStore
from recsys.tracking.tracker import Header, Recorded, best_so_far
from recsys.training.trial import FinishedTrial, TrialState
from recsys.workflows.comparison.candidate import candidate_of
from recsys.workflows.comparison.comparable_sweeps import comparable_sweeps_of
from recsys.workflows.comparison.compare import compare
from recsys.workflows.comparison.report import report
from recsys.workflows.comparison.reruns import rerun
from recsys.workflows.search.run_study import SweepResult
from recsys.workflows.search.sweep import sweep


def _header(name: str, metric: str) -> Header:
    return Header(name, "sweep", "", "d", "0", "f", {"k": "10"}, metric, _direction(metric), 2, 10, 3, 3)


def _direction(metric: str) -> Any:
    return "maximize" if metric == "ndcg" else "minimize"


def _record(number: int, metric: str, **values: float) -> Recorded:
    finished = FinishedTrial(TrialState.COMPLETE, values[metric], (values[metric],))
    return Recorded(number, {}, 0, f"run-{metric}-{number}", finished, values=values)


class _Store:
    """Two sweeps over the same ratings, one by rmse and one by another metric."""

    def __init__(self, other: str, records: list[Recorded]) -> None:
        self.headers = {"a": _header("a", "rmse"), "b": _header("b", other)}
        self.of = {"a": [_record(0, "rmse", rmse=1.0, mae=0.7), _record(1, "rmse", rmse=0.8, mae=0.9)], "b": records}

    def header(self, name: str) -> Header:
        return self.headers[name]

    def open_sweep(self, name: str) -> Any:
        class Tracker:
            records = staticmethod(lambda: self.of[name])

        return Tracker


class TestContest:
    def test_all_trials_are_ordered_by_the_first_sweeps_objective(self) -> None:
        store: Any = _Store("mae", [_record(0, "mae", rmse=0.9, mae=0.1), _record(1, "mae", rmse=0.7, mae=0.6)])
        comparable = comparable_sweeps_of(store, ["a", "b"])
        assert [(name, r.finished.value) for name, r in comparable.entries if r.finished] == [
            ("b", 0.7),
            ("a", 0.8),
            ("b", 0.9),
            ("a", 1.0),
        ]
        assert [value for _, value in best_so_far(comparable.records["b"], "minimize")] == [0.9, 0.7]
        other_way = comparable_sweeps_of(store, ["b", "a"])
        assert [r.finished.value for _, r in other_way.entries if r.finished] == [0.1, 0.6, 0.7, 0.9]

    def test_a_trial_without_that_metric_is_refused_by_both_objectives(self) -> None:
        store: Any = _Store("ndcg", [_record(0, "ndcg", rmse=0.9, ndcg=0.1)])
        assert comparable_sweeps_of(store, ["a", "b"]).entries
        with pytest.raises(InputError, match=r"objective\.metric is ndcg in one and rmse in the other.*no ndcg"):
            comparable_sweeps_of(store, ["b", "a"])


@pytest.fixture(scope="module")
def two_objectives(swept: SweepResult, swept_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with a sweep by rmse, `small`, and one by mae, to be read only."""
    folder = tmp_path_factory.mktemp("objectives")
    shutil.copy(swept_folder / "mlflow.db", folder)
    uri = f"sqlite:///{folder}/mlflow.db"
    by_mae = ["objective.metric=mae"]
    sweep(swept_folder / "small.toml", tracking_uri=uri, name="by_mae", trials=3, overrides=by_mae)
    return uri


def test_a_leaderboard_of_two_objectives_shows_one_and_its_own_intervals(two_objectives: str) -> None:
    board = compare(["small", "by_mae"], tracking_uri=two_objectives)
    store = MlflowStore(two_objectives)
    assert board.metric == "rmse"
    assert [row.value for row in board.rows] == sorted(row.value for row in board.rows)
    for row in board.rows:
        assert row.value == store.recorded(row.run_id).values["rmse"]
        assert row.interval is not None
        assert row.interval[0] < row.value < row.interval[1]
    candidate = candidate_of(store, ["by_mae", "small"])
    assert candidate.prepared.metric.name == "mae"
    assert store.recorded(candidate.run_ids[0]).values["mae"] == pytest.approx(
        min(store.recorded(row.run_id).values["mae"] for row in board.rows)
    )


def test_one_name_is_a_name_and_not_its_letters(swept_uri: str) -> None:
    assert len(compare("small", tracking_uri=swept_uri).rows) == 6
    assert rerun("small", seeds=1, top=1, tracking_uri=swept_uri).rows[0].values
    with pytest.raises(InputError, match="seeds = 0"):
        rerun("small", seeds=0, tracking_uri=swept_uri)
    with pytest.raises(InputError, match="top = 0"):
        compare("small", top=0, tracking_uri=swept_uri)


def test_where_only_the_best_weights_are_kept_the_others_have_no_interval(
    experiment: Path, store_uri: str, tmp_path: Path
) -> None:
    sweep(experiment, tracking_uri=store_uri, overrides=['tracking.embeddings="best"'])
    board = compare("small", tracking_uri=store_uri)
    assert [row.interval is not None for row in board.rows] == [True] + [False] * 5
    assert all(row.p_value is None and row.tied is None for row in board.rows[1:])
    report("small", output=tmp_path / "small.html", tracking_uri=store_uri)
    with pytest.raises(InputError, match=r'tracking\.embeddings = "all"'):
        candidate_of(MlflowStore(store_uri), ["small"], ensemble=3)


class TestNames:
    """What a promotion's names stand for, each by itself."""

    def test_a_run_stands_for_its_trial_and_a_sweep_for_all_of_its_own(self, two_objectives: str) -> None:
        store = MlflowStore(two_objectives)
        trials = {name: store.open_sweep(name).records() for name in ("small", "by_mae")}
        best, *_, worst = sorted(trials["small"], key=lambda record: record.values["rmse"])
        assert candidate_of(store, [worst.run_id]).run_ids == [worst.run_id]
        assert candidate_of(store, [worst.run_id, best.run_id]).run_ids == [best.run_id]
        of_both = candidate_of(store, ["by_mae", worst.run_id])
        assert best.run_id not in of_both.run_ids
        with pytest.raises(InputError, match="is one trial"):
            candidate_of(store, [worst.run_id], ensemble=2)
        ensemble = candidate_of(store, [worst.run_id, best.run_id], ensemble=4)
        assert set(ensemble.run_ids) <= {worst.run_id, best.run_id}
        assert np.isclose(sum(recipe.share for recipe in ensemble.recipes), 1)

    def test_a_trial_that_did_not_come_to_an_end_is_refused(self, experiment: Path, store_uri: str) -> None:
        pruned = ["study.pruner=successive_halving", "training.epochs=6", "study.sampler=random"]
        sweep(experiment, tracking_uri=store_uri, trials=8, overrides=pruned)
        store = MlflowStore(store_uri)
        ended = [r for r in store.open_sweep("small").records() if r.finished and r.finished.state is TrialState.PRUNED]
        with pytest.raises(InputError, match="not complete and cannot be promoted"):
            candidate_of(store, [ended[0].run_id])
