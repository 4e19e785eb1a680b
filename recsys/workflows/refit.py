"""Refit: recipes trained again on given ratings, as one scorer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from recsys.data.ratings import Ratings
from recsys.errors import RecsysError
from recsys.evaluation.objective import ObjectiveSettings
from recsys.tracking.tracker import Recorded
from recsys.training.recipe import Recipe
from recsys.training.trial import Result, State, Trial
from recsys.workflows.prepare import Prepared

if TYPE_CHECKING:
    from recsys.serving.scorer import Scorer


def recipe_of(prepared: Prepared, record: Recorded, share: float = 1.0) -> Recipe:
    """The recipe of a recorded trial: its point for its best number of epochs."""
    experiment = prepared.experiment
    return Recipe(experiment.model, experiment.training, record.point, record.seed, record.best_epoch + 1, share)


def refit(recipes: Sequence[Recipe], ratings: Ratings, objective: ObjectiveSettings) -> Scorer:
    """Train recipes on `ratings`, in cohorts, each for its own number of epochs.

    Ids that the ratings do not have are given rows that predict the mean and the biases.

    Raises:
        RecsysError: One of them failed.
    """
    from recsys.models.catalog import build_model, fill
    from recsys.serving.neutral import neutral
    from recsys.serving.scorer import Scorer
    from recsys.training.data import TrainingData

    results = _train(recipes, ratings, objective)
    shape = TrainingData(ratings, ratings.take(np.arange(0))).shape
    models = [
        fill(build_model(recipe.model, shape, recipe.point, recipe.seed), neutral(result.weights, ratings))
        for recipe, result in zip(recipes, results, strict=True)
    ]
    shares = [recipe.share for recipe in recipes]
    return Scorer(models, shares, ratings.scale if objective.clip else None)


def _train(recipes: Sequence[Recipe], ratings: Ratings, objective: ObjectiveSettings) -> list[Result]:
    """A result for each recipe, in their order; recipes of one model and training go together."""
    from recsys.models.catalog import builds_cohorts
    from recsys.training.cohort import Trainer
    from recsys.training.data import TrainingData
    from recsys.training.grouping import cohorts

    data = TrainingData(ratings, ratings.take(np.arange(0)))
    results: dict[int, Result] = {}
    order = sorted(range(len(recipes)), key=lambda place: repr((recipes[place].model, recipes[place].training)))
    for (model, training), places in groupby(order, key=lambda p: (recipes[p].model, recipes[p].training)):
        # there is no validation to stop by
        trainer = Trainer(model, data, training.model_copy(update={"patience": 0}), objective)
        trials = [Trial(p, recipes[p].point, recipes[p].seed, recipes[p].epochs) for p in places]
        for cohort in cohorts(trials, together=builds_cohorts(model)):
            results |= {result.trial.number: result for result in trainer.train(cohort)}
    failed = next((result for result in results.values() if result.state is State.FAILED), None)
    if failed is not None:
        raise RecsysError(f"the refit failed: {failed.reason}")
    return [results[place] for place in range(len(recipes))]
