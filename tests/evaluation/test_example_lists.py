"""Tests of example lists: the selected users, and the content of their lists."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from evaluation_samples import make_ratings

from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.example_lists import sampled_lists

BASE = make_ratings(2, 5, 1)
CATALOGUE = Catalogue(pd.Index(["ann", "bob", "cat", "dan"]), pd.RangeIndex(5), np.array(list("ABCDE")))


def table(*rows: tuple[int, int, float]) -> Ratings:
    """Ratings (user, item, value), the later the further down."""
    users, items, values = (np.array(column) for column in zip(*rows, strict=True))
    return replace(
        BASE,
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        values=values.astype(np.float32),
        timestamps=np.arange(len(rows)),
        catalogue=CATALOGUE,
    )


TRAIN = table((0, 0, 4), (0, 1, 5), (0, 2, 4), (0, 3, 1), (1, 4, 5), (1, 2, 4), (2, 0, 4), (3, 1, 2))
USERS = np.array([0, 1, 2])
RANKED = np.array([[4, 3], [0, 1], [3, -1]])
HITS = np.array([[False, True], [True, False], [False, False]])


def test_three_users_from_the_least_active_to_the_most() -> None:
    examples = sampled_lists(USERS, RANKED, HITS, TRAIN)
    assert [(example.user, example.positives) for example in examples] == [("cat", 1), ("bob", 2), ("ann", 3)]


def test_a_list_is_of_titles_with_its_hits_and_ends_where_it_is_short() -> None:
    cat, bob, ann = sampled_lists(USERS, RANKED, HITS, TRAIN)
    assert ann.shown == [("E", False), ("D", True)]
    assert bob.shown == [("A", True), ("B", False)]
    assert cat.shown == [("D", False)]


def test_what_a_user_liked_is_the_highest_rated_first_and_of_equals_the_latest() -> None:
    *_, ann = sampled_lists(USERS, np.zeros((3, 3), int), np.zeros((3, 3), bool), TRAIN)
    assert ann.known == ["B", "C", "A"]


def test_of_implicit_data_everything_is_liked_and_ids_stand_for_titles() -> None:
    train = replace(TRAIN, implicit=True, catalogue=replace(CATALOGUE, titles=None))
    *_, ann = sampled_lists(USERS, np.zeros((3, 9), int), np.zeros((3, 9), bool), train)
    assert ann.known == ["1", "2", "0", "3"]


def test_fewer_users_than_three_are_shown_once_each_and_none_none() -> None:
    assert [example.user for example in sampled_lists(USERS[:1], RANKED[:1], HITS[:1], TRAIN)] == ["ann"]
    assert sampled_lists(USERS[:0], RANKED[:0], HITS[:0], TRAIN) == []
