"""Tests that a user of whom the features say something gets a list of a champion that reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from serving_samples import USERS

from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.serving.package import load_package, save_package
from recsys.serving.recommender import Recommender


class OfFeatures(LinearScores):
    """Scores that are said to come from features."""

    @property
    def reads_features(self) -> bool:
        return True


@pytest.fixture
def served(recommender: Recommender) -> Recommender:
    """A champion that was trained without the first two users, of whom the first is described."""
    users, items = recommender.catalogue.users, recommender.catalogue.items
    scorer = OfFeatures(np.ones((users + 1, 1)), np.arange(items + 1.0)[None])
    cold, described = np.arange(users) < 2, np.arange(users) == 0
    return replace(
        recommender,
        scorer=scorer,
        histories=None,
        fallback=replace(recommender.fallback, unrated=cold, unliked=cold, described=described),
    )


def test_who_is_described_gets_a_list_of_scores_and_others_the_popular_items(served: Recommender) -> None:
    assert [served.recommend(user).fallback for user in (*USERS[:3], "nobody")] == [False, True, False, True]
    own = served.recommend(USERS[0], 3, exclude=[])
    assert [each.value for each in own.items] == sorted((each.value for each in own.items), reverse=True)


def test_to_a_champion_that_reads_no_features_both_are_cold(served: Recommender) -> None:
    scorer = LinearScores(served.scorer.left, served.scorer.right)
    assert [replace(served, scorer=scorer).recommend(user).fallback for user in USERS[:3]] == [True, True, False]


def test_a_package_knows_who_is_described(served: Recommender, recommender: Recommender, tmp_path: Path) -> None:
    save_package(replace(served, scorer=recommender.scorer), tmp_path)
    described = load_package(tmp_path).fallback.described
    assert described is not None
    assert described.tolist() == served.fallback.described.tolist()
    save_package(recommender, tmp_path)
    assert load_package(tmp_path).fallback.described is None
