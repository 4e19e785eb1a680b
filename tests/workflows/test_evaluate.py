"""Honest figures: over folds, and over seeds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recsys.errors import InputError
from recsys.registry.mlflow_openings import MlflowOpenings
from recsys.tracking.mlflow_store import MlflowStore
from recsys.workflows.compare import compare, draw
from recsys.workflows.evaluate import evaluate
from recsys.workflows.reruns import rerun
from recsys.workflows.sweep import sweep


class TestEvaluate:
    @pytest.mark.slow
    def test_every_split_is_searched_and_tested_once(self, experiment: Path, store_uri: str) -> None:
        result = evaluate(experiment, folds=2, overrides=["study.trials=2"], tracking_uri=store_uri)
        store = MlflowStore(store_uri)
        fingerprints = [store.header(fold.sweep).fingerprint for fold in result.folds]
        assert len(set(fingerprints)) == 2
        assert [len(MlflowOpenings(store_uri).openings(each)) for each in fingerprints] == [1, 1]
        values = [fold.test["rmse"] for fold in result.folds]
        assert result.mean["rmse"] == pytest.approx(np.mean(values))
        assert result.deviation["rmse"] == pytest.approx(np.std(values, ddof=1))

    def test_official_folds_are_five(self, experiment: Path, store_uri: str) -> None:
        with pytest.raises(InputError, match="5 official folds"):
            evaluate(experiment, folds=6, overrides=["split.kind=fold"], tracking_uri=store_uri)

    def test_a_split_by_time_cannot_be_repeated(self, experiment: Path, store_uri: str) -> None:
        with pytest.raises(InputError, match="random or fold"):
            evaluate(experiment, overrides=["split.kind=temporal"], tracking_uri=store_uri)


class TestCompare:
    def test_sweeps_of_both_engines_share_a_leaderboard(self, experiment: Path, store_uri: str, tmp_path: Path) -> None:
        sweep(experiment, tracking_uri=store_uri, name="ours", trials=3)
        other = ["study.engine=keras_tuner", "study.sampler=random"]
        sweep(experiment, tracking_uri=store_uri, name="theirs", trials=3, overrides=other)
        board = compare(["ours", "theirs"], tracking_uri=store_uri)
        assert [row.value for row in board.rows] == sorted(row.value for row in board.rows)
        assert {row.sweep for row in board.rows} == {"ours", "theirs"}
        assert board.rows[0].tied
        for row in board.rows:
            assert row.interval is not None
            assert row.interval[0] < row.value < row.interval[1]
        draw(["ours", "theirs"], tmp_path / "race.png", tracking_uri=store_uri)
        assert (tmp_path / "race.png").read_bytes().startswith(b"\x89PNG")

    def test_different_protocols_are_refused_by_what_differs(self, experiment: Path, store_uri: str) -> None:
        sweep(experiment, tracking_uri=store_uri, name="one", trials=1)
        sweep(experiment, tracking_uri=store_uri, name="two", trials=1, overrides=["split.seed=3"])
        with pytest.raises(InputError, match=r"one and two cannot be compared: split\.seed is 0 in one and 3"):
            compare(["one", "two"], tracking_uri=store_uri)

    @pytest.mark.slow
    def test_ranking_objectives_are_compared_by_user(self, experiment: Path, store_uri: str) -> None:
        sweep(experiment, tracking_uri=store_uri, trials=3, overrides=["objective.metric=ndcg"])
        board = compare(["small"], tracking_uri=store_uri)
        assert [row.value for row in board.rows] == sorted((row.value for row in board.rows), reverse=True)
        assert all(row.interval is not None for row in board.rows)


@pytest.mark.slow
def test_reruns_rank_by_the_mean_over_new_seeds(experiment: Path, store_uri: str) -> None:
    sweep(experiment, tracking_uri=store_uri, trials=4)
    again = rerun(["small"], seeds=3, top=2, tracking_uri=store_uri)
    assert [row.rank for row in again.rows] == [1, 2]
    assert again.rows[0].mean <= again.rows[1].mean
    for row in again.rows:
        assert len(set(row.values)) == 3
        assert row.mean == pytest.approx(np.mean(row.values))
    best = min(again.rows, key=lambda row: row.recorded)
    assert again.winners_curse == pytest.approx(best.mean - best.recorded)
