"""Tests of a person's own items again."""

from __future__ import annotations

import numpy as np
import pytest
from ordered_samples import events

from recsys.evaluation.baselines.again import Again
from recsys.evaluation.fallback import Fallback, rank_top_k

HISTORY = [2, 0, 2, 3, 0]
PLAYS = events([(0, item, time) for time, item in enumerate(HISTORY)] + [(1, 1, 0), (2, 1, 0), (2, 4, 1)], 6)


@pytest.mark.parametrize("half_life", [0.5, 2.0, np.inf])
def test_an_item_counts_each_time_and_less_the_longer_ago(half_life: float) -> None:
    expected = np.zeros(6)
    for place, item in enumerate(HISTORY):
        expected[item] += 0.5 ** ((len(HISTORY) - 1 - place) / half_life)
    found = Again(history_half_life=half_life).fit(PLAYS).score_all(np.arange(1), 6)
    np.testing.assert_allclose(found[0], expected, rtol=1e-6)


def test_after_the_own_items_come_the_popular_ones() -> None:
    """Item 1 was chosen by two others, item 4 by one, and item 5 by nobody."""
    scores = Again(history_half_life=1.0).fit(PLAYS).score_all(np.arange(1), 6)
    ranked = rank_top_k(scores, np.zeros((1, 6), bool), 6, Fallback.of(PLAYS).order)
    assert ranked[0].tolist() == [0, 3, 2, 1, 4, 5]
