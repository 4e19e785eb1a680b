"""Tests of the predictions and lists of a champion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving_samples import ITEMS, USERS

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.fallback import Fallback
from recsys.serving.ask import History
from recsys.serving.everybody import lists_of_all
from recsys.serving.package import load_package, save_package
from recsys.serving.recommender import Recommender

users = st.sampled_from(USERS)


class TestTopN:
    @given(user=users, n=st.integers(1, 40), exclude=st.lists(st.sampled_from([*ITEMS, 999]), max_size=5))
    def test_it_holds_nothing_rated_and_nothing_excluded(
        self, recommender: Recommender, served_ratings: Ratings, user: str, n: int, exclude: list[int]
    ) -> None:
        code = USERS.index(user)
        rated = {ITEMS[item] for item in served_ratings.items[served_ratings.users == code]}
        top = recommender.recommend(user, n, exclude)
        given_items = [found.item for found in top.items]
        left = set(ITEMS) - rated - set(exclude)
        assert not top.fallback
        assert len(given_items) == min(n, len(left))
        assert set(given_items) <= left

    @given(user=users, exclude=st.lists(st.sampled_from(ITEMS), max_size=5))
    def test_where_repeats_are_asked_for_it_holds_all_but_what_is_excluded(
        self, recommender: Recommender, user: str, exclude: list[int]
    ) -> None:
        again = replace(recommender, feedback=replace(recommender.feedback, repeats=True))
        top = again.recommend(user, len(ITEMS), exclude)
        assert {found.item for found in top.items} == set(ITEMS) - set(exclude)

    def test_and_so_does_the_list_of_a_history(self, recommender: Recommender) -> None:
        again = replace(recommender, feedback=replace(recommender.feedback, repeats=True))
        for one, shown in ((recommender, set(ITEMS[3:])), (again, set(ITEMS))):
            top = one.recommend(None, len(ITEMS), history=History(ITEMS[:3]))
            assert {found.item for found in top.items} == shown

    @given(user=users)
    def test_it_is_in_the_order_of_the_scores(self, recommender: Recommender, user: str) -> None:
        top = recommender.recommend(user, 5)
        items = recommender.catalogue.item_ids.get_indexer([found.item for found in top.items])
        scores = recommender.scorer.predict(np.full(5, USERS.index(user)), items)
        assert np.all(np.diff(scores) <= 0)
        assert [found.value for found in top.items] == pytest.approx(np.clip(scores, 1, 5), abs=1e-6)

    def test_scores_beyond_the_scale_still_tell_items_apart(self, recommender: Recommender) -> None:
        """Clipped ratings tie at the top of the scale; what is ranked is not clipped."""
        high = replace(recommender.scorer, clip=(0.0, 0.5))
        top = replace(recommender, scorer=high).recommend(USERS[0], 5)
        assert [i.item for i in top.items] == [i.item for i in recommender.recommend(USERS[0], 5).items]

    def test_an_unknown_user_is_given_the_popular_items_marked_as_such(self, recommender: Recommender) -> None:
        top = recommender.recommend("nobody", 4)
        popular = recommender.fallback.popular(4)
        assert top.fallback
        assert [found.item for found in top.items] == [ITEMS[code] for code in popular]

    def test_a_user_whom_only_later_ratings_know_is_given_the_popular_items(
        self, recommender: Recommender, served_ratings: Ratings
    ) -> None:
        """As of a champion that was not trained again on the test part; what the user has rated stays out."""
        trained_on = served_ratings.take(served_ratings.users != 4)
        marked = replace(recommender, fallback=Fallback.of(trained_on))
        top = marked.recommend(USERS[4], 4)
        own = served_ratings.items[served_ratings.users == 4]
        assert top.fallback
        assert [found.item for found in top.items] == [ITEMS[code] for code in marked.fallback.popular(4, own)]
        assert marked.rate(USERS[4:6], ITEMS[:2])["fallback"].tolist() == [True, False]
        assert not recommender.recommend(USERS[4], 4).fallback

    def test_of_equal_scores_the_more_popular_item_comes_first(self, recommender: Recommender) -> None:
        flat = replace(recommender, scorer=LinearScores(np.zeros((13, 1)), np.zeros((1, len(ITEMS) + 1)), rates=True))
        own = flat.known.indices[flat.known.indptr[0] : flat.known.indptr[1]]
        popular = [ITEMS[code] for code in flat.fallback.popular(5, own)]
        assert [found.item for found in flat.recommend(USERS[0], 5).items] == popular

    def test_titles_and_ids_come_back_as_they_are_in_the_data(self, recommender: Recommender) -> None:
        best = recommender.recommend(USERS[0], 1).items[0]
        assert type(best.item) is int
        assert best.title == f"Film {best.item}"

    def test_everybody_at_once_is_everybody_one_by_one(self, recommender: Recommender) -> None:
        frame = pd.concat(lists_of_all(recommender, 3, chunk=5))
        for user in USERS:
            assert frame.loc[frame.user == user, "item"].tolist() == [
                found.item for found in recommender.recommend(user, 3).items
            ]


class TestRating:
    def test_pairs_are_rated_in_their_order_on_the_scale(self, recommender: Recommender) -> None:
        rated = recommender.rate(USERS, ITEMS[: len(USERS)])
        assert rated["rating"].between(1, 5).all()
        backwards = recommender.rate(USERS[::-1], ITEMS[: len(USERS)][::-1])
        assert rated["rating"].tolist()[::-1] == pytest.approx(backwards["rating"].tolist())

    def test_an_item_outside_the_catalogue_has_no_rating(self, recommender: Recommender) -> None:
        assert recommender.rate([USERS[0]] * 2, [ITEMS[0], 7])["rating"].isna().tolist() == [False, True]

    def test_an_unknown_user_is_rated_from_mean_and_biases(self, recommender: Recommender) -> None:
        rated = recommender.rate(["nobody"], [ITEMS[0]])
        assert rated["fallback"].all()
        assert np.isfinite(rated["rating"]).all()


def test_a_package_comes_back_as_it_was(recommender: Recommender, tmp_path: Path) -> None:
    save_package(recommender, tmp_path / "package")
    back = load_package(tmp_path / "package")
    for user in (*USERS, "nobody"):
        found, expected = back.recommend(user, 6), recommender.recommend(user, 6)
        ratings = [each.rating for each in expected.items]
        assert [each.rating for each in found.items] == pytest.approx(ratings, rel=1e-6)  # by factors, without Keras
        same = [replace(each, rating=rating) for each, rating in zip(found.items, ratings, strict=True)]
        assert replace(found, items=same) == replace(expected, items=list(expected.items))
