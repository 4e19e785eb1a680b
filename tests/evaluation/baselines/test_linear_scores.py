"""Tests of the product that computes every baseline's scores, against the dense product."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from recsys.evaluation.baselines.linear_scores import LinearScores, history_matrix

USERS, ITEMS = 150, 20


def matrices(left: str, right: str, seed: int = 0) -> tuple[Any, Any]:
    random = np.random.default_rng(seed)
    shapes = (USERS + 1, 7), (7, ITEMS + 1)
    made = [random.normal(size=shape) * (random.random(shape) < 0.4) for shape in shapes]
    for side, matrix in zip((left, right), made, strict=True):
        yield csr_array(matrix) if side == "sparse" else matrix


@pytest.mark.parametrize("right", ["dense", "sparse"])
@pytest.mark.parametrize("left", ["dense", "sparse"])
class TestProduct:
    @given(st.lists(st.tuples(st.integers(0, USERS), st.integers(0, ITEMS)), max_size=300))
    def test_pairs_are_entries_of_the_product_spare_ones_too(self, left, right, pairs) -> None:
        plain = np.matmul(*matrices("dense", "dense"))
        users, items = np.array(pairs, int).reshape(-1, 2).T
        predicted = LinearScores(*matrices(left, right)).predict(users, items)
        np.testing.assert_allclose(predicted, plain[users, items], atol=1e-12)

    def test_whole_rows_leave_the_spare_item_out(self, left: str, right: str) -> None:
        users = np.array([3, USERS, 3])
        scores = LinearScores(*matrices(left, right)).score_all(users, ITEMS)
        np.testing.assert_allclose(scores, np.matmul(*matrices("dense", "dense"))[users, :ITEMS], atol=1e-12)


@pytest.mark.parametrize("middle", ["dense", "sparse"])
def test_weights_between_items_may_be_a_product(middle: str) -> None:
    random = np.random.default_rng(1)
    first, between, last = (random.normal(size=shape) for shape in ((USERS + 1, ITEMS), (ITEMS, 3), (3, ITEMS + 1)))
    weights = csr_array(between) if middle == "sparse" else between
    scores = LinearScores(csr_array(first), last, middle=weights)
    np.testing.assert_allclose(scores.score_all(np.array([3, 3, 0]), ITEMS), (first @ between @ last)[[3, 3, 0], :-1])
    found = scores.predict(np.array([USERS, 2]), np.array([0, ITEMS]))
    np.testing.assert_allclose(found, (first @ between @ last)[[USERS, 2], [0, ITEMS]])
    assert scores.reads_histories


def test_a_history_is_1_where_a_user_has_an_item_and_the_spare_user_has_none() -> None:
    owned = history_matrix(np.array([2, 0, 2]), np.array([1, 1, 0]), (3, 2))
    assert owned.toarray().tolist() == [[0, 1], [0, 0], [1, 1], [0, 0]]
