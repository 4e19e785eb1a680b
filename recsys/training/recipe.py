"""Recipe: everything that is needed to train a model again, on the same ratings or on others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.table import baseline_named
from recsys.models.settings import ModelSettings
from recsys.spaces.parameter import Value
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Point


@dataclass(frozen=True)
class Recipe:
    """One model of a champion: its settings, point, seed, number of epochs, and share in the mean."""

    model: ModelSettings
    training: TrainingSettings
    point: Point
    seed: int
    epochs: int
    share: float = 1.0


AnyRecipe = Recipe | Baseline
"""A recipe, or a baseline, which needs only its name and its settings."""


def recipes_to_json(recipes: Sequence[AnyRecipe]) -> str:
    """Return the recipes of a champion as a JSON document."""
    return json.dumps([_document(recipe) for recipe in recipes], indent=1)


def recipes_from_json(text: str) -> list[AnyRecipe]:
    """Return the recipes of a JSON document.

    Raises:
        InputError: The document names a baseline that does not exist.
    """
    return [_baseline(**document) if "baseline" in document else _recipe(**document) for document in json.loads(text)]


def _document(recipe: AnyRecipe) -> dict[str, Any]:
    if isinstance(recipe, Baseline):
        return {"baseline": recipe.name, "settings": dict(recipe.settings)}
    return {
        "model": recipe.model.model_dump(exclude_none=True),
        "training": recipe.training.model_dump(exclude_none=True),
        "point": dict(recipe.point),
        "seed": recipe.seed,
        "epochs": recipe.epochs,
        "share": recipe.share,
    }


def _baseline(*, baseline: str, settings: dict[str, Any]) -> Baseline:
    return baseline_named(baseline)(**settings)


def _recipe(*, model: Any, training: Any, point: Any, seed: int, epochs: int, share: float) -> Recipe:
    return Recipe(
        ModelSettings.model_validate_json(json.dumps(model)),
        TrainingSettings.model_validate_json(json.dumps(training)),
        {name: _value(value) for name, value in point.items()},
        seed,
        epochs,
        share,
    )


def _value(value: Any) -> Value:
    return tuple(value) if isinstance(value, list) else value
