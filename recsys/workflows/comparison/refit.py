"""Train recipes again on given ratings, as one scorer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from recsys.data.histories import Histories
from recsys.data.ratings import Ratings
from recsys.errors import RecsysError
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.ensemble import score_deviation
from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.kind import ranks
from recsys.tracking.tracker import Recorded
from recsys.training.recipe import AnyRecipe, Recipe
from recsys.training.trial import Result, Trial, TrialState
from recsys.workflows.search.prepare import Prepared

if TYPE_CHECKING:
    import keras

    from recsys.serving.scorer import AnyScorer, Scorer

_SCALED_ON = 1000
"""The number of users from whose scores a model's scale is estimated."""


def recipe_of(prepared: Prepared, record: Recorded, share: float = 1.0) -> Recipe:
    """Return the recipe of a recorded trial: its point and its best number of epochs."""
    experiment = prepared.experiment
    model, epochs = experiment.model.at(record.point), record.best_epoch + 1
    return Recipe(model, experiment.training, record.point, record.seed, epochs, share)


def refit(recipes: Sequence[AnyRecipe], ratings: Ratings, objective: ObjectiveSettings) -> AnyScorer:
    """Train recipes on `ratings`: one baseline, or several models in cohorts, each for its own number of epochs.

    Args:
        recipes: The recipes. If one of them is a baseline, it is fitted alone.
        ratings: The ratings to train on.
        objective: The settings that define positives and clip predictions.

    Raises:
        RecsysError: A training failed.
    """
    for baseline in recipes:
        if isinstance(baseline, Baseline):
            return _fitted(baseline, ratings, objective)
    return _refit_models([recipe for recipe in recipes if isinstance(recipe, Recipe)], ratings, objective)


def _fitted(baseline: Baseline, ratings: Ratings, objective: ObjectiveSettings) -> LinearScores:
    scores = baseline.fit(ratings.with_positives_from(objective.threshold))
    return replace(scores, clip=ratings.scale if objective.clip and scores.rates else None)


def _refit_models(recipes: Sequence[Recipe], ratings: Ratings, objective: ObjectiveSettings) -> Scorer:
    from recsys.models.inputs import Input
    from recsys.models.kinds import kind_of
    from recsys.models.model import build_model, fill
    from recsys.models.training_data import TrainingData
    from recsys.serving.scorer import Scorer

    results = _train(recipes, ratings, objective)
    shape = TrainingData(ratings, ratings.take(np.arange(0))).shape
    models = [
        fill(build_model(recipe.model, shape, recipe.point, recipe.seed), result.weights)
        for recipe, result in zip(recipes, results, strict=True)
    ]
    shares, points = [recipe.share for recipe in recipes], [recipe.point for recipe in recipes]
    reads = any(Input.HISTORY in kind_of(recipe.model).inputs for recipe in recipes)
    histories = Histories.of(ratings) if reads else None
    if not any(ranks([recipe.point]) for recipe in recipes):
        return Scorer(models, shares, ratings.scale if objective.clip else None, points=points)
    shares = _of_one_scale(models, shares, ratings, histories)
    return Scorer(models, shares, None, rates=False, points=points, histories=histories)


def _of_one_scale(
    models: Sequence[keras.Model], shares: Sequence[float], ratings: Ratings, histories: Histories | None
) -> list[float]:
    """Divide the shares by the scale of each model's scores; the ensemble was chosen from scaled scores."""
    from recsys.serving.scorer import Scorer

    if len(models) == 1:
        return list(shares)
    users = np.random.default_rng(0).permutation(np.unique(ratings.users))[:_SCALED_ON]
    each = [Scorer([model], [1.0], None, histories=histories) for model in models]
    alone = [scorer.score_all(users, ratings.catalogue.items) for scorer in each]
    return [share / score_deviation(scores) for share, scores in zip(shares, alone, strict=True)]


def _train(recipes: Sequence[Recipe], ratings: Ratings, objective: ObjectiveSettings) -> list[Result]:
    """Return one result for each recipe, in order; recipes with equal model and training settings share cohorts."""
    from recsys.models.training_data import TrainingData
    from recsys.training.cohort import Trainer
    from recsys.training.grouping import cohorts

    data = TrainingData(ratings, ratings.take(np.arange(0)))
    results: dict[int, Result] = {}
    order = sorted(range(len(recipes)), key=lambda place: repr((recipes[place].model, recipes[place].training)))
    for (model, training), places in groupby(order, key=lambda p: (recipes[p].model, recipes[p].training)):
        # early stopping needs a validation part, and there is none
        trainer = Trainer(model, data, training.model_copy(update={"patience": 0}), objective)
        trials = [Trial(p, recipes[p].point, recipes[p].seed, recipes[p].epochs) for p in places]
        for cohort in cohorts(trials, model):
            results |= {result.trial.number: result for result in trainer.train(cohort)}
    failed = next((result for result in results.values() if result.state is TrialState.FAILED), None)
    if failed is not None:
        raise RecsysError(f"the refit failed: {failed.reason}")
    return [results[place] for place in range(len(recipes))]
