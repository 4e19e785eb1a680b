"""This project's entries in a comparison: the default point of an experiment, its sweep, and the baselines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.judge import Judge, Standing
from recsys.evaluation.baselines.tuning import tune_all
from recsys.models.training_data import TrainingData
from recsys.training.recipe import AnyRecipe, Recipe
from recsys.training.trial import Trial
from recsys.workflows.comparison.candidate import candidate_of
from recsys.workflows.comparison.refit import refit


def default_point(judge: Judge) -> Standing:
    """Train the default point with early stopping on validation, and again on train and validation."""
    from recsys.training.cohort import Trainer

    experiment, split = judge.prepared.experiment, judge.prepared.split
    point, seed, epochs = experiment.default_point, experiment.training.seed, experiment.training.epochs
    standing, began = Standing(f"`{judge.name}`, its default point", 1), time.perf_counter()
    data = TrainingData(split.train, split.validation)
    trainer = Trainer(experiment.model, data, experiment.training, experiment.objective)
    (result,) = trainer.train([Trial(0, point, seed, epochs)])
    standing.heard(time.perf_counter() - began, result.values[experiment.objective.metric])
    standing.validation = standing.path[-1][1]
    _refitted(judge, standing, [Recipe(experiment.model, experiment.training, point, seed, result.best_epoch + 1)])
    return standing


def swept(judge: Judge, name: str, trials: int | None = None) -> Standing:
    """Run the whole process of a sweep, including start-up and tracking, and fit its best trial again.

    Args:
        judge: The judge.
        name: The shipped experiment, on the judge's split.
        trials: The number of trials; by default that of the experiment.
    """
    from recsys.tracking.mlflow.store import MlflowStore

    trials = trials or judge.bench.experiment(name).study.trials
    found = judge.bench.sweep("--trials", str(trials), name=name, split=f"split.seed={judge.bench.split_seed}")
    standing = Standing(f"`recsys sweep` {name}", trials, found.seconds, found.path, found.path[-1][1])
    store = MlflowStore(found.store)
    _refitted(judge, standing, candidate_of(store, [store.sweeps()[0].name]).recipes)
    return standing


def _refitted(judge: Judge, standing: Standing, recipes: Sequence[AnyRecipe]) -> None:
    """Fit recipes to train and validation, and measure their scores on the test part."""
    began, catalogue = time.perf_counter(), judge.prepared.catalogue
    fitted = refit(recipes, judge.development, judge.prepared.experiment.objective)
    scores = fitted.score_all(np.arange(catalogue.users), catalogue.items)
    standing.refit = time.perf_counter() - began
    judge.test_of(standing, scores)


def baselines(judge: Judge) -> Iterator[Standing]:
    """Measure the baselines at the settings that `recsys baselines` chooses."""
    split, objective, catalogue = judge.prepared.split, judge.prepared.experiment.objective, judge.prepared.catalogue
    chosen = tune_all(split.train, split.validation, objective, lambda _line: None).chosen
    for name, choice in chosen.items():
        value = choice.scored.values[objective.metric]
        path = [(choice.seconds, value)]
        standing = Standing(f"`recsys baselines` {name}", choice.fits, choice.seconds, path, value)
        began = time.perf_counter()
        scores = choice.baseline.fit(judge.development).score_all(np.arange(catalogue.users), catalogue.items)
        standing.refit = time.perf_counter() - began
        judge.test_of(standing, np.asarray(scores))
        yield standing
