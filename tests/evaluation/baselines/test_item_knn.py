"""Tests of item-based neighbours against scikit-learn, and of shrinkage against its formula."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from evaluation_samples import make_ratings
from sklearn.neighbors import NearestNeighbors

from recsys.evaluation.baselines.item_knn import ItemKNN

USERS, ITEMS = 900, 14  # with this seed no two similarities are equal
RATINGS = make_ratings(USERS, ITEMS, 6000, seed=3).with_positives_from(3)
OWNED = np.zeros((USERS, ITEMS))
OWNED[RATINGS.positives.users, RATINGS.positives.items] = 1


def scores(**settings: float) -> np.ndarray:
    return ItemKNN(**settings).fit(RATINGS).score_all(np.arange(USERS), ITEMS)


@pytest.mark.parametrize("neighbours", [1, 4, ITEMS - 1])
def test_without_shrinkage_the_neighbours_and_their_cosines_are_scikit_learns(neighbours: int) -> None:
    nearest = NearestNeighbors(n_neighbors=neighbours + 1, metric="cosine", algorithm="brute").fit(OWNED.T)
    distances, found = nearest.kneighbors(OWNED.T)
    cosines = np.zeros((ITEMS, ITEMS))
    for item in range(ITEMS):
        others = found[item] != item  # scikit-learn counts an item among its own neighbours
        cosines[item, found[item][others]] = 1 - distances[item][others]
    np.testing.assert_allclose(scores(neighbours=neighbours, shrinkage=0), OWNED @ cosines.T, atol=1e-5)


def test_shrinkage_adds_to_the_norm() -> None:
    together, counts = OWNED.T @ OWNED, OWNED.sum(axis=0)
    similar = together / (np.sqrt(np.outer(counts, counts)) + 7)
    np.fill_diagonal(similar, 0)
    np.testing.assert_allclose(scores(neighbours=ITEMS, shrinkage=7), OWNED @ similar, rtol=1e-5)


def test_weights_of_pairs_enter_the_cosine_and_the_sum() -> None:
    rated = OWNED.copy()
    low = RATINGS.values < 3
    rated[RATINGS.users[low], RATINGS.items[low]] = 0.5
    norms = np.sqrt((rated**2).sum(axis=0))
    similar = rated.T @ rated / (np.outer(norms, norms) + 7)
    np.fill_diagonal(similar, 0)
    weighed = scores(neighbours=ITEMS, shrinkage=7, seen_weight=0.5)
    np.testing.assert_allclose(weighed, rated @ similar, rtol=1e-5)


def test_neighbours_as_similar_as_the_last_are_all_kept() -> None:
    users, items = np.divmod(np.arange(6), 3)  # two people have the same three items
    pairs = RATINGS.take(np.arange(6))
    alike = replace(pairs, users=users.astype(np.int32), items=items.astype(np.int32), values=np.full(6, 5, np.float32))
    found = ItemKNN(neighbours=1, shrinkage=0).fit(alike).score_all(np.arange(1), 3)
    np.testing.assert_allclose(found, [[2, 2, 2]], rtol=1e-6)


def test_items_may_be_looked_at_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scores(neighbours=4)
    monkeypatch.setattr("recsys.algebra.neighbours._AT_ONCE", 7 * ITEMS)
    np.testing.assert_array_equal(scores(neighbours=4), whole)
