"""Tests that the scores of whole catalogues equal those of the pairs."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from recsys.models.inputs import DataShape
from recsys.models.model import build_model
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.serving import scorer as module
from recsys.serving.scorer import Scorer

USERS, ITEMS = 12, 20


def model_of(kind: str, seed: int = 5) -> keras.Model:
    if kind == "own":
        user, item = keras.Input((), dtype="int32"), keras.Input((), dtype="int32")
        sides = [keras.layers.Embedding(n + 1, 3)(ids) for n, ids in ((USERS, user), (ITEMS, item))]
        return keras.Model([user, item], keras.layers.Dot(axes=1, name="dot")(sides))
    settings = ModelSettings.model_validate({"kind": kind})
    return build_model(settings, DataShape(USERS, ITEMS, 3.5), default_point(settings), seed)


def all_pairs(scorer: Scorer, users: Any) -> Any:
    pairs = np.repeat(users, ITEMS), np.tile(np.arange(ITEMS), len(users))
    return scorer.predict(*pairs).reshape(len(users), ITEMS)


@pytest.mark.parametrize("kind", ["mf", "nnmf", "mlp", "own"])
def test_every_kind_scores_all_items_as_it_predicts_them(kind: str) -> None:
    scorer, users = Scorer([model_of(kind)], [1.0], None), np.array([0, 11, 4, USERS])
    np.testing.assert_allclose(scorer.score_all(users, ITEMS), all_pairs(scorer, users), rtol=1e-5, atol=1e-5)


def test_an_ensemble_scores_by_its_shares_also_a_few_users_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = Scorer([model_of("mf", 1), model_of("mf", 2)], [0.3, 0.7], None)
    users = np.arange(USERS)
    whole = scorer.score_all(users, ITEMS)
    np.testing.assert_allclose(whole, all_pairs(scorer, users), rtol=1e-5)
    monkeypatch.setattr(module, "_PAIRS", 5 * ITEMS)
    np.testing.assert_allclose(scorer.score_all(users, ITEMS), whole, rtol=1e-6)
