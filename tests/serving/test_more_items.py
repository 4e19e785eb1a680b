"""Tests of items that a champion knows by their features alone, because they were added after training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from feature_champions import (
    ITEM_CELLS,
    ITEM_ENCODER,
    ITEMS,
    NEW,
    RATINGS,
    USERS,
    before_release,
    champion,
    unreleased,
)

from recsys.errors import InputError
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.serving.ask import History
from recsys.serving.more_items import MoreItems, item_encoder, with_more_items
from recsys.serving.package import check_package, load_package, save_package
from recsys.serving.recommender import Recommender

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "least squares of ratings": ("mf", {"solver": "als", "loss": "mean_squared_error"}),
    "least squares of rankings": ("mf", {"solver": "als", "loss": "weighted_squared"}),
    "gradients of ratings": ("mf", {"loss": "mean_squared_error"}),
    "gradients of rankings": ("mf", {"loss": "softmax"}),
    "a perceptron": ("mlp", {"loss": "mean_squared_error", "hidden_units": (4,)}),
    "decayed sums": ("sequential_mf", {"loss": "softmax", "heads": 1, "history_length": 6}),
    "self-attention": ("sasrec", {"loss": "softmax", "embedding_size": 4, "history_length": 6, "blocks": 1}),
}
PEOPLE = np.arange(USERS)


def more(count: int = NEW, first: int = ITEMS - NEW) -> MoreItems:
    """The last items of the data."""
    some = slice(first, first + count)
    rows = ITEM_ENCODER.encode({"genres": ITEM_CELLS["genres"][some]})
    titles = [] if RATINGS.catalogue.titles is None else RATINGS.catalogue.titles[some].tolist()
    return MoreItems(RATINGS.catalogue.item_ids[some], titles, rows)


def test_an_added_item_has_the_scores_of_one_that_was_in_the_data_before_its_release(tmp_path: Path) -> None:
    for name, (kind, point) in KINDS.items():
        small, whole = champion(before_release(), kind, **point), champion(unreleased(), kind, **point)
        added = with_more_items(small, more())
        expected = whole.scorer.score_all(PEOPLE, ITEMS)
        for served in (added, reloaded(added, tmp_path / name)):
            found = served.scorer.score_all(PEOPLE, ITEMS)
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5, err_msg=name)
        old = small.scorer.score_all(PEOPLE, ITEMS - NEW)
        np.testing.assert_array_equal(added.scorer.score_all(PEOPLE, ITEMS)[:, :-NEW], old)


def reloaded(recommender: Recommender, folder: Path) -> Recommender:
    save_package(recommender, folder)
    check_package(folder, recommender)
    return load_package(folder)


@pytest.fixture(scope="module")
def small() -> Recommender:
    return champion(before_release(), "mf", solver="als", loss="weighted_squared")


@pytest.fixture(scope="module")
def softmax() -> Recommender:
    return champion(before_release(), "mf", loss="softmax")


def test_who_is_folded_in_has_the_scores_that_they_had_before(small: Recommender, softmax: Recommender) -> None:
    for before in (small, softmax):
        after = with_more_items(before, more())
        for history in (History([101, 105, 107]), History([100])):
            was, now = before.person(history), after.person(history)
            assert was is not None
            assert now is not None
            np.testing.assert_allclose(now.scores[:-NEW], was.scores, rtol=1e-4, atol=1e-5)


def test_an_added_item_in_a_history_counts(small: Recommender, softmax: Recommender) -> None:
    for before in (small, softmax):
        after = with_more_items(before, more())
        one, two = after.person(History([101])), after.person(History([101, 112]))
        assert one is not None
        assert two is not None
        assert two.scores[12] > one.scores[12]


def test_items_can_be_added_again(small: Recommender, tmp_path: Path) -> None:
    twice = with_more_items(with_more_items(small, more(1)), more(NEW - 1, ITEMS - NEW + 1))
    at_once = with_more_items(small, more())
    assert twice.added == reloaded(twice, tmp_path).added == NEW
    np.testing.assert_array_equal(twice.scorer.score_all(PEOPLE, ITEMS), at_once.scorer.score_all(PEOPLE, ITEMS))


def test_a_list_shows_an_added_item_with_its_title(small: Recommender) -> None:
    found = with_more_items(small, more()).recommend("u00", ITEMS).items
    assert {(each.item, each.title) for each in found} >= {(112, "Film 12"), (113, "Film 13"), (114, "Film 14")}


def test_items_of_the_catalogue_are_refused(small: Recommender) -> None:
    rows = ITEM_ENCODER.encode({"genres": ["war", "war"]})
    with pytest.raises(InputError) as caught:
        with_more_items(small, MoreItems(pd.Index([105, 200]), ["", ""], rows))
    assert str(caught.value) == "1 of 2 items are in the catalogue already, such as 105: leave them out"


def test_a_champion_that_reads_no_features_of_items_is_refused(recommender: Recommender, small: Recommender) -> None:
    with pytest.raises(InputError) as caught:
        item_encoder(recommender)
    assert str(caught.value) == (
        "the champion has no features of items: train with a table of items ([data.items]) and promote a model that "
        "reads it"
    )
    ease = champion(before_release(), "ease", epochs=1)
    with pytest.raises(InputError) as caught:
        with_more_items(ease, more())
    assert str(caught.value) == "the champion's model (ease) reads no features of items: promote one that does"
    baseline = Recommender(
        LinearScores(np.ones((USERS + 1, 1)), np.ones((1, ITEMS - NEW + 1))),
        small.catalogue,
        small.known,
        small.feedback,
        small.fallback,
    )
    with pytest.raises(InputError) as caught:
        with_more_items(baseline, more())
    assert str(caught.value) == (
        "the champion is a baseline and takes no items: promote a model that reads features of items"
    )
