"""What holds for every baseline that ranks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from evaluation_samples import make_ratings

from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.popularity import Popularity
from recsys.evaluation.baselines.table import BASELINES, RANKING

RATINGS = make_ratings(30, 25, 300).with_positives_from(4)
EVERYONE = np.arange(31)


def test_popularity_counts_the_people_an_item_is_positive_for() -> None:
    liked = RATINGS.values >= 4
    counts = [int((liked & (RATINGS.items == item)).sum()) for item in range(25)]
    assert Popularity().fit(RATINGS).score_all(EVERYONE, 25).tolist() == [counts] * 31


@pytest.mark.parametrize("kind", RANKING, ids=lambda kind: kind.name)
class TestEveryRanker:
    def test_it_learns_from_positives_alone(self, kind: type[Baseline]) -> None:
        positives = RATINGS.take(RATINGS.values >= 4)
        whole, part = (kind().fit(each).score_all(EVERYONE, 25) for each in (RATINGS, positives))
        np.testing.assert_array_equal(whole, part)

    def test_an_event_counts_once_whatever_its_weight(self, kind: type[Baseline]) -> None:
        plays = replace(RATINGS, implicit=True, positive_from=None)
        once = replace(plays, values=np.ones_like(plays.values))
        of_plays, of_once = (kind().fit(each).score_all(EVERYONE, 25) for each in (plays, once))
        np.testing.assert_array_equal(of_plays, of_once)

    def test_people_and_items_without_a_positive_are_no_obstacle(self, kind: type[Baseline]) -> None:
        few = RATINGS.take((RATINGS.users != 3) & (RATINGS.items != 5))
        scores = kind().fit(few).score_all(EVERYONE, 25)
        assert np.isfinite(scores).all()
        assert (scores[:, 5] == 0).all()

    def test_it_fits_also_where_nothing_is_positive(self, kind: type[Baseline]) -> None:
        nothing = RATINGS.take(RATINGS.values < 4)
        assert (kind().fit(nothing).score_all(EVERYONE, 25) == 0).all()

    def test_the_same_ratings_give_the_same_scores(self, kind: type[Baseline]) -> None:
        first, second = (kind().fit(RATINGS).predict(RATINGS.users, RATINGS.items) for _ in range(2))
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("kind", BASELINES.values(), ids=lambda kind: kind.name)
class TestEveryBaseline:
    def test_its_settings_make_it_again(self, kind: type[Baseline]) -> None:
        assert all(kind(**each.settings) == each for each in (*kind.starts(), *kind().near()))

    def test_a_search_begins_with_the_defaults_and_never_stands_still(self, kind: type[Baseline]) -> None:
        assert kind.starts()[0] == kind()
        assert kind() not in kind().near()
