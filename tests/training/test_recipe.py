"""Tests that recipes are equal after a round trip through JSON."""

from __future__ import annotations

import json

import pytest

from recsys.errors import InputError
from recsys.evaluation.baselines.ials import IALS
from recsys.evaluation.baselines.table import BASELINES
from recsys.models.settings import ModelSettings
from recsys.training.recipe import AnyRecipe, Recipe, recipes_from_json, recipes_to_json
from recsys.training.settings import TrainingSettings

MLP = Recipe(
    ModelSettings(kind="mlp"), TrainingSettings(epochs=7), {"hidden_units": (16, 8), "learning_rate": 1e-3}, 5, 3, 0.4
)


@pytest.mark.parametrize("recipe", [MLP, IALS(0.3, 0.015), *(kind() for kind in BASELINES.values())])
def test_models_and_baselines_are_read_back_as_they_were(recipe: AnyRecipe) -> None:
    assert recipes_from_json(recipes_to_json([recipe])) == [recipe]


def test_a_baseline_that_there_is_no_more_is_an_input_error() -> None:
    with pytest.raises(InputError, match="no baseline is called 'itemrank'"):
        recipes_from_json(json.dumps([{"baseline": "itemrank", "settings": {}}]))
