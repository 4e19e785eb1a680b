"""Sweep and resume: the same command gives the same trials, and nothing is lost or done twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recsys.errors import InputError, NotFoundError, SealError
from recsys.experiment import load_experiment
from recsys.tracking.mlflow_store import MlflowStore
from recsys.tracking.tracker import Recorded
from recsys.workflows.prepare import prepare
from recsys.workflows.progress import Progress
from recsys.workflows.sweep import resume, sweep


def trials_of(uri: str, name: str) -> list[Recorded]:
    """The record of a sweep."""
    return MlflowStore(uri).open_sweep(name).records()


def outcomes(records: list[Recorded]) -> list[Any]:
    """What must not differ between two runs of one sweep."""
    return [(r.number, dict(r.point), r.seed, r.told and (r.told.state, r.told.value, r.told.history)) for r in records]


class _StopError(Exception):
    """Stands for a crash between two cohorts."""


def stop_after(done: int) -> Any:
    """A watcher that ends the sweep when so many trials are done."""

    def watch(progress: Progress) -> None:
        if progress.done >= done:
            raise _StopError

    return watch


class TestSweep:
    def test_every_trial_is_recorded_and_the_best_is_told(self, experiment: Path, store_uri: str) -> None:
        result = sweep(experiment, tracking_uri=store_uri)
        records = trials_of(store_uri, "small")
        assert result.trials == {"complete": 6, "pruned": 0, "failed": 0}
        assert [r.number for r in records] == list(range(6))
        assert result.best is not None
        assert result.best.value == min(r.values["rmse"] for r in records)

    def test_the_same_command_gives_the_same_trials_and_metrics(self, experiment: Path, store_uri: str) -> None:
        sweep(experiment, tracking_uri=store_uri, name="one")
        sweep(experiment, tracking_uri=store_uri, name="two")
        assert outcomes(trials_of(store_uri, "one")) == outcomes(trials_of(store_uri, "two"))

    def test_another_seed_gives_other_trials_on_the_same_split(self, experiment: Path, store_uri: str) -> None:
        sweep(experiment, tracking_uri=store_uri, name="one", trials=3)
        sweep(experiment, tracking_uri=store_uri, name="two", trials=3, seed=5)
        one, two = (MlflowStore(store_uri).header(name) for name in ("one", "two"))
        assert one.fingerprint == two.fingerprint
        assert outcomes(trials_of(store_uri, "one")) != outcomes(trials_of(store_uri, "two"))

    def test_the_default_point_is_the_first_trial(self, experiment: Path, store_uri: str) -> None:
        sweep(experiment, tracking_uri=store_uri, trials=1)
        (record,) = trials_of(store_uri, "small")
        assert record.point["learning_rate"] == 0.005
        assert record.point["embedding_size"] == 8  # the default, 32, brought into the space

    def test_a_name_that_is_taken_is_refused_when_given_and_numbered_when_not(
        self, experiment: Path, store_uri: str
    ) -> None:
        sweep(experiment, tracking_uri=store_uri, trials=1)
        assert sweep(experiment, tracking_uri=store_uri, trials=1).sweep == "small-2"
        with pytest.raises(InputError, match="small"):
            sweep(experiment, tracking_uri=store_uri, name="small", trials=1)

    def test_a_space_without_parameters_is_refused(self, experiment: Path, store_uri: str) -> None:
        fixed = ["point.embedding_size=4", "point.learning_rate=0.01"]
        with pytest.raises(InputError, match="no parameter to search"):
            sweep(experiment, tracking_uri=store_uri, overrides=fixed)

    def test_a_factory_of_ones_own_needs_permission(self, experiment: Path, store_uri: str) -> None:
        document = experiment.read_text(encoding="utf-8").replace('kind = "mf"', 'factory = "somewhere:build"')
        experiment.write_text(document, encoding="utf-8")
        with pytest.raises(InputError, match="--allow-custom-factory"):
            sweep(experiment, tracking_uri=store_uri)
        said: list[str] = []
        with pytest.raises(InputError, match="cannot be imported"):
            sweep(experiment, tracking_uri=store_uri, allow_custom_factory=True, say=said.append)
        assert said == ["running code of the experiment's own: somewhere:build"]

    def test_a_sweep_holds_no_test_rating(self, experiment: Path) -> None:
        prepared = prepare(load_experiment(experiment))
        assert prepared.split.test is None
        with pytest.raises(SealError, match="sealed"):
            prepared.split.open_test("curiosity", lambda _why: None)

    def test_a_ranking_metric_can_be_the_objective(self, experiment: Path, store_uri: str) -> None:
        result = sweep(experiment, tracking_uri=store_uri, trials=2, overrides=["objective.metric=ndcg"])
        records = trials_of(store_uri, "small")
        assert result.best is not None
        assert result.best.value == max(r.values["ndcg"] for r in records)


class TestResume:
    @pytest.mark.parametrize("done", [0, 3])
    def test_it_goes_on_as_if_nothing_had_happened(self, experiment: Path, store_uri: str, done: int) -> None:
        sweep(experiment, tracking_uri=store_uri, name="undisturbed")
        with pytest.raises(_StopError):
            sweep(experiment, tracking_uri=store_uri, name="broken", watch=stop_after(done))
        assert MlflowStore(store_uri).sweeps()[0].state == "KILLED"
        result = resume("broken", tracking_uri=store_uri)
        assert result.trials == {"complete": 6, "pruned": 0, "failed": 0}
        assert outcomes(trials_of(store_uri, "broken")) == outcomes(trials_of(store_uri, "undisturbed"))

    def test_a_higher_budget_goes_on_and_is_remembered(self, experiment: Path, store_uri: str) -> None:
        sweep(experiment, tracking_uri=store_uri, trials=3)
        assert resume("small", trials=5, tracking_uri=store_uri).trials["complete"] == 5
        assert MlflowStore(store_uri).header("small").trials == 5

    def test_a_finished_sweep_is_left_as_it_is(self, experiment: Path, store_uri: str) -> None:
        sweep(experiment, tracking_uri=store_uri, trials=3)
        before = outcomes(trials_of(store_uri, "small"))
        resume("small", tracking_uri=store_uri)
        assert outcomes(trials_of(store_uri, "small")) == before

    @pytest.mark.parametrize(
        "pruner",
        ["median", *(pytest.param(name, marks=pytest.mark.slow) for name in ("successive_halving", "hyperband"))],
    )
    def test_pruning_decides_the_same_again(self, experiment: Path, store_uri: str, pruner: str) -> None:
        changes = [f"study.pruner={pruner}", "study.trials=12", "study.batch=4", "training.epochs=6"]
        sweep(experiment, tracking_uri=store_uri, name="undisturbed", overrides=changes)
        with pytest.raises(_StopError):
            sweep(experiment, tracking_uri=store_uri, name="broken", overrides=changes, watch=stop_after(8))
        resume("broken", tracking_uri=store_uri)
        assert outcomes(trials_of(store_uri, "broken")) == outcomes(trials_of(store_uri, "undisturbed"))

    def test_data_that_changed_since_are_refused(self, experiment: Path, store_uri: str, tmp_path: Path) -> None:
        table = tmp_path / "ratings.csv"
        rows = [f"{user},{item},{1 + (user * item) % 5}" for user in range(20) for item in range(10)]
        table.write_text("\n".join(["user,item,rating", *rows]), encoding="utf-8")
        data, rest = experiment.read_text(encoding="utf-8").split("[model]")
        assert "synthetic" in data
        experiment.write_text(f'[data]\nsource = "ratings.csv"\n[model]{rest}', encoding="utf-8")
        with pytest.raises(_StopError):
            sweep(experiment, tracking_uri=store_uri, trials=2, watch=stop_after(0))
        table.write_text("\n".join(["user,item,rating", *rows[:-1], "19,9,3"]), encoding="utf-8")
        with pytest.raises(InputError, match="data"):
            resume("small", tracking_uri=store_uri)

    def test_an_unknown_sweep_is_named(self, store_uri: str) -> None:
        with pytest.raises(NotFoundError, match="nothing"):
            resume("nothing", tracking_uri=store_uri)
