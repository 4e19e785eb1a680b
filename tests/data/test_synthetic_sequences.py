"""Tests of synthetic events in an order that says what comes next."""

from __future__ import annotations

import numpy as np
import pytest

from recsys.data.histories import Histories
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings, SyntheticSettings
from recsys.data.synthetic import synthetic_sequences, taste_shares

DRAWN = SyntheticSettings(users=300, items=60, ratings=12_000, rank=5, persistence=0.8, popularity=0.5, seed=3)


@pytest.fixture(scope="module")
def events() -> Ratings:
    return synthetic_sequences(DataSettings(source="synthetic", feedback="implicit", synthetic=DRAWN))


def sequences(events: Ratings) -> Histories:
    """All events, also repeated ones."""
    rows = events.rows
    return Histories.of(rows)


class TestSequences:
    def test_there_are_as_many_events_as_asked_for(self, events: Ratings) -> None:
        assert len(events.rows) == DRAWN.ratings
        times = np.asarray(events.rows.timestamps)
        assert sorted(times.tolist()) == list(range(DRAWN.ratings))

    def test_the_taste_stays_as_often_as_its_persistence_says(self, events: Ratings) -> None:
        """A taste that is drawn anew is the same one time in K."""
        histories = sequences(events)
        tastes, follows = histories.items % DRAWN.rank, np.diff(histories.rows) == 0
        same = (tastes[1:] == tastes[:-1])[follows].mean()
        assert same == pytest.approx(DRAWN.persistence + (1 - DRAWN.persistence) / DRAWN.rank, abs=0.01)

    def test_items_of_a_taste_are_drawn_by_their_shares(self, events: Ratings) -> None:
        counts = np.bincount(events.rows.items, minlength=DRAWN.items)
        for shares in taste_shares(DRAWN):
            own = counts * (shares > 0)
            np.testing.assert_allclose(own / own.sum(), shares, atol=0.02)

    def test_the_settings_alone_decide(self, events: Ratings) -> None:
        again = synthetic_sequences(DataSettings(source="synthetic", feedback="implicit", synthetic=DRAWN))
        assert again.digest == events.digest
