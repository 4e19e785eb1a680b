"""Histories: packed, in the order of time, and cut at moments."""

import numpy as np
import pandas as pd
import pytest

from recsys.data.histories import Histories
from recsys.data.ratings import Catalogue, Ratings


@pytest.fixture
def ratings():
    """Three people; the second did nothing, and the third has two ratings at one time."""
    return Ratings(
        users=np.array([0, 2, 0, 2, 0, 2], np.int32),
        items=np.array([3, 1, 0, 2, 1, 0], np.int32),
        values=np.array([5, 4, 1, 3, 4, 5], np.float32),
        timestamps=np.array([30, 7, 10, 5, 20, 7]),
        catalogue=Catalogue(pd.Index(["a", "b", "c"]), pd.Index(["w", "x", "y", "z"])),
        scale=(1.0, 5.0),
        name="three",
        positive_from=4,
    )


class TestHistories:
    """One row a person, the oldest entry first."""

    def test_rows_are_in_the_order_of_time_and_of_the_file(self, ratings):
        """Person c rated x before w: both at time 7, and x is first in the file."""
        histories = Histories.of(ratings)
        assert histories.lengths.tolist() == [3, 0, 3]
        assert histories.items.tolist() == [0, 1, 3, 2, 1, 0]
        assert histories.steps_ago.tolist() == [2, 1, 0, 2, 1, 0]

    def test_positives_have_weights(self, ratings):
        """A rating below `positive_from` weighs 0, and `positives` leaves it out."""
        assert Histories.of(ratings).weights.tolist() == [0, 1, 1, 0, 1, 1]
        assert Histories.of(ratings).positives.items.tolist() == [1, 3, 1, 0]

    def test_a_window_has_the_newest_items_last(self, ratings):
        """Shorter histories are padded on the left."""
        windows = Histories.of(ratings).newest(4, padding=9)
        assert windows.tolist() == [[9, 0, 1, 3], [9, 9, 9, 9], [9, 2, 1, 0]]
        assert Histories.of(ratings).newest(2, padding=9).tolist() == [[1, 3], [9, 9], [1, 0]]

    def test_moments_cut_histories(self, ratings):
        """The first entries of a row, as often as the row is asked for."""
        cut = Histories.of(ratings).before(np.array([2, 0, 2]), np.array([1, 0, 2]))
        assert cut.lengths.tolist() == [1, 0, 2]
        assert cut.items.tolist() == [2, 2, 1]

    def test_rows_are_taken_in_any_order(self, ratings):
        """A row may repeat."""
        taken = Histories.of(ratings).take(np.array([2, 1, 2]))
        assert taken.items.tolist() == [2, 1, 0, 2, 1, 0]
        assert taken.times.tolist() == [5, 7, 7, 5, 7, 7]


class TestOnce:
    """Each item is once in a row."""

    def test_at_its_last_place_with_its_last_value_and_the_sum_of_its_weights(self):
        """The first person did 4, 2, 4, 1, 2 and the second 4; equal items of different people are apart."""
        histories = Histories(
            np.array([0, 5, 6]),
            np.array([4, 2, 4, 1, 2, 4], np.int32),
            np.array([1, 2, 3, 4, 5, 6], np.float32),
            np.array([1, 0, 2, 1, 4, 8], np.float32),
            None,
        )
        once = histories.once
        assert once.starts.tolist() == [0, 3, 4]
        assert once.items.tolist() == [4, 1, 2, 4]
        assert once.values.tolist() == [3, 4, 5, 6]
        assert once.weights.tolist() == [3, 1, 4, 8]

    def test_histories_without_repeats_stay_as_they_are(self, ratings):
        """Also empty ones."""
        histories = Histories.of(ratings)
        assert histories.once.items.tolist() == histories.items.tolist()
        assert len(histories.keep(np.zeros(6, bool)).once.items) == 0
