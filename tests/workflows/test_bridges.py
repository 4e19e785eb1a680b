"""People who run a stock KerasTuner tuner or Optuna's own loop get what the suite would give them."""

from __future__ import annotations

from pathlib import Path

import keras_tuner
import numpy as np
import optuna
import pytest

from recsys.errors import InputError
from recsys.models.catalog import predict
from recsys.tracking.mlflow_store import MlflowStore
from recsys.workflows.bridges import hypermodel, objective
from recsys.workflows.export import export
from recsys.workflows.sweep import sweep
from recsys.workflows.train import train

RMSE = keras_tuner.Objective("val_rmse", "min")
TUNERS = {
    "random": lambda model, **more: keras_tuner.RandomSearch(model, RMSE, max_trials=3, **more),
    "bayesian": lambda model, **more: keras_tuner.BayesianOptimization(model, RMSE, max_trials=3, **more),
    "grid": lambda model, **more: keras_tuner.GridSearch(model, RMSE, max_trials=3, **more),
    "hyperband": lambda model, **more: keras_tuner.Hyperband(model, RMSE, max_epochs=4, **more),
}


class TestHyperModel:
    @pytest.mark.parametrize(
        "tuner", ["random", *(pytest.param(name, marks=pytest.mark.slow) for name in ("bayesian", "grid", "hyperband"))]
    )
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


class TestObjective:
    def test_optuna_optimises_it_and_prunes_by_epoch(self, experiment: Path) -> None:
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(1), pruner=optuna.pruners.MedianPruner(1, 1))
        study.optimize(objective(experiment, overrides=["training.epochs=6"]), n_trials=6)
        states = [trial.state for trial in study.trials]
        assert set(states) == {optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED}
        assert set(study.best_params) == {"embedding_size", "learning_rate"}


class TestExport:
    @pytest.mark.parametrize("engine", ["optuna/tpe", "keras_tuner/random"])
    def test_a_sweep_opens_as_an_optuna_study(
        self, engine: str, experiment: Path, store_uri: str, tmp_path: Path
    ) -> None:
        name, sampler = engine.split("/")
        sweep(experiment, tracking_uri=store_uri, overrides=[f"study.engine={name}", f"study.sampler={sampler}"])
        url = f"sqlite:///{tmp_path / 'studies.db'}"
        assert export("small", url, tracking_uri=store_uri).trials == 6
        records = MlflowStore(store_uri).open_sweep("small").records()
        study = optuna.load_study(study_name="small", storage=url)
        assert [trial.params["embedding_size"] for trial in study.trials] == [
            r.point["embedding_size"] for r in records
        ]
        assert [trial.value for trial in study.trials] == [r.told.value for r in records if r.told]
        assert study.trials[0].intermediate_values
        with pytest.raises(InputError, match="already"):
            export("small", url, tracking_uri=store_uri)

    def test_a_storage_that_cannot_be_opened_is_named_without_its_password(
        self, experiment: Path, store_uri: str
    ) -> None:
        sweep(experiment, tracking_uri=store_uri, trials=1)
        with pytest.raises(InputError, match="--optuna") as failure:
            export("small", "postgresql://me:secret@127.0.0.1:1/none", tracking_uri=store_uri)
        assert "secret" not in str(failure.value)
        assert failure.value.__cause__ is None
