"""Tests of sweep and resume: a command is reproducible, and no trial is lost or repeated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recsys.errors import InputError, NotFoundError, SealError
from recsys.experiment import load_experiment
from recsys.tracking.mlflow.store import MlflowStore
from recsys.tracking.tracker import Recorded
from recsys.workflows.search.prepare import prepare
from recsys.workflows.search.progress import Progress
from recsys.workflows.search.resume import resume
from recsys.workflows.search.run_study import SweepResult
from recsys.workflows.search.sweep import sweep


def trials_of(uri: str, name: str) -> list[Recorded]:
    """The record of a sweep."""
    return MlflowStore(uri).open_sweep(name).records()


def outcomes(records: list[Recorded]) -> list[Any]:
    """What must not differ between two runs of one sweep."""
    return [
        (r.number, dict(r.point), r.seed, r.finished and (r.finished.state, r.finished.value, r.finished.history))
        for r in records
    ]


class _StopError(Exception):
    """Stands for a crash between two cohorts."""


def stop_after(done: int) -> Any:
    """A watcher that ends the sweep when so many trials are done."""

    def watch(progress: Progress) -> None:
        if progress.done >= done:
            raise _StopError

    return watch


LISTS = ["objective.metric=ndcg"]
"""The experiment for lists: the loss follows from the objective."""


class TestSweep:
    def test_every_trial_is_recorded_and_the_best_is_told(self, swept: SweepResult, swept_uri: str) -> None:
        records = trials_of(swept_uri, "small")
        assert swept.trials == {"complete": 6, "pruned": 0, "failed": 0}
        assert [r.number for r in records] == list(range(6))
        assert swept.best is not None
        assert swept.best.value == min(r.values["rmse"] for r in records)

    def test_the_same_command_gives_the_same_trials_and_metrics(self, experiment: Path, swept_uri: str) -> None:
        sweep(experiment, tracking_uri=swept_uri, name="again")
        assert outcomes(trials_of(swept_uri, "small")) == outcomes(trials_of(swept_uri, "again"))

    def test_another_seed_gives_other_trials_on_the_same_split(self, experiment: Path, swept_uri: str) -> None:
        sweep(experiment, tracking_uri=swept_uri, name="other", trials=3, seed=5)
        small, other = (MlflowStore(swept_uri).header(name) for name in ("small", "other"))
        assert small.fingerprint == other.fingerprint
        for one, another in zip(trials_of(swept_uri, "small"), trials_of(swept_uri, "other"), strict=False):
            assert outcomes([one]) != outcomes([another])

    def test_the_default_point_is_the_first_trial(self, swept_uri: str) -> None:
        record = trials_of(swept_uri, "small")[0]
        assert record.point["learning_rate"] == 0.005
        assert record.point["embedding_size"] == 8  # the default, 32, brought into the space

    @pytest.mark.slow
    def test_what_was_known_and_learned_is_the_sweeps_own_and_stays(
        self, swept: SweepResult, swept_uri: str, tmp_path: Path
    ) -> None:
        heard: list[str] = []
        store, small = MlflowStore(swept_uri), trials_of(swept_uri, "small")
        best = next(record for record in small if swept.best and record.run_id == swept.best.run_id)
        file = tmp_path / "known.json"
        file.write_text('[{"embedding_size": 3}, {"embedding_size": 4, "learning_rate": 0.02}]')
        changed = {"space.learning_rate.low": 1e-2, "study.learn_from": ["small"]}
        begun: dict[str, Any] = {"overrides": changed, "try_": ["small", file], "tracking_uri": swept_uri}
        sweep(from_="small", name="learner", reporter=heard.append, **begun)
        with pytest.raises(_StopError):
            sweep(from_="small", name="other", watch=stop_after(3), **begun)
        store.delete("small")
        file.unlink()
        resume("other", tracking_uri=swept_uri)
        records = trials_of(swept_uri, "other")
        assert outcomes(records) == outcomes(trials_of(swept_uri, "learner"))
        assert records[0].point == best.point
        assert [record.point["embedding_size"] for record in records[1:3]] == [3, 4]
        assert len(records) == 6
        warm_start = store.warm_start("other")
        assert warm_start is not None
        inside = [record for record in small if float(record.point["learning_rate"]) >= 1e-2]  # type: ignore[arg-type]
        assert [trial_.run_id for trial_ in warm_start.lessons] == [record.run_id for record in inside]
        assert [trial_.finished for trial_ in warm_start.lessons] == [record.finished for record in inside]
        assert heard == [f"learning from small {len(inside)} of 6 (learning_rate outside {6 - len(inside)})"]

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ("split.seed=3", "small was measured otherwise: split.seed is 0 in one and 3 in the other"),
            ("objective.metric=mae", "small was after rmse, this is after mae"),
            ("model.kind=nnmf", "small is of another model: model.kind = 'mf' there, 'nnmf' here"),
            ("point.l2=0.01", r"no finished trial lies in this space: small 0 of 6 \(l2 differs 6\)"),
            ("study.sampler=random", "optuna's random cannot learn from other trials; tpe"),
        ],
    )
    def test_sweeps_that_say_nothing_of_this_one_are_not_learned_from(
        self, changed: str, message: str, swept_uri: str
    ) -> None:
        with pytest.raises(InputError, match=message):
            sweep(from_="small", overrides=[changed, 'study.learn_from=["small"]'], tracking_uri=swept_uri)

    @pytest.mark.parametrize(
        ("content", "message"),
        [("3", "expected a point"), ("[]", "expected a point"), ("{", "not valid JSON"), ('{"x": 1}', "no such param")],
    )
    def test_a_file_that_holds_no_points_is_refused(
        self, content: str, message: str, experiment: Path, store_uri: str, tmp_path: Path
    ) -> None:
        (tmp_path / "known.json").write_text(content)
        with pytest.raises(InputError, match=message):
            sweep(experiment, tracking_uri=store_uri, try_=[tmp_path / "known.json"])

    def test_a_name_that_is_taken_is_refused_when_given_and_numbered_when_not(
        self, experiment: Path, swept_uri: str
    ) -> None:
        assert sweep(experiment, tracking_uri=swept_uri, trials=1).sweep == "small-2"
        with pytest.raises(InputError, match="small"):
            sweep(experiment, tracking_uri=swept_uri, name="small", trials=1)

    def test_a_grid_that_is_exhausted_says_so(self, experiment: Path, store_uri: str) -> None:
        seen: list[tuple[int, int]] = []
        points = {"space": {"embedding_size": {"type": "choice", "values": [2, 3]}}, "study.sampler": "grid"}
        result = sweep(
            experiment,
            tracking_uri=store_uri,
            overrides={**points, "training.epochs": 1},
            watch=lambda progress: seen.append((progress.done, progress.total)),
        )
        assert (result.trials["complete"], result.stopped) == (2, "trials = 6: no more points are left to try")
        assert seen == [(0, 6), (2, 6), (2, 2)]

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
            sweep(experiment, tracking_uri=store_uri, allow_custom_factory=True, reporter=said.append)
        assert said == ["running code of the experiment's own: somewhere:build"]

    def test_a_sweep_holds_no_test_rating(self, experiment: Path) -> None:
        prepared = prepare(load_experiment(experiment))
        assert prepared.split.test is None
        with pytest.raises(SealError, match="sealed"):
            prepared.split.open_test("curiosity", lambda _why: None)

    @pytest.mark.parametrize(
        ("loss", "engine"),
        [
            ("softmax", "optuna/tpe"),
            ("mean_squared_error", "keras_tuner/bayesian"),
            pytest.param("softmax", "keras_tuner/bayesian", marks=pytest.mark.slow),
            pytest.param("mean_squared_error", "optuna/tpe", marks=pytest.mark.slow),
        ],
    )
    def test_a_ranking_metric_can_be_the_objective(
        self, loss: str, engine: str, experiment: Path, store_uri: str
    ) -> None:
        """Of models that are trained for lists, which have no rating metrics, and of models of ratings, which have."""
        name, sampler = engine.split("/")
        overrides = [*LISTS, f"point.loss={loss}", f"study.engine={name}", f"study.sampler={sampler}"]
        result = sweep(experiment, tracking_uri=store_uri, trials=4, overrides=overrides)
        records = trials_of(store_uri, "small")
        assert result.best is not None
        assert result.best.value == max(r.values["ndcg"] for r in records)
        assert all(("rmse" in r.values) == (loss == "mean_squared_error") for r in records)


class TestResume:
    @pytest.mark.parametrize(("done", "overrides"), [(0, []), (3, []), (3, LISTS)])
    def test_it_goes_on_as_if_nothing_had_happened(
        self, experiment: Path, swept_uri: str, done: int, overrides: list[str]
    ) -> None:
        if overrides:
            sweep(experiment, tracking_uri=swept_uri, name="undisturbed", overrides=overrides)
        with pytest.raises(_StopError):
            sweep(experiment, tracking_uri=swept_uri, name="broken", watch=stop_after(done), overrides=overrides)
        assert MlflowStore(swept_uri).sweeps()[0].state == "KILLED"
        result = resume("broken", tracking_uri=swept_uri)
        assert result.trials == {"complete": 6, "pruned": 0, "failed": 0}
        undisturbed = "undisturbed" if overrides else "small"
        assert outcomes(trials_of(swept_uri, "broken")) == outcomes(trials_of(swept_uri, undisturbed))

    def test_a_higher_budget_goes_on_and_is_remembered(self, swept_uri: str) -> None:
        assert resume("small", trials=8, tracking_uri=swept_uri).trials["complete"] == 8
        assert MlflowStore(swept_uri).header("small").trials == 8

    def test_a_finished_sweep_is_left_as_it_is(self, swept_uri: str) -> None:
        before = outcomes(trials_of(swept_uri, "small"))
        resume("small", tracking_uri=swept_uri)
        assert outcomes(trials_of(swept_uri, "small")) == before

    @pytest.mark.slow
    @pytest.mark.parametrize("pruner", ["median", "successive_halving", "hyperband"])
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
