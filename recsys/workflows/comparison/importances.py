"""The importance of the features of a model, for its report and its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.feature_importance import PERMUTATIONS, FeatureImportance, feature_importances, table_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.scoring import EvaluationResult
from recsys.models.inputs import Input
from recsys.training.recipe import Recipe

if TYPE_CHECKING:
    from recsys.serving.scorer import Scorer

_SIDES = {Input.ITEM_FEATURES: "items", Input.USER_FEATURES: "users"}


@dataclass(frozen=True)
class Importances:
    """The importance of each source column to one model."""

    metric: str
    part: str
    """The name of the part that it is measured on."""
    columns: Sequence[FeatureImportance]
    """The columns, the most important first."""
    unread: Mapping[Input, str]
    """The reason why some features have no importance."""

    heads = ("column", "of", "features", "have a value", "importance", "95 % interval")
    """The heads of the table."""

    @property
    def about(self) -> str:
        """What the table says, in sentences."""
        measured = (
            f"How much worse {self.part} {self.metric} is if the features of a column are permuted over the ids: the "
            f"same model, and the mean of {PERMUTATIONS} permutations. Intervals are of a test paired by user. Above "
            "0, the model predicts better by what the column says of each id."
        )
        reasons = [f"Features of {_SIDES[of]} have no importance: {reason}." for of, reason in self.unread.items()]
        return " ".join([*([measured] if self.columns else []), *reasons])

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """The cells of the table."""
        return [
            (
                found.column.column,
                _SIDES[found.of],
                f"{found.column.features:,}",
                f"{found.column.share:.0%}",
                f"{found.value:+.4f}",
                "{:+.4f} to {:+.4f}".format(*found.interval) if np.isfinite(found.interval).all() else "",
            )
            for found in self.columns
        ]


def importances_of(
    scorer: Scorer,
    recipes: Sequence[Recipe],
    parts: tuple[Ratings, Ratings],
    part: str,
    scored: EvaluationResult,
    objective: ObjectiveSettings,
) -> Importances | None:
    """Measure the importance of the features; return None if the data have none.

    Args:
        scorer: The model, or several of one candidate.
        recipes: The recipe of each.
        parts: The ratings that the model was trained on, and those to measure on.
        part: The name of the latter.
        scored: The evaluation of the model on the latter.
        objective: The metric and its parameters.
    """
    from recsys.models.kinds import kind_of

    train, held_out = parts
    known = [of for of in _SIDES if table_of(train.catalogue, of) is not None]
    if not known:
        return None
    kinds = [kind_of(recipe.model) for recipe in recipes]
    read = {of for kind, model in zip(kinds, scorer.models, strict=True) for of in kind.features_read(model)}
    columns = feature_importances(
        lambda catalogue: with_catalogue(scorer, recipes, train, catalogue),
        scored.samples[objective.metric],
        train,
        held_out,
        objective,
        [of for of in known if of in read],
    )
    unread = {of: kinds[0].unread_features for of in known if of not in read}
    return Importances(objective.metric, part, columns, unread)


def with_catalogue(scorer: Scorer, recipes: Sequence[Recipe], train: Ratings, catalogue: Catalogue) -> Scorer:
    """Return a scorer with the same weights and other features of the same ids.

    Args:
        scorer: The scorer.
        recipes: The recipe of each of its models.
        train: The ratings that they were trained on.
        catalogue: The catalogue with the other features.
    """
    from recsys.models.model import build_model, fill, weights_of
    from recsys.models.training_data import TrainingData

    ratings = replace(train, catalogue=catalogue)
    shape = TrainingData(ratings, ratings.take(np.arange(0))).shape
    models = [
        fill(build_model(recipe.model, shape, recipe.point, recipe.seed), weights_of(model))
        for recipe, model in zip(recipes, scorer.models, strict=True)
    ]
    return replace(scorer, models=models)
