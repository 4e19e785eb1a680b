"""Tests of the popularity of recommended items."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.evaluation.popularity_bands import bands_by_popularity

POPULARITY = np.array([5, 0, 90, 1, 4])


def test_lists_of_the_most_popular_item_are_all_in_the_first_band() -> None:
    bands = bands_by_popularity(np.full((7, 1), 2), POPULARITY, bands=5)
    assert [(band.low, band.high, band.items) for band in bands] == [(n, n, 1) for n in (90, 5, 4, 1, 0)]
    assert [band.shown for band in bands] == [1, 0, 0, 0, 0]
    assert [band.rated for band in bands] == [0.9, 0.05, 0.04, 0.01, 0]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40), st.integers(1, 12), st.data())
def test_bands_hold_every_item_once_and_their_shares_sum_to_1(
    counts: list[int], bands: int, data: st.DataObject
) -> None:
    popularity = np.array(counts)
    ranked = data.draw(st.lists(st.integers(-1, len(counts) - 1), min_size=1))
    found = bands_by_popularity(np.array(ranked), popularity, bands)
    assert sum(band.items for band in found) == len(counts)
    assert max(band.items for band in found) - min(band.items for band in found) <= 1
    assert all(above.low >= below.high for above, below in pairwise(found))
    assert sum(band.rated for band in found) == pytest.approx(1 if any(counts) else 0)
    if max(ranked) >= 0:
        assert sum(band.shown for band in found) == pytest.approx(1)
    else:
        assert all(np.isnan(band.shown) for band in found)
