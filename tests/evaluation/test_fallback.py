"""Tests of the fallback to popular items, and of the order of equal scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from evaluation_samples import make_ratings
from hypothesis import given
from hypothesis import strategies as st

from recsys.data.ratings import Ratings
from recsys.evaluation.fallback import Fallback, rank_top_k
from recsys.evaluation.ranking import evaluate_ranking

seeds = st.integers(0, 2**20)
USERS, ITEMS = 8, 12


def some_ratings(seed: int = 0) -> Ratings:
    """Of the first six users alone; the fifth likes nothing."""
    ratings = replace(make_ratings(USERS, ITEMS, 60, seed), positive_from=4.0)
    low = replace(ratings, values=np.where(ratings.users == 4, 2, ratings.values).astype(np.float32))
    return low.take(low.users < 6)


class TestRankTopK:
    @given(seeds, st.integers(1, 14), st.integers(1, 4))
    def test_it_sorts_by_score_then_order_without_what_is_hidden(self, seed: int, k: int, levels: int) -> None:
        random = np.random.default_rng(seed)
        scores = random.integers(0, levels, (2, 5, 12)).astype(np.float32)  # full of ties
        hidden, order = random.random((5, 12)) < 0.3, random.permutation(12)
        place = np.argsort(order)
        ranked = rank_top_k(scores, hidden, k, order)
        for member in range(2):
            for user in range(5):
                left = np.flatnonzero(~hidden[user]).tolist()
                best = sorted(left, key=lambda item: (-scores[member, user, item], place[item]))[:k]
                assert ranked[member, user].tolist() == best + [-1] * (k - len(best))

    def test_one_model_needs_no_member_axis(self) -> None:
        ranked = rank_top_k(np.array([[1.0, 3.0, 2.0]]), np.zeros((1, 3), bool), 2, np.arange(3))
        assert ranked.tolist() == [[1, 2]]

    def test_items_without_a_number_are_not_ranked(self) -> None:
        scores = np.array([[np.nan, 3.0, -np.inf]])
        assert rank_top_k(scores, np.zeros((1, 3), bool), 3, np.arange(3)).tolist() == [[1, -1, -1]]

    def test_the_scores_are_not_touched(self) -> None:
        scores = np.array([[1.0, np.nan, 2.0]])
        rank_top_k(scores, np.ones((1, 3), bool), 2, np.arange(3))
        np.testing.assert_array_equal(scores, [[1.0, np.nan, 2.0]])


class TestFallback:
    def test_a_user_without_a_rating_is_cold_to_everybody(self) -> None:
        fallback = Fallback.of(some_ratings())
        assert fallback.cold(rates=True).tolist() == [False] * 6 + [True] * 2

    def test_a_user_without_a_positive_is_cold_to_what_ranks(self) -> None:
        fallback = Fallback.of(some_ratings())
        assert fallback.cold(rates=False)[[4, 6, 7]].all()
        assert not fallback.cold(rates=True)[4]

    @given(seeds)
    def test_the_more_popular_item_comes_first(self, seed: int) -> None:
        fallback = Fallback.of(some_ratings(seed))
        assert sorted(fallback.order.tolist()) == list(range(ITEMS))
        assert (np.diff(fallback.popularity[fallback.order]) <= 0).all()

    def test_equally_popular_items_are_in_neither_order_of_their_codes(self) -> None:
        nothing = np.zeros(100, np.int64)
        order = Fallback(np.ones(1, bool), np.ones(1, bool), nothing).order
        assert abs(np.corrcoef(order, np.arange(100))[0, 1]) < 0.3

    @given(seeds, st.integers(1, 14), st.sets(st.integers(0, ITEMS - 1)))
    def test_its_list_is_that_of_popularity_as_a_score(self, seed: int, k: int, hidden: set[int]) -> None:
        fallback, mask = Fallback.of(some_ratings(seed)), np.isin(np.arange(ITEMS), list(hidden))
        (expected,) = rank_top_k(fallback.popularity[None].astype(float), mask[None], k, fallback.order)
        assert fallback.popular(k, np.flatnonzero(mask)).tolist() == expected.tolist()

    @pytest.mark.parametrize("rates", [True, False])
    def test_a_cold_user_is_measured_by_the_popular_items_whatever_the_scores(self, *, rates: bool) -> None:
        train = some_ratings()
        held_out = make_ratings(USERS, ITEMS, 90, 1)
        random = np.random.default_rng(2)
        one, other = random.random((2, 1, USERS, ITEMS))
        ranked = [
            evaluate_ranking(lambda users, each=each: each[:, users], train, held_out, 5, 4, rates=rates)
            for each in (one, other)
        ]
        cold = Fallback.of(train).cold(rates=rates)[ranked[0].users]
        first, second = (each.lists.ranked[0] for each in ranked)
        assert cold.sum() == (2 if rates else 3)
        assert (first[cold] == second[cold]).all()
        assert (first[~cold] != second[~cold]).any()
