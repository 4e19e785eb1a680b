"""Tests of the half-life of a history: an entry weighs half as much after so many later ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ordered_samples import ITEMS, USERS, events, history_of, timed

from recsys.data.histories import Histories
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.biases import Biases
from recsys.evaluation.baselines.ease import EASE
from recsys.evaluation.baselines.favourite_category import FavouriteCategory
from recsys.evaluation.baselines.feature_knn import FeatureKNN
from recsys.evaluation.baselines.feature_linear import FeatureLinear
from recsys.evaluation.baselines.global_mean import GlobalMean
from recsys.evaluation.baselines.history_baseline import HistoryBaseline
from recsys.evaluation.baselines.ials import IALS
from recsys.evaluation.baselines.item_knn import ItemKNN
from recsys.evaluation.baselines.popularity import Popularity
from recsys.evaluation.baselines.table import FEATURE_BASELINES, FURTHER_BASELINES, RANKING_BASELINES, baselines_for
from recsys.evaluation.baselines.transitions import Transitions
from recsys.evaluation.metrics.table import metric_of

RATINGS = timed()
EVERYONE = np.arange(USERS)
KNOWING: tuple[type[HistoryBaseline], ...] = (FavouriteCategory, FeatureKNN, FeatureLinear)
FURTHER = tuple(each for each in FURTHER_BASELINES if issubclass(each, HistoryBaseline))
OF_LISTS = (*RANKING_BASELINES, *FURTHER)
WEIGHERS = (ItemKNN, EASE, IALS, Transitions, *KNOWING, *FURTHER)
LISTENS = events([(0, 1, 10), (0, 2, 20), (0, 1, 30), (0, 3, 40), (1, 2, 5), (1, 2, 6), (1, 0, 7)], 4)


def names(kinds: tuple[type[Baseline], ...]) -> dict[str, object]:
    return {"argvalues": kinds, "ids": [kind.name for kind in kinds]}


def weighed(half_life: float) -> np.ndarray:
    """Σ over each history of 0.5 ** (later positives / half_life), (U, I)."""
    found = np.zeros((USERS, ITEMS))
    for user in range(USERS):
        history = history_of(RATINGS, user)
        for place, item in enumerate(history):
            found[user, item] = 0.5 ** ((len(history) - 1 - place) / half_life)
    return found


@pytest.mark.parametrize("half_life", [0.5, 3.0])
@pytest.mark.parametrize("kind", [EASE, ItemKNN])
def test_only_the_history_is_weighed_and_what_is_multiplied_with_it_stays(
    kind: type[HistoryBaseline], half_life: float
) -> None:
    plain = kind().fit(RATINGS)
    right = plain.right if isinstance(plain.right, np.ndarray) else plain.right.toarray()
    scores = kind(history_half_life=half_life).fit(RATINGS).score_all(EVERYONE, ITEMS)
    np.testing.assert_allclose(scores, weighed(half_life) @ right[:, :ITEMS], atol=1e-5)


def test_factors_are_the_ridge_regression_on_the_weighed_history() -> None:
    fitted = IALS(0.2, 0.05, history_half_life=2.0, factors=4).fit(RATINGS)
    items = fitted.right[:, :ITEMS].T.astype(float)
    for user, owned in enumerate(weighed(2.0)):
        ridge = 0.05 * (owned.sum() + 0.2 * ITEMS)
        normal = items.T @ np.diag(0.2 + owned) @ items + ridge * np.eye(4)
        np.testing.assert_allclose(fitted.left[user], np.linalg.solve(normal, items.T @ owned), atol=1e-5)


@pytest.mark.parametrize("kind", **names((ItemKNN, EASE, IALS, *KNOWING, *FURTHER)))
def test_without_a_half_life_the_order_does_not_matter(kind: type[HistoryBaseline]) -> None:
    timeless = replace(RATINGS, timestamps=None, ordered=False)
    one, other = (kind().fit(each).score_all(EVERYONE, ITEMS) for each in (RATINGS, timeless))
    np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", **names(WEIGHERS))
def test_one_fit_serves_all_half_lives(kind: type[HistoryBaseline]) -> None:
    fitted = kind(history_half_life=7.0).fit(RATINGS)
    for half_life in (0.5, 7.0, np.inf):
        other = kind(history_half_life=half_life)
        assert other.fit_alone == kind()
        expected = other.fit(RATINGS).score_all(EVERYONE, ITEMS)
        np.testing.assert_array_equal(other.adapt(fitted, RATINGS).score_all(EVERYONE, ITEMS), expected)


def test_what_is_played_again_counts_once_at_its_last_place() -> None:
    """User 0 played 1, 2, 1, 3, and user 1 played 2, 2, 0."""
    weights = EASE(history_half_life=1.0).fit(LISTENS).left.toarray()
    assert weights.tolist() == [[0, 0.5, 0.25, 1], [1, 0, 0.5, 0], [0, 0, 0, 0]]


class TestScoresOfHistories:
    @pytest.mark.parametrize("half_life", [0.5, np.inf])
    @pytest.mark.parametrize("kind", **names(OF_LISTS))
    def test_the_history_of_a_user_gives_the_scores_of_the_user(self, kind: type[Baseline], half_life: float) -> None:
        settings = {"history_half_life": half_life} if issubclass(kind, HistoryBaseline) else {}
        for ratings in (RATINGS, LISTENS):
            fitted, users = kind(**settings).fit(ratings), np.arange(ratings.catalogue.users)
            expected = fitted.score_all(users, ratings.catalogue.items)
            found = fitted.score_histories(Histories.of(ratings), ratings.catalogue.items)
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)

    @pytest.mark.parametrize("kind", **names(OF_LISTS))
    def test_a_history_is_scored_without_regard_to_others(self, kind: type[Baseline]) -> None:
        fitted, histories = kind().fit(RATINGS), Histories.of(RATINGS)
        together = fitted.score_histories(histories, ITEMS)
        for user in (0, 7, 29):
            alone = fitted.score_histories(histories.take(np.array([user])), ITEMS)
            np.testing.assert_allclose(alone[0], together[user], rtol=1e-5, atol=1e-6)

    @pytest.mark.parametrize("kind", **names((Popularity, GlobalMean, Biases)))
    def test_where_a_history_says_nothing_everybody_is_an_unknown_user(self, kind: type[Baseline]) -> None:
        fitted = kind().fit(RATINGS)
        found = fitted.score_histories(Histories.of(RATINGS).take(np.array([4, 2])), ITEMS)
        assert found.tolist() == fitted.score_all(np.array([USERS, USERS]), ITEMS).tolist()

    @pytest.mark.parametrize("kind", **names(OF_LISTS))
    def test_somebody_without_a_history_is_an_unknown_user(self, kind: type[Baseline]) -> None:
        fitted = kind().fit(RATINGS)
        nothing = Histories.of(RATINGS).before(np.array([3]), np.array([0]))
        assert fitted.score_histories(nothing, ITEMS).tolist() == fitted.score_all(np.array([USERS]), ITEMS).tolist()


class TestWhereItIsSearched:
    @pytest.mark.parametrize("kind", **names(WEIGHERS))
    def test_only_in_splits_that_follow_time(self, kind: type[HistoryBaseline]) -> None:
        others = replace(RATINGS, ordered=False), replace(RATINGS, timestamps=None)
        assert "history_half_life" in kind.axes(RATINGS)
        assert not any("history_half_life" in kind.axes(each) for each in others)

    def test_transitions_judge_only_where_the_parts_follow_time_and_again_only_with_repeats(self) -> None:
        kinds = {"popularity", "item_knn", "ease", "ials", *(each.name for each in FEATURE_BASELINES)}
        expected = {
            (False, False): kinds,
            (True, False): kinds | {"transitions"},
            (False, True): kinds | {"again"},
            (True, True): kinds | {"transitions", "again"},
        }
        for (ordered, repeats), chosen in expected.items():
            ratings = replace(RATINGS, ordered=ordered, repeats=repeats)
            assert {each.name for each in baselines_for(metric_of("ndcg"), ratings)} == chosen
            assert {each.name for each in baselines_for(metric_of("rmse"), ratings)} == {"global_mean", "biases_only"}

    def test_settings_without_a_half_life_do_not_name_it(self) -> None:
        assert "history_half_life" not in EASE().settings
        assert EASE(history_half_life=4.0).settings["history_half_life"] == 4.0
