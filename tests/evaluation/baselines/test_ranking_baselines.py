"""Tests of the properties that all ranking baselines share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from evaluation_samples import make_ratings
from item_features import with_item_features

from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.popularity import Popularity
from recsys.evaluation.baselines.ranking_baseline import RankingBaseline
from recsys.evaluation.baselines.table import BASELINES, FEATURE_BASELINES, FURTHER_BASELINES, RANKING_BASELINES

RATINGS = with_item_features(make_ratings(30, 25, 300).with_positives_from(4))
EVERYONE = np.arange(31)
OF_LISTS = (*RANKING_BASELINES, *FURTHER_BASELINES)


def test_popularity_counts_the_people_an_item_is_positive_for() -> None:
    liked = RATINGS.values >= 4
    counts = [int((liked & (RATINGS.items == item)).sum()) for item in range(25)]
    assert Popularity().fit(RATINGS).score_all(EVERYONE, 25).tolist() == [counts] * 31


@pytest.mark.parametrize("kind", OF_LISTS, ids=lambda kind: kind.name)
class TestEveryRanker:
    def test_by_default_it_learns_from_positives_alone(self, kind: type[RankingBaseline]) -> None:
        positives = RATINGS.take(RATINGS.values >= 4)
        whole, part = (kind().fit(each).score_all(EVERYONE, 25) for each in (RATINGS, positives))
        np.testing.assert_array_equal(whole, part)

    def test_a_low_rating_counts_as_much_as_an_event_of_its_weight(self, kind: type[RankingBaseline]) -> None:
        weights = np.where(RATINGS.values >= 4, 1, 0.3).astype(np.float32)
        events = replace(RATINGS, values=weights, implicit=True, positive_from=None)
        rated, done = kind(seen_weight=0.3).pairs(RATINGS), kind(weight_power=1.0).pairs(events)
        np.testing.assert_allclose(done.weights / done.weights.max(), rated.weights, rtol=1e-6)
        assert done.weights.mean() == pytest.approx(1)
        assert not np.array_equal(
            *(each.fit(RATINGS).score_all(EVERYONE, 25) for each in (kind(), kind(seen_weight=0.3)))
        )

    @pytest.mark.parametrize("power", [0.5, 1.0])
    def test_the_unit_of_the_weights_changes_nothing(self, kind: type[RankingBaseline], power: float) -> None:
        plays = replace(RATINGS, implicit=True, positive_from=None)
        hours = replace(plays, values=plays.values * 60)
        of_plays, of_hours = (kind(weight_power=power).fit(each).score_all(EVERYONE, 25) for each in (plays, hours))
        np.testing.assert_allclose(of_hours, of_plays, atol=2e-3 * np.abs(of_plays).max())

    def test_by_default_an_event_counts_once_whatever_its_weight(self, kind: type[RankingBaseline]) -> None:
        plays = replace(RATINGS, implicit=True, positive_from=None)
        once = replace(plays, values=np.ones_like(plays.values))
        of_plays, of_once = (kind().fit(each).score_all(EVERYONE, 25) for each in (plays, once))
        np.testing.assert_array_equal(of_plays, of_once)

    def test_people_and_items_without_a_positive_are_no_obstacle(self, kind: type[RankingBaseline]) -> None:
        few = RATINGS.take((RATINGS.users != 3) & (RATINGS.items != 5))
        scores = kind().fit(few).score_all(EVERYONE, 25)
        assert np.isfinite(scores).all()
        assert (scores[:, 5] == 0).all() == (kind not in FEATURE_BASELINES)

    def test_it_fits_also_where_nothing_is_positive(self, kind: type[RankingBaseline]) -> None:
        nothing = RATINGS.take(RATINGS.values < 4)
        assert (kind().fit(nothing).score_all(EVERYONE, 25) == 0).all()

    def test_the_same_ratings_give_the_same_scores(self, kind: type[RankingBaseline]) -> None:
        first, second = (kind().fit(RATINGS).predict(RATINGS.users, RATINGS.items) for _ in range(2))
        np.testing.assert_array_equal(first, second)


class TestWhatIsSearched:
    @pytest.mark.parametrize("kind", OF_LISTS, ids=lambda kind: kind.name)
    def test_what_low_ratings_and_weights_say_is_searched_where_there_are_any(
        self, kind: type[RankingBaseline]
    ) -> None:
        both = {"seen_weight", "weight_power"}
        plays = replace(RATINGS, implicit=True, positive_from=None)
        liked = RATINGS.take(RATINGS.values >= 4)
        once = replace(plays, values=np.ones_like(plays.values))
        found = [both & set(kind.axes(each)) for each in (RATINGS, plays, liked, once)]
        assert found == [{"seen_weight"}, {"weight_power"}, set(), set()]

    @pytest.mark.parametrize("kind", BASELINES.values(), ids=lambda kind: kind.name)
    def test_settings_make_a_baseline_again_and_those_that_are_searched_are_among_them(
        self, kind: type[Baseline]
    ) -> None:
        assert kind(**kind().settings) == kind()
        for name, axis in kind.axes(RATINGS).items():
            for place in (0, 0.4, 1):
                assert kind(**{name: axis.value_at(place)}).settings[name] == axis.value_at(place)
