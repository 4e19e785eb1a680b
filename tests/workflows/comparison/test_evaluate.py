"""Tests of evaluation over folds and over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from recsys.errors import InputError
from recsys.evaluation.protocol import fingerprint_of_test
from recsys.registry.mlflow_access_log import MlflowAccessLog
from recsys.tracking.mlflow.store import MlflowStore
from recsys.training.cohort import Trainer
from recsys.training.trial import Result, Trial, TrialState
from recsys.workflows.comparison.candidate import candidate_of
from recsys.workflows.comparison.compare import compare, draw_race
from recsys.workflows.comparison.evaluate import evaluate
from recsys.workflows.comparison.reruns import rerun
from recsys.workflows.search.progress import Progress
from recsys.workflows.search.sweep import sweep


class TestEvaluate:
    @pytest.mark.slow
    def test_run_again_it_takes_what_is_finished_and_resumes_what_is_not(
        self, experiment: Path, store_uri: str
    ) -> None:
        def interrupt(progress: Progress) -> None:
            if progress.sweep == "small-fold2" and progress.done:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            evaluate(experiment, folds=2, trials=4, seed=1, tracking_uri=store_uri, watch=interrupt)
        store = MlflowStore(store_uri)
        assert {s.name: s.state for s in store.sweeps()} == {"small-fold1": "FINISHED", "small-fold2": "KILLED"}
        before = {name: store.open_sweep(name).records()[0].run_id for name in ("small-fold1", "small-fold2")}
        said: list[str] = []
        result = evaluate(experiment, folds=2, trials=4, seed=1, tracking_uri=store_uri, reporter=said.append)
        assert said == ["small-fold1 is finished already", "going on with small-fold2"]
        assert [fold.sweep for fold in result.folds] == ["small-fold1", "small-fold2"]
        assert before == {name: store.open_sweep(name).records()[0].run_id for name in before}
        tested = store.find(candidate_of(store, ["small-fold2"]).run_ids[0])
        assert tested.metrics["test_rmse"] == pytest.approx(result.folds[1].test["rmse"])
        other = evaluate(experiment, folds=2, trials=1, seed=1, tracking_uri=store_uri)
        assert [fold.sweep for fold in other.folds] == ["small-fold1-2", "small-fold2-2"]

    def test_one_fold_has_no_deviation(self, experiment: Path, store_uri: str) -> None:
        with pytest.raises(InputError, match="folds = 1: expected 2 or more"):
            evaluate(experiment, folds=1, tracking_uri=store_uri)

    @pytest.mark.slow
    def test_every_split_is_searched_and_tested_once(self, experiment: Path, store_uri: str) -> None:
        result = evaluate(experiment, folds=2, overrides=["study.trials=2"], tracking_uri=store_uri)
        store = MlflowStore(store_uri)
        fingerprints = [fingerprint_of_test(store.header(fold.sweep).protocol) for fold in result.folds]
        assert len(set(fingerprints)) == 2
        assert [len(MlflowAccessLog(store_uri).openings(each)) for each in fingerprints] == [1, 1]
        values = [fold.test["rmse"] for fold in result.folds]
        assert result.mean["rmse"] == pytest.approx(np.mean(values))
        assert result.deviation["rmse"] == pytest.approx(np.std(values, ddof=1))

    def test_official_folds_are_five(self, experiment: Path, store_uri: str) -> None:
        official = {"data": {"source": "ml-100k"}, "split.kind": "fold"}
        with pytest.raises(InputError, match="5 official folds"):
            evaluate(experiment, folds=6, overrides=official, tracking_uri=store_uri)

    def test_a_split_by_time_cannot_be_repeated(self, experiment: Path, store_uri: str) -> None:
        with pytest.raises(InputError, match="random or fold"):
            evaluate(experiment, overrides=["split.kind=temporal"], tracking_uri=store_uri)


class TestCompare:
    def test_sweeps_of_both_engines_share_a_leaderboard(self, experiment: Path, swept_uri: str, tmp_path: Path) -> None:
        other = ["study.engine=keras_tuner", "study.sampler=random"]
        sweep(experiment, tracking_uri=swept_uri, name="theirs", trials=3, overrides=other)
        board = compare(["small", "theirs"], tracking_uri=swept_uri)
        assert [row.value for row in board.rows] == sorted(row.value for row in board.rows)
        assert {row.sweep for row in board.rows} == {"small", "theirs"}
        assert board.rows[0].tied
        for row in board.rows:
            assert row.interval is not None
            assert row.interval[0] < row.value < row.interval[1]
        draw_race(["small", "theirs"], tmp_path / "race.png", tracking_uri=swept_uri)
        assert (tmp_path / "race.png").read_bytes().startswith(b"\x89PNG")

    def test_different_protocols_are_refused_by_what_differs(self, experiment: Path, swept_uri: str) -> None:
        sweep(experiment, tracking_uri=swept_uri, name="two", trials=1, overrides=["split.seed=3"])
        with pytest.raises(InputError, match=r"small and two cannot be compared: split\.seed is 0 in one and 3"):
            compare(["small", "two"], tracking_uri=swept_uri)

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


@pytest.mark.slow
def test_reruns_of_hyperband_have_the_budget_and_the_patience_of_their_trials(
    experiment: Path, store_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hyperband = ["study.engine=keras_tuner", "study.sampler=hyperband", "training.epochs=4", "training.patience=1"]
    sweep(experiment, tracking_uri=store_uri, trials=8, overrides=hyperband)
    board = compare("small", tracking_uri=store_uri)
    lengths = {
        r.run_id: len(r.finished.history) for r in MlflowStore(store_uri).open_sweep("small").records() if r.finished
    }
    trained: list[tuple[int, int]] = []

    def train(self: Trainer, trials: Sequence[Trial]) -> list[Result]:
        trained.extend((trial.last_epoch, self.training.patience) for trial in trials)
        return [Result(trial, TrialState.COMPLETE, {}, 0, {"rmse": 1.0}, {}, 0.0) for trial in trials]

    monkeypatch.setattr(Trainer, "train", train)
    rerun("small", seeds=1, top=8, tracking_uri=store_uri)
    assert len(set(lengths.values())) > 1
    assert sorted(trained) == sorted((lengths[row.run_id], 0) for row in board.rows[:8])
