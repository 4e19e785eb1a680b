"""Tests that the limits on a model card are true of the champion."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from item_features import with_item_features
from scipy.sparse import csr_array

from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.table import BASELINES
from recsys.models.settings import ModelSettings
from recsys.spaces.parameter import Value
from recsys.training.recipe import AnyRecipe, Recipe
from recsys.training.settings import TrainingSettings
from recsys.workflows.promotion.card_limits import limits_of

RANKS = {"loss": "softmax"}
RATES = {"loss": "mean_squared_error"}
TIME = "not the time of a request"


def recipe(point: dict[str, Value], **model: Any) -> Recipe:
    return Recipe(ModelSettings(**(model or {"kind": "mf"})), TrainingSettings(), point, seed=0, epochs=1)


def said(data: Ratings, *recipes: AnyRecipe) -> str:
    """The limits, where lists are the objective of all data that say what is positive."""
    return "\n".join(limits_of(recipes, data, lists=data.implicit or data.positive_from is not None))


@pytest.fixture
def plays(ratings: Ratings) -> Ratings:
    return replace(ratings, implicit=True, values=np.arange(1, len(ratings) + 1, dtype=np.float32))


@pytest.fixture
def liked(ratings: Ratings) -> Ratings:
    return ratings.with_positives_from(3.5)


def test_a_model_of_ratings_learns_from_ratings_and_knows_no_time(ratings: Ratings) -> None:
    text = said(ratings, recipe(RATES))
    assert "learns from who gave which item which rating. It knows nothing else of users and items, no context" in text
    assert TIME in text
    assert "A user without a rating in the data is given the most popular items" in text
    assert "as for an average one" in text


def test_users_and_items_with_features_are_predicted_by_them(ratings: Ratings) -> None:
    items = with_item_features(ratings)
    both = replace(items, catalogue=replace(items.catalogue, user_features=user_features(ratings)))
    popular = "A user without a rating in the data is given the most popular items. "
    listed = "A user without a rating in the data is given a list by features, or the most popular items. "
    assert popular + (
        "Ratings are predicted for such a user as for an average one, and for such an item from its features."
    ) in said(items, recipe(RATES))
    alike = "Ratings are predicted for such a user, or such an item, from its features."
    assert listed + alike in said(both, recipe(RATES))
    assert popular + alike in said(both, recipe({"implicit_features": False}, kind="bayesian_mf"))
    positives = items.with_positives_from(3.5)
    for each in (recipe({**RANKS, "seen_weight": 0.0}), BASELINES["feature_linear"]()):
        assert "An item without one has a score from its features." in said(positives, each)
    assert "An item without one has a score from that alone" in said(positives, BASELINES["ease"]())


def user_features(ratings: Ratings) -> FeatureTable:
    rows = csr_array(np.ones((ratings.catalogue.users, 1), np.float32))
    return FeatureTable(rows, ["age"], ["age"])


def test_a_model_that_ranks_learns_from_positives_and_from_lower_ratings_only_where_they_count(liked: Ratings) -> None:
    text = said(liked, recipe({**RANKS, "seen_weight": 0.0}))
    assert "learns from who rated which item at 3.5 or higher. It" in text
    assert "without a positive rating in the data" in text
    assert "given no credit for an item that its user never rated" in text
    assert "and lower ratings, with a weight of their own." in said(liked, recipe({**RANKS, "seen_weight": 0.2}))


def test_of_implicit_data_no_card_speaks_of_ratings(plays: Ratings) -> None:
    for each in (recipe(RANKS), BASELINES["ease"](), BASELINES["popularity"]()):
        text = said(plays, each)
        assert "rating" not in text
        assert "rated" not in text
        assert "never saw counts like one that they did not want" in text


def test_weights_of_events_are_named_where_they_differ_and_count(plays: Ratings) -> None:
    weighs = "how much each choice weighs"
    alike = replace(plays, values=np.ones_like(plays.values))
    assert weighs in said(plays, recipe(RANKS))
    assert weighs not in said(alike, recipe(RANKS))
    ease = BASELINES["ease"]()
    assert weighs not in said(plays, ease)
    assert weighs in said(plays, ease.with_settings({"weight_power": 0.5}))


def test_features_of_a_posterior_are_named_as_they_are_used(ratings: Ratings) -> None:
    who, when = "who rated which item, whatever the rating", "in which periods each user rated and each item was rated"
    for implicit in (False, True):
        for timed in (False, True):
            point: dict[str, Value] = {"implicit_features": implicit, "time_features": timed}
            text = said(ratings, recipe(point, kind="bayesian_mf"))
            assert (who in text, when in text) == (implicit, timed)
            assert TIME in text, "periods are of training; nobody tells it when it is asked"


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("global_mean", "the mean of the ratings alone"),
        ("biases_only", "who gave which item which rating"),
        ("popularity", "how many users chose each item"),
        ("item_knn", "who rated which item at 3.5 or higher"),
        ("ease", "who rated which item at 3.5 or higher"),
        ("ials", "who rated which item at 3.5 or higher"),
        ("transitions", "which item users chose soon after which"),
        ("again", "how often and how recently each user chose each item"),
        ("feature_popularity", "how many users chose items with which features"),
        ("favourite_category", "which user chose items of which category"),
        ("feature_knn", "which user chose items with which features"),
        ("feature_linear", "which user chose items with which features"),
        ("user_knn", "who rated which item at 3.5 or higher"),
        ("rp3beta", "which items users share, by random walks"),
        ("slim", "who rated which item at 3.5 or higher"),
    ],
)
def test_a_baseline_says_what_it_learns_from(name: str, source: str, liked: Ratings) -> None:
    assert f"learns from {source}. It" in said(liked, BASELINES[name]())


def test_every_baseline_has_been_asked() -> None:
    (mark,) = (mark for mark in test_a_baseline_says_what_it_learns_from.pytestmark)  # type: ignore[attr-defined]
    assert {name for name, _ in mark.args[1]} == set(BASELINES)


def test_of_a_factory_it_is_said_that_its_code_decides(ratings: Ratings) -> None:
    text = said(ratings, recipe(RATES, factory="mine:build"))
    assert "what the code of mine:build adds" in text
    assert "The factory decides which ratings are predicted" in text
    assert "Apart from that code it knows nothing else of users and items" in text


def test_an_ensemble_learns_from_what_its_members_learn_from(ratings: Ratings) -> None:
    posterior = recipe({"implicit_features": True, "time_features": True}, kind="bayesian_mf")
    text = said(ratings, recipe(RATES), posterior)
    assert text.count("who gave which item which rating") == 1
    assert "whatever the rating and in which periods" in text
