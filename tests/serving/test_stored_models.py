"""Tests that a stored champion whose scores are dot products is served as by Keras, and without loading Keras."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from feature_champions import ITEMS, NEW, USERS, before_release, champion
from test_more_items import more

from recsys.serving.ask import Ask, History
from recsys.serving.more_items import with_more_items
from recsys.serving.package import check_package, load_package, save_package
from recsys.serving.recommender import Recommender
from recsys.serving.scorer import Scorer
from recsys.serving.stored_models import StoredModels, factors_of

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "als of lists": ("mf", {"solver": "als", "loss": "weighted_squared"}),
    "als of ratings": ("mf", {"solver": "als", "loss": "mean_squared_error"}),
    "ratings": ("mf", {"loss": "mean_squared_error", "dropout": 0.2}),
    "huber": ("mf", {"loss": "huber"}),
    "softmax": ("mf", {"loss": "softmax"}),
    "non-negative": ("nnmf", {"loss": "mean_squared_error"}),
    "non-negative lists": ("nnmf", {"solver": "als", "loss": "weighted_squared"}),
}
SOLVED = [name for name, (_, point) in KINDS.items() if point["loss"] in ("mean_squared_error", "weighted_squared")]
PEOPLE = np.arange(USERS + 1, dtype=np.int32)  # the last one is not in the data


@pytest.fixture(scope="module", params=KINDS)
def trained(request: pytest.FixtureRequest) -> tuple[str, Recommender]:
    kind, point = KINDS[request.param]
    return request.param, champion(before_release(), kind, **point)


@pytest.fixture
def stored(trained: tuple[str, Recommender], tmp_path: Path) -> Recommender:
    save_package(trained[1], tmp_path)
    return load_package(tmp_path)


def models_of(recommender: Recommender) -> StoredModels:
    assert isinstance(recommender.scorer, Scorer)
    assert isinstance(recommender.scorer.models, StoredModels)
    return recommender.scorer.models


def loads_nothing(recommender: Recommender) -> bool:
    return not models_of(recommender)._loaded


def test_lists_and_pairs_are_those_of_keras_which_is_not_loaded(
    trained: tuple[str, Recommender], stored: Recommender
) -> None:
    items = ITEMS - NEW
    expected = trained[1].scorer.score_all(PEOPLE, items)
    np.testing.assert_allclose(stored.scorer.score_all(PEOPLE, items), expected, rtol=1e-5, atol=1e-5)
    pairs = np.repeat(PEOPLE, items + 1), np.tile(np.arange(items + 1, dtype=np.int32), len(PEOPLE))
    predicted = trained[1].scorer.predict(*pairs)
    np.testing.assert_allclose(stored.scorer.predict(*pairs), predicted, rtol=1e-5, atol=1e-5)
    assert stored.scorer.predict(pairs[0][:0], pairs[1][:0]).shape == (0,)
    assert stored.scorer.reads_features
    assert loads_nothing(stored)


def test_who_is_folded_in_has_the_scores_of_keras(trained: tuple[str, Recommender], stored: Recommender) -> None:
    name, kept = trained
    history = History([101, 104, 107], [5.0, 1.0, 4.0])
    features = before_release().catalogue.user_features
    assert features is not None
    for given in (
        {"history": history},
        {"history": history, "features": features.rows[[1]]},
        {"history": None, "features": features.rows[[0]]},
    ):
        mine, expected = stored.person(**given), kept.person(**given)
        assert mine is not None
        assert expected is not None
        np.testing.assert_allclose(mine.scores, expected.scores, rtol=1e-4, atol=1e-4)
    assert loads_nothing(stored) == (name in SOLVED)


def test_a_package_without_factors_is_served_as_before(
    trained: tuple[str, Recommender], stored: Recommender, tmp_path: Path
) -> None:
    (tmp_path / "model-0-factors.npz").unlink()
    older = load_package(tmp_path)
    items = ITEMS - NEW
    expected = trained[1].scorer.score_all(PEOPLE, items)
    np.testing.assert_array_equal(older.scorer.score_all(PEOPLE, items), expected)
    assert not loads_nothing(older)
    assert older.scorer.reads_features == stored.scorer.reads_features


def test_items_that_are_added_have_factors_too(tmp_path: Path) -> None:
    save_package(champion(before_release(), "mf", solver="als", loss="weighted_squared"), tmp_path / "before")
    added = with_more_items(load_package(tmp_path / "before"), more())
    save_package(added, tmp_path / "after")
    check_package(tmp_path / "after", added)
    stored = load_package(tmp_path / "after")
    expected = added.scorer.score_all(PEOPLE, ITEMS)
    np.testing.assert_allclose(stored.scorer.score_all(PEOPLE, ITEMS), expected, rtol=1e-5, atol=1e-5)
    assert loads_nothing(stored)


def test_of_an_ensemble_only_the_models_without_factors_are_loaded(tmp_path: Path) -> None:
    few = before_release()
    parts = [champion(few, "mf", loss="mean_squared_error"), champion(few, "mlp", loss="mean_squared_error")]
    scorers = [part.scorer for part in parts if isinstance(part.scorer, Scorer)]
    models, points = [model for each in scorers for model in each.models], [p for each in scorers for p in each.points]
    whole = replace(parts[0], scorer=replace(scorers[0], models=models, shares=[0.3, 0.7], points=points))
    save_package(whole, tmp_path)
    stored = load_package(tmp_path)
    assert [each is None for each in factors_of(models_of(stored))] == [False, True]
    items = ITEMS - NEW
    expected = whole.scorer.score_all(PEOPLE, items)
    np.testing.assert_allclose(stored.scorer.score_all(PEOPLE, items), expected, rtol=1e-5, atol=1e-5)
    assert list(models_of(stored)._loaded) == [1]


def test_the_check_of_a_package_compares_both_the_factors_and_the_model(tmp_path: Path) -> None:
    whole = champion(before_release(), "mf", loss="mean_squared_error")
    save_package(whole, tmp_path)
    (factors,) = factors_of(models_of(load_package(tmp_path)))
    assert factors is not None
    replace(factors, mean=factors.mean + 1).save(tmp_path / "model-0-factors.npz")
    with pytest.raises(Exception, match="the saved model does not predict what it did before it was saved"):
        check_package(tmp_path, whole)


def test_a_process_that_serves_factors_imports_no_framework(tmp_path: Path) -> None:
    save_package(champion(before_release(), "mf", solver="als", loss="weighted_squared"), tmp_path)
    code = (
        "import sys; from pathlib import Path; from recsys.serving.package import load_package; "
        "from recsys.serving.ask import History; from recsys.serving.answers import answers; "
        "from recsys.serving.ask import Ask; found = load_package(Path(sys.argv[1])); "
        "rows = answers(found, [Ask('u01'), Ask('u02', item=103), Ask(history=History([101, 104]))]); "
        "assert {row['user'] for row in rows} == {'u01', 'u02', None}; "
        "assert not {'tensorflow', 'keras', 'mlflow', 'optuna', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_warm_models_are_those_that_a_request_may_need(trained: tuple[str, Recommender], stored: Recommender) -> None:
    name, _ = trained
    stored.warm_up()
    assert loads_nothing(stored) == (name in SOLVED)
    loaded = dict(models_of(stored)._loaded)
    stored.recommend_each([Ask("u01"), Ask(history=History([101, 104, 107]))])
    assert models_of(stored)._loaded == loaded
