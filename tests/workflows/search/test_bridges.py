"""Tests that a KerasTuner tuner and an Optuna loop get the results of this suite."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import keras_tuner
import numpy as np
import optuna
import pytest

from recsys.errors import InputError
from recsys.evaluation.ranking import evaluate_ranking
from recsys.models.model import predict, score_all
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.search.bridges import hypermodel, objective
from recsys.workflows.search.sweep import sweep
from recsys.workflows.search.train import train
from recsys.workflows.serving.export import export

RMSE = keras_tuner.Objective("val_rmse", "min")
TUNERS = {
    "random": lambda model, **more: keras_tuner.RandomSearch(model, RMSE, max_trials=3, **more),
    "bayesian": lambda model, **more: keras_tuner.BayesianOptimization(model, RMSE, max_trials=3, **more),
    "grid": lambda model, **more: keras_tuner.GridSearch(model, RMSE, max_trials=3, **more),
    "hyperband": lambda model, **more: keras_tuner.Hyperband(model, RMSE, max_epochs=4, **more),
}

SIZES = {"type": "int", "low": 2, "high": 8}
LISTS: dict[str, dict[str, Any]] = {
    "adam": {"objective.metric": "ndcg", "point.loss": "softmax"},
    "als": {
        "objective.metric": "ndcg",
        "point": {"loss": "weighted_squared", "solver": "als"},
        "space": {"embedding_size": SIZES},
    },
}
"""The shared experiment, trained for lists."""


class TestHyperModel:
    @pytest.mark.slow
    @pytest.mark.parametrize("tuner", ["random", "bayesian", "grid", "hyperband"])
    def test_every_stock_tuner_takes_it_and_gives_back_its_best_model(
        self, tuner: str, experiment: Path, tmp_path: Path
    ) -> None:
        model = hypermodel(experiment)
        search = TUNERS[tuner](model, directory=tmp_path, project_name=tuner, seed=1)
        search.search(verbose=0)
        best = search.oracle.get_best_trials(1)[0]
        validation = model.trainer.data.validation
        predicted = predict(search.get_best_models()[0], validation.users, validation.items)[:, 0]
        errors = np.clip(predicted, 1, 5) - validation.values
        assert np.sqrt(np.mean(errors**2)) == pytest.approx(best.score, abs=1e-5)

    def test_it_declares_exactly_the_space(self, experiment: Path) -> None:
        declared = keras_tuner.HyperParameters()
        hypermodel(experiment).build(declared)
        assert {hp.name for hp in declared.space} == {"embedding_size", "learning_rate"}
        assert declared.values == {"embedding_size": 8, "learning_rate": 0.005}

    def test_the_same_point_and_seed_give_what_the_command_line_gives(
        self, experiment: Path, store_uri: str, tmp_path: Path
    ) -> None:
        trained = train(experiment, tracking_uri=store_uri, overrides=["point.embedding_size=8"])
        search = TUNERS["random"](hypermodel(experiment), directory=tmp_path, project_name="fixed", seed=1)
        search.oracle.max_trials = 1
        fixed = keras_tuner.HyperParameters()
        fixed.values = {"embedding_size": 8, "learning_rate": 0.005}
        built = search.hypermodel.build(fixed)
        values = search.hypermodel.fit(fixed, built)
        assert values["val_rmse"] == pytest.approx(trained.validation["rmse"], abs=1e-5)

    @pytest.mark.parametrize("solver", [pytest.param("adam", marks=pytest.mark.slow), "als"])
    def test_a_model_for_lists_is_tuned_by_the_objective_of_lists(
        self, solver: str, experiment: Path, tmp_path: Path
    ) -> None:
        model = hypermodel(experiment, overrides=LISTS[solver])
        ndcg = keras_tuner.Objective("val_ndcg", "max")
        search = keras_tuner.RandomSearch(model, ndcg, max_trials=2, directory=tmp_path, project_name="lists", seed=1)
        search.search(verbose=0)
        trials = search.oracle.get_best_trials(2)
        assert trials[0].score > trials[1].score
        best, data = search.get_best_models()[0], model.trainer.data
        values = evaluate_ranking(
            lambda users: np.asarray(score_all(best, users, data.shape.items)), data.train, data.validation, 10, None
        ).values
        assert trials[0].score == pytest.approx(values["ndcg"][0], abs=1e-5)

    def test_a_model_for_lists_is_compiled_without_a_loss_of_its_own(self, experiment: Path) -> None:
        """Keras has no word for a loss of what a user has chosen among all items; `fit` knows it."""
        model = hypermodel(experiment, overrides=LISTS["adam"]).build(keras_tuner.HyperParameters())
        assert model.compiled
        assert model.loss is None
        assert float(model.optimizer.learning_rate) == pytest.approx(0.01)


class TestObjective:
    def test_optuna_optimises_it_and_prunes_by_epoch(self, experiment: Path) -> None:
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(1), pruner=optuna.pruners.MedianPruner(1, 1))
        study.optimize(objective(experiment, overrides=["training.epochs=6"]), n_trials=6)
        states = [trial.state for trial in study.trials]
        assert set(states) == {optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED}
        assert set(study.best_params) == {"embedding_size", "learning_rate"}

    @pytest.mark.parametrize("solver", ["adam", "als"])
    def test_of_lists_it_is_maximised(self, solver: str, experiment: Path) -> None:
        study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(1))
        study.optimize(objective(experiment, overrides=LISTS[solver]), n_trials=2)
        assert study.best_value == max(max(trial.intermediate_values.values()) for trial in study.trials) > 0


class TestExport:
    @pytest.mark.parametrize("engine", ["optuna", "keras_tuner"])
    def test_a_sweep_of_either_engine_opens_as_an_optuna_study(
        self, engine: str, experiment: Path, swept_uri: str, tmp_path: Path
    ) -> None:
        name = "small"
        if engine == "keras_tuner":
            name, changes = "theirs", ["study.engine=keras_tuner", "study.sampler=random"]
            sweep(experiment, name=name, tracking_uri=swept_uri, overrides=changes)
        url = f"sqlite:///{tmp_path / 'studies.db'}"
        assert export(name, url, tracking_uri=swept_uri).trials == 6
        records = MlflowStore(swept_uri).open_sweep(name).records()
        study = optuna.load_study(study_name=name, storage=url)
        assert [trial.params["embedding_size"] for trial in study.trials] == [
            r.point["embedding_size"] for r in records
        ]
        assert [trial.value for trial in study.trials] == [r.finished.value for r in records if r.finished]
        assert study.trials[0].intermediate_values
        with pytest.raises(InputError, match="already"):
            export(name, url, tracking_uri=swept_uri)

    def test_a_storage_that_cannot_be_opened_is_named_without_its_password(self, swept_uri: str) -> None:
        with pytest.raises(InputError, match="--optuna") as failure:
            export("small", "postgresql://me:secret@127.0.0.1:1/none", tracking_uri=swept_uri)
        assert "secret" not in str(failure.value)
        assert failure.value.__cause__ is None

    def test_a_database_of_something_else_is_refused_before_it_is_touched(self, tmp_path: Path, swept_uri: str) -> None:
        store = Path(swept_uri.removeprefix("sqlite:///"))
        before = store.read_bytes()
        with pytest.raises(InputError, match=r"--optuna: the database holds other tables .* of their own"):
            export("small", swept_uri, tracking_uri=swept_uri)
        assert store.read_bytes() == before

    def test_a_storage_of_another_version_is_said_to_be_so(self, tmp_path: Path, swept_uri: str) -> None:
        path = tmp_path / "old.db"
        optuna.create_study(storage=f"sqlite:///{path}")
        with closing(sqlite3.connect(path)) as old, old:
            old.execute("UPDATE alembic_version SET version_num = 'v3.0.0.d'")
        with pytest.raises(InputError, match="another version of Optuna") as failure:
            export("small", f"sqlite:///{path}", tracking_uri=swept_uri)
        assert failure.value.__cause__ is None
