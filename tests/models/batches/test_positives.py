"""Tests of choices, the training data of ranking losses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recsys.data.ratings import Ratings
from recsys.models.batches.positives import SEEN, positives_of
from recsys.models.plan import plan_of


@pytest.fixture
def stars(ratings: Ratings) -> Ratings:
    return replace(ratings, positive_from=4.0)


def pairs(table: Ratings) -> dict[tuple[int, int], float]:
    return dict(zip(zip(table.users.tolist(), table.items.tolist(), strict=True), table.values.tolist(), strict=True))


def test_ratings_from_the_threshold_on_weigh_1_and_the_others_are_left_out(stars: Ratings) -> None:
    assert pairs(positives_of(stars, seen=False)) == dict.fromkeys(pairs(stars.take(stars.values >= 4)), 1.0)


def test_where_they_are_to_speak_the_others_are_marked_as_seen(stars: Ratings) -> None:
    found = pairs(positives_of(stars, seen=True))
    assert found == {pair: 1.0 if value >= 4 else SEEN for pair, value in pairs(stars).items()}


def test_of_implicit_data_all_are_choices_with_their_weights(stars: Ratings) -> None:
    weights = np.random.default_rng(0).uniform(1, 5, len(stars)).astype(np.float32)
    events = replace(stars, values=weights, implicit=True, positive_from=None)
    for seen in (False, True):
        assert pairs(positives_of(events, seen=seen)) == pairs(events)


def test_without_a_threshold_every_rating_is_a_choice(ratings: Ratings) -> None:
    assert pairs(positives_of(ratings, seen=True)) == dict.fromkeys(pairs(ratings), 1.0)


@pytest.mark.parametrize(("weight", "seen"), [(0.0, False), (0.3, True)])
def test_a_seen_weight_of_0_is_as_without_the_other_ratings(weight: float, seen: bool) -> None:
    assert plan_of({"loss": "softmax", "seen_weight": weight}).seen is seen
    assert plan_of({"loss": "mean_squared_error", "seen_weight": weight}).seen is False
