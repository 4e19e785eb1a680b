"""Tests of posteriors in all workflows: sweep, resume, promotion, serving, and other tuners."""

from __future__ import annotations

import shutil
from pathlib import Path

import keras_tuner
import numpy as np
import optuna
import pytest

from recsys.errors import InputError
from recsys.experiment import load_experiment
from recsys.registry.mlflow_registry import MlflowRegistry
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.comparison.compare import compare
from recsys.workflows.comparison.report import report
from recsys.workflows.promotion.promote import promote
from recsys.workflows.search.bridges import hypermodel, objective
from recsys.workflows.search.prepare import prepare
from recsys.workflows.search.resume import resume
from recsys.workflows.search.sweep import sweep
from recsys.workflows.serving.recommend import recommend

RMSE = keras_tuner.Objective("val_rmse", "min")
EXPERIMENT = """
[data]
source = "synthetic"

[model]
kind = "bayesian_mf"

[space]
embedding_size = { type = "choice", values = [2, 4] }
implicit_features = { type = "choice", values = [false, true] }

[point]
burn_in = 5
kept_draws = 16

[study]
sampler = "random"
trials = 3

[training]
epochs = 21
patience = 0
"""


def test_features_of_times_are_refused_where_the_data_have_none(tmp_path: Path) -> None:
    rows = "".join(f"{n % 7},{n % 5},{1 + n % 4}\n" for n in range(35))
    (tmp_path / "stars.csv").write_text("user,item,rating\n" + rows, encoding="utf-8")
    mine = EXPERIMENT.replace('"synthetic"', '"stars.csv"').replace("[point]", "[point]\ntime_features = true")
    (tmp_path / "posterior.toml").write_text(mine, encoding="utf-8")
    with pytest.raises(InputError, match=r"time_features needs timestamps.*data\.columns\.timestamp"):
        prepare(load_experiment(tmp_path / "posterior.toml"))


@pytest.fixture(scope="module")
def folder(fresh_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An experiment, and a store with a sweep over it."""
    folder = tmp_path_factory.mktemp("posteriors")
    (folder / "posterior.toml").write_text(EXPERIMENT, encoding="utf-8")
    shutil.copy(fresh_database, folder / "swept.db")
    sweep(folder / "posterior.toml", tracking_uri=f"sqlite:///{folder}/swept.db")
    return folder


@pytest.fixture
def uri(folder: Path, tmp_path: Path) -> str:
    """A copy of the store."""
    shutil.copy(folder / "swept.db", tmp_path / "mlflow.db")
    return f"sqlite:///{tmp_path}/mlflow.db"


def test_every_draw_is_on_record_with_how_far_the_chains_have_mixed(uri: str) -> None:
    best = resume("posterior", tracking_uri=uri).best
    assert best is not None
    history = MlflowStore(uri).history(best.run_id)
    assert {len(values) for values in history.values()} == {21}
    assert np.isfinite(history["train_noise"]).all()
    assert np.isnan(history["train_r_hat"][:5]).all()
    assert np.isfinite(history["train_r_hat"][-1])
    assert history["rmse"][-1] < history["rmse"][0]
    assert 0.8 < history["interval_coverage"][-1] < 0.97


def test_a_leaderboard_and_a_report_say_how_much_the_intervals_cover(uri: str, tmp_path: Path) -> None:
    board = compare("posterior", tracking_uri=uri)
    assert board.heads == ["interval_coverage"]
    report("posterior", output=tmp_path / "page.html", tracking_uri=uri)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert f"intervals of 90 % cover {board.rows[0].values['interval_coverage']:.1%}" in page


@pytest.mark.slow
def test_a_trial_that_is_run_again_is_the_same(uri: str, folder: Path, tmp_path: Path) -> None:
    resumed = resume("posterior", trials=4, tracking_uri=uri)
    assert resumed.trials["complete"] == 4
    shutil.copy(folder / "swept.db", tmp_path / "other.db")
    whole = sweep(folder / "posterior.toml", name="whole", trials=4, tracking_uri=f"sqlite:///{tmp_path}/other.db")
    assert whole.best is not None
    assert resumed.best is not None
    assert (whole.best.trial, whole.best.value) == (resumed.best.trial, resumed.best.value)


def test_it_passes_the_gate_and_answers(uri: str) -> None:
    promotion = promote("posterior", tracking_uri=uri)
    assert promotion.promoted
    covered = promotion.test["interval_coverage"]
    assert 0.85 < covered < 0.95
    card = _card(uri, promotion.model)
    assert f"Its intervals of 90 % cover {covered:.1%} of the test ratings" in card
    top = recommend(7, n=3, by="draw", seed=1, stars=True, tracking_uri=uri)
    assert len(top.items) == 3
    for each in top.items:
        assert each.low is not None
        assert each.rating is not None
        assert each.high is not None
        assert 1 <= each.low < each.rating < each.high <= 5
        assert sum((each.stars or {}).values()) == pytest.approx(1)
    assert recommend(7, n=3, by="draw", seed=1, stars=True, tracking_uri=uri) == top
    assert len(recommend(history=[1, 2, 3], n=3, by="lower", tracking_uri=uri).items) == 3


def _card(uri: str, model: str) -> str:
    registry = MlflowRegistry(uri)
    champion = registry.champion(model)
    assert champion is not None
    return registry.file(champion, "card.md")


@pytest.mark.slow
def test_it_makes_one_model_with_those_of_other_kinds(uri: str, folder: Path) -> None:
    factors = """
[data]
source = "synthetic"
[model]
kind = "mf"
[space]
learning_rate = { type = "float", low = 0.02, high = 0.04 }
[point]
embedding_size = 4
[study]
trials = 1
[training]
epochs = 20
"""
    (folder / "factors.toml").write_text(factors, encoding="utf-8")
    sweep(folder / "factors.toml", tracking_uri=uri)
    promotion = promote(["posterior", "factors"], ensemble=4, dry_run=True, tracking_uri=uri)
    assert promotion.promoted


@pytest.mark.slow
def test_a_stock_tuner_takes_it(folder: Path, tmp_path: Path) -> None:
    model = hypermodel(folder / "posterior.toml")
    search = keras_tuner.RandomSearch(model, RMSE, max_trials=2, directory=tmp_path, project_name="own", seed=1)
    search.search(verbose=0)
    assert search.oracle.get_best_trials(1)[0].score < 1


def test_an_optuna_study_of_ones_own_takes_it(folder: Path) -> None:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    study.optimize(objective(folder / "posterior.toml"), n_trials=1)
    assert study.best_value < 1
