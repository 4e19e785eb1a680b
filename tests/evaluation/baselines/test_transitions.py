"""Tests of transitions against counts in plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from ordered_samples import ITEMS, USERS, events, history_of, timed

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.transitions import Transitions

RATINGS = timed()


def counted(ratings: Ratings, histories: list[list[int]], power: float) -> np.ndarray:
    """c_ij / n_i ** power, (I, I)."""
    items = ratings.catalogue.items
    found, counts = np.zeros((items, items)), np.zeros(items)
    for history in histories:
        for place, item in enumerate(history):
            counts[item] += 1
            for distance in (1, 2, 3):
                if place + distance < len(history):
                    found[item, history[place + distance]] += 1 / distance
    for item in np.flatnonzero(counts):
        found[item] /= counts[item] ** power
    return found


def scored(histories: list[list[int]], rates: np.ndarray, half_life: float) -> np.ndarray:
    scores = np.zeros((len(histories), len(rates)))
    for row, history in enumerate(histories):
        for steps_ago, item in enumerate(reversed(history)):
            scores[row] += 0.5 ** (steps_ago / half_life) * rates[item]
    return scores


@pytest.mark.parametrize("power", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("half_life", [1.0, 8.0])
def test_items_that_follow_within_three_places_count_by_their_distance(power: float, half_life: float) -> None:
    histories = [history_of(RATINGS, user) for user in range(USERS)]
    fitted = Transitions(count_power=power, history_half_life=half_life).fit(RATINGS)
    expected = scored(histories, counted(RATINGS, histories, power), half_life)
    np.testing.assert_allclose(fitted.score_all(np.arange(USERS), ITEMS), expected, rtol=1e-4, atol=1e-6)


def test_what_is_played_again_follows_itself_and_counts_each_time() -> None:
    plays = events([(0, 1, 1), (0, 1, 2), (0, 2, 3), (0, 1, 4), (1, 2, 1), (1, 0, 9)], 4)
    histories = [[1, 1, 2, 1], [2, 0]]
    expected = scored(histories, counted(plays, histories, 1.0), 2.0)
    found = Transitions(history_half_life=2.0).fit(plays).score_all(np.arange(2), 4)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_low_rating_that_counts_is_a_place_of_the_history_with_its_weight() -> None:
    """Items 0, 1 and 2 in this order, of which the second is not liked."""
    three = Ratings(
        users=np.zeros(3, np.int32),
        items=np.arange(3, dtype=np.int32),
        values=np.array([5, 1, 5], np.float32),
        timestamps=np.arange(3),
        catalogue=RATINGS.catalogue,
        scale=(1.0, 5.0),
        name="three",
        positive_from=3.0,
    )
    right = Transitions(count_power=0.0, seen_weight=0.5).learn(three).right.toarray()
    assert right[:3, :3].tolist() == [[0, 0.5, 0.5], [0, 0, 0.5], [0, 0, 0]]
    assert Transitions(count_power=0.0).learn(three).right.toarray()[0, :3].tolist() == [0, 0, 1]
