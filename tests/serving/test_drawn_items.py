"""Tests of items that are added to a posterior: each draw draws them from its prior, given their features."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from feature_champions import ITEM_ENCODER, ITEMS, NEW, RATINGS, USERS, before_release, champion
from scipy.sparse import csr_array

from recsys.errors import InputError
from recsys.models.inputs import DataShape, Input
from recsys.models.kinds import KINDS
from recsys.models.model import build_model
from recsys.models.settings import ModelSettings
from recsys.posterior.draw_tables import draw_tables, prior_rows, stack_draws
from recsys.posterior.state import ChainState, SideState
from recsys.serving.more_items import MoreItems, with_more_items
from recsys.serving.package import check_package, load_package, save_package
from recsys.serving.recommender import Recommender

SIZE, DRAWS, FEATURES = 2, 4000, 3
MEAN = np.array([0.3, -0.2, 0.5])
BETA = np.random.default_rng(2).normal(0, 1, (FEATURES, SIZE + 1))
PRECISION = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.0], [0.5, 0.0, 2.0]])


def test_their_rows_have_the_mean_and_the_covariance_of_the_prior() -> None:
    features = csr_array(np.array([[1, 0, 0], [0, 1, 0], [1, 0, 0.5], [0, 0, 0], [0, 0, 0]], np.float32))
    shape = DataShape(3, 2, 3.5, inputs={Input.ITEM_FEATURES: features[[0, 1, 4]]})
    point = {"embedding_size": SIZE, "kept_draws": DRAWS, "chains": 1}
    model = build_model(ModelSettings(kind="bayesian_mf"), shape, point, 0)
    users = SideState(np.zeros((3, SIZE + 1)), np.zeros(SIZE + 1), np.eye(SIZE + 1))
    implicit = np.ones((7, SIZE + 1))  # coefficients of who rated it, of which there is nothing for such an item
    items = SideState(np.zeros((2, SIZE + 1)), MEAN, PRECISION, (implicit, BETA))
    tables = stack_draws([draw_tables(ChainState(users, items, 1.0), FEATURES)] * DRAWS, DRAWS)
    assert tables.prior.shape[0] == prior_rows(FEATURES, SIZE) == FEATURES + SIZE + 1
    table = model.get_layer("item_embedding")
    for weight, values in zip((table.table, table.prior), (tables.items, tables.prior), strict=True):
        weight.assign(values)
    model.get_layer("draws").table.assign(tables.draws)
    found = KINDS["bayesian_mf"].with_items(model, features).get_layer("item_embedding")
    rows = np.asarray(found.table).reshape(len(features.indptr) - 1, DRAWS, SIZE + 2) * DRAWS
    np.testing.assert_array_equal(np.asarray(found.table)[[0, 1, 4]], np.asarray(table.table))
    np.testing.assert_allclose(rows[2:4, :, -2], 1, rtol=1e-5)
    for row, known in zip(rows[2:4], ([1, 0, 0.5], [0, 0, 0]), strict=True):
        drawn = row[:, [0, 1, 3]]
        np.testing.assert_allclose(drawn.mean(axis=0), MEAN + known @ BETA, atol=0.05)
        np.testing.assert_allclose(np.cov(drawn.T), np.linalg.inv(PRECISION), atol=0.03)
    assert abs(np.corrcoef(rows[2, :, 0], rows[3, :, 0])[0, 1]) < 0.05


@pytest.fixture(scope="module")
def drawn() -> Recommender:
    return champion(before_release(), "bayesian_mf", epochs=60, embedding_size=2, chains=1, burn_in=20, kept_draws=40)


def more(count: int = NEW, first: int = ITEMS - NEW) -> MoreItems:
    rows = ITEM_ENCODER.encode({"genres": ["war", "comedy", None][first - ITEMS + NEW :][:count]})
    return MoreItems(RATINGS.catalogue.item_ids[first : first + count], ["New"] * count, rows)


def test_their_intervals_are_wider_than_those_of_rated_items(drawn: Recommender, tmp_path: Path) -> None:
    added = with_more_items(drawn, more())
    save_package(added, tmp_path)
    check_package(tmp_path, added)
    loaded = load_package(tmp_path)
    users = np.repeat(loaded.catalogue.user_ids, ITEMS)
    items = np.tile(loaded.catalogue.item_ids, USERS)
    rated = loaded.rate(users, items)
    spread = rated["deviation"].to_numpy().reshape(USERS, ITEMS)
    assert spread[:, -NEW:].mean() > spread[:, :-NEW].mean()
    expected = drawn.rate(users, items)["rating"].to_numpy().reshape(USERS, ITEMS)[:, :-NEW]
    np.testing.assert_allclose(rated["rating"].to_numpy().reshape(USERS, ITEMS)[:, :-NEW], expected, rtol=1e-5)


def test_an_item_is_the_same_whenever_it_is_added(drawn: Recommender) -> None:
    twice = with_more_items(with_more_items(drawn, more(1)), more(NEW - 1, ITEMS - NEW + 1))
    at_once, people = with_more_items(drawn, more()), np.arange(USERS)
    np.testing.assert_allclose(
        twice.scorer.score_all(people, ITEMS), at_once.scorer.score_all(people, ITEMS), rtol=1e-5
    )


def test_a_posterior_without_features_of_items_is_refused() -> None:
    ratings = before_release()
    plain = replace(ratings, catalogue=replace(ratings.catalogue, item_features=None))
    made = champion(plain, "bayesian_mf", epochs=2, embedding_size=2, chains=1, burn_in=0, kept_draws=2)
    with pytest.raises(InputError) as caught:
        with_more_items(replace(made, catalogue=ratings.catalogue), more())
    assert str(caught.value) == ("the champion's model (bayesian_mf) has no features of items: promote one that does")
