"""Tests of predictive distributions against sampled ratings, in lists, in requests, and for people with a history."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from predictive_samples import (
    MEAN,
    POSTERIOR,
    SHAPE,
    STARS,
    filled,
    model_of,
    ordered_model_of,
    ordered_states,
    sampled,
    sampled_stars,
    states,
)
from scipy.stats import norm
from serving_samples import ITEMS, POINT, USERS

from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.evaluation.fallback import Fallback
from recsys.models.bayesian_mf.fold_in import DrawsFoldIn
from recsys.models.model import build_model
from recsys.models.settings import ModelSettings
from recsys.posterior.ordinal import expected_rating
from recsys.posterior.state import ChainState, SideState
from recsys.serving.answers import answers
from recsys.serving.ask import Ask, By, History
from recsys.serving.everybody import lists_of_all
from recsys.serving.feedback import feedback_of
from recsys.serving.package import load_package, save_package
from recsys.serving.predictive import predictive_of_pairs
from recsys.serving.reading import reader_of
from recsys.serving.recommender import Recommender, known_items
from recsys.serving.scorer import Scorer
from recsys.serving.user_history import UserHistory

ONE, TWO = states(1), states(2)
CODES = np.array([0, 3, 5, 11], np.int32), np.array([4, 0, 19, 7], np.int32)


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    """An ensemble of two posteriors."""
    return Scorer([model_of(ONE), model_of(TWO)], [0.7, 0.3], (1.0, 5.0), points=[POSTERIOR, POSTERIOR])


@pytest.fixture(scope="module")
def sure(scorer: Scorer, served_ratings: Ratings) -> Recommender:
    return Recommender(
        scorer,
        served_ratings.catalogue,
        known_items(served_ratings),
        feedback_of(served_ratings),
        Fallback.of(served_ratings),
    )


def mixed() -> np.ndarray:
    """Ratings by seven parts of the one posterior and three of the other."""
    return np.concatenate([sampled(ONE, *CODES, 70_000), sampled(TWO, *CODES, 30_000)])


class TestABelief:
    def test_has_the_deviation_and_the_interval_of_the_mixture_of_all_draws(self, scorer: Scorer) -> None:
        predictive = predictive_of_pairs(scorer, *CODES)
        assert predictive is not None
        ratings, finished = mixed(), predictive.uncertainty()
        np.testing.assert_allclose(finished["deviation"], ratings.std(axis=0), rtol=0.02)
        np.testing.assert_allclose(finished["low"], np.quantile(ratings, 0.05, axis=0), atol=0.05)
        np.testing.assert_allclose(finished["high"], np.quantile(ratings, 0.95, axis=0), atol=0.05)

    def test_gives_each_star_the_chance_of_what_would_be_rounded_to_it(self, scorer: Scorer) -> None:
        predictive = predictive_of_pairs(scorer, *CODES)
        assert predictive is not None
        rounded = np.floor(mixed() + 0.5)
        for place, chances in enumerate(predictive.stars()):
            assert sum(chances.values()) == pytest.approx(1)
            expected = [np.mean(rounded[:, place] == star) for star in STARS]
            assert [chances[f"{star:g}"] for star in STARS] == pytest.approx(expected, abs=0.01)

    def test_of_which_one_draw_is_what_that_draw_predicts(self, scorer: Scorer) -> None:
        predictive = predictive_of_pairs(scorer, *CODES)
        assert predictive is not None
        every = np.stack([MEAN + state.predict(*CODES) for state in [*ONE, *TWO]])
        for seed in range(8):
            drawn = predictive.one_draw(seed)
            assert np.abs(every - drawn).max(axis=1).min() < 1e-5
            np.testing.assert_array_equal(drawn, predictive.one_draw(seed))
        assert len({predictive.one_draw(seed)[0] for seed in range(40)}) > 6

    def test_is_none_where_a_model_is_no_posterior(self, scorer: Scorer) -> None:
        point = build_model(ModelSettings(kind="mf"), SHAPE, POINT, 5)
        together = replace(scorer, models=[*scorer.models[:1], point])
        assert (scorer.draws, together.draws) == (12, 0)
        assert predictive_of_pairs(together, *CODES) is None

    def test_without_a_scale_is_of_the_whole_line(self, scorer: Scorer) -> None:
        predictive = predictive_of_pairs(replace(scorer, clip=None, models=scorer.models[:1], shares=[1.0]), *CODES)
        assert predictive is not None
        means = np.stack([MEAN + state.predict(*CODES) for state in ONE])
        variance = means.var(axis=0) + np.mean([1 / state.noise for state in ONE])
        np.testing.assert_allclose(predictive.uncertainty()["deviation"], np.sqrt(variance), rtol=1e-4)


class TestStarsThatAreOnlyOrdered:
    @pytest.fixture(scope="class")
    def ordered(self) -> Scorer:
        return Scorer([ordered_model_of(ordered_states(1))], [1.0], (1.0, 5.0), points=[POSTERIOR])

    def test_are_predicted_by_the_mean_of_their_distribution(self, ordered: Scorer) -> None:
        stars = sampled_stars(ordered_states(1), *CODES)
        np.testing.assert_allclose(ordered.predict(*CODES), stars.mean(axis=0), atol=0.03)
        whole = ordered.score_all(CODES[0], len(ITEMS))
        np.testing.assert_allclose(whole[range(4), CODES[1]], ordered.predict(*CODES), atol=1e-5)

    def test_have_their_chances_and_deviation_and_an_interval_within_half_a_star(self, ordered: Scorer) -> None:
        predictive, stars = predictive_of_pairs(ordered, *CODES), sampled_stars(ordered_states(1), *CODES)
        assert predictive is not None
        finished = predictive.uncertainty()
        np.testing.assert_allclose(finished["deviation"], stars.std(axis=0), rtol=0.03)
        for chance, name in ((0.05, "low"), (0.95, "high")):
            assert np.all(np.abs(finished[name] - np.quantile(stars, chance, axis=0)) <= 0.5 + 1e-9)
        for place, chances in enumerate(predictive.stars()):
            expected_ = [np.mean(stars[:, place] == star) for star in STARS]
            assert [chances[f"{star:g}"] for star in STARS] == pytest.approx(expected_, abs=0.012)

    def test_have_cells_of_these_chances(self, ordered: Scorer) -> None:
        predictive = predictive_of_pairs(ordered, *CODES)
        assert predictive is not None
        for star in STARS:
            lower, upper = ordered.cells(*CODES, np.full(4, star))
            chances = [each[f"{star:g}"] for each in predictive.stars()]
            np.testing.assert_allclose(upper - lower, chances, atol=1e-5)

    def test_are_mixed_with_those_of_other_posteriors(self, ordered: Scorer, scorer: Scorer) -> None:
        both = Scorer([ordered.models[0], scorer.models[1]], [0.5, 0.5], (1.0, 5.0))
        predictive = predictive_of_pairs(both, *CODES)
        assert predictive is not None
        mixed_ = np.concatenate([sampled_stars(ordered_states(1), *CODES), sampled(TWO, *CODES, 40_000)])
        np.testing.assert_allclose(predictive.uncertainty()["deviation"], mixed_.std(axis=0), rtol=0.03)


class TestLists:
    def test_say_how_sure_each_rating_is(self, sure: Recommender) -> None:
        top = sure.recommend(USERS[0], 3)
        rated = sure.rate([USERS[0]] * 3, [each.item for each in top.items])
        for each, row in zip(top.items, rated.to_dict("records"), strict=True):
            assert {
                "rating": each.rating,
                "deviation": each.deviation,
                "low": each.low,
                "high": each.high,
            } == pytest.approx({name: value for name, value in row.items() if name != "fallback"}, abs=1e-5)
            assert not row["fallback"]
            assert 1 <= row["low"] < row["rating"] < row["high"] <= 5

    @pytest.mark.parametrize("by", ["lower", "draw"])
    def test_are_ranked_by_what_was_asked_for(self, sure: Recommender, scorer: Scorer, by: By) -> None:
        (top,) = sure.recommend_each([Ask(USERS[0], n=30, by=by, seed=4 if by == "draw" else None)])
        items = np.array([ITEMS.index(each.item) for each in top.items], np.int32)
        predictive = predictive_of_pairs(scorer, np.zeros(len(items), np.int32), items)
        assert predictive is not None
        ranked = predictive.lower_bounds() if by == "lower" else predictive.one_draw(4)
        assert np.all(np.diff(ranked) < 1e-6)
        assert [each.item for each in top.items] != [each.item for each in sure.recommend(USERS[0], 30).items]

    def test_of_everybody_are_those_of_each(self, sure: Recommender) -> None:
        for frame in lists_of_all(sure, 2, by="draw", seed=1):
            for user, own in frame.groupby("user"):
                (one,) = sure.recommend_each([Ask(user, n=2, by="draw", seed=1)])
                assert own["item"].tolist() == [each.item for each in one.items]
                assert own["low"].tolist() == pytest.approx([each.low for each in one.items])

    def test_by_draws_are_refused_where_there_are_none(self, recommender: Recommender) -> None:
        for ask in (Ask(USERS[0], by="lower"), Ask(USERS[0], by="draw"), Ask("nobody", by="lower")):
            with pytest.raises(InputError, match=rf"by = '{ask.by}': the champion does not know how sure it is"):
                next(recommender.recommend_each([ask]))
        with pytest.raises(InputError, match="stars: the champion does not know"):
            answers(recommender, [Ask(USERS[0], stars=True)])
        assert "low" not in answers(recommender, [Ask(USERS[0], n=1)])[0]

    def test_come_back_from_a_saved_model(self, sure: Recommender, tmp_path: Path) -> None:
        save_package(sure, tmp_path / "package")
        rows = reader_of(sure).asks(
            [
                {"user": USERS[0], "n": 2, "by": "draw", "seed": 3, "stars": True},
                {"user": USERS[1], "item": ITEMS[0], "stars": True},
                {"user": USERS[1], "item": 7},
                {"history": ITEMS[:4], "ratings": [5, 1, 4, 2], "n": 1, "by": "lower"},
                {"history": ITEMS[:4], "item": ITEMS[5]},
            ]
        )
        expected, given = answers(sure, rows), answers(load_package(tmp_path / "package"), rows)
        assert [sorted(row) for row in given] == [sorted(row) for row in expected]
        for row, other in zip(expected, given, strict=True):
            for name in ("rating", "deviation", "low", "high", "stars"):
                assert row.get(name) == (None if other.get(name) is None else pytest.approx(other[name], abs=1e-5))
        assert [row["low"] is None for row in given] == [False, False, False, True, False, False]


class TestRows:
    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ({"by": "upper"}, "by = 'upper': expected mean, lower or draw"),
            ({"by": "lower", "item": 10}, "by = 'lower' ranks a list, and the row asks for an item"),
            ({"seed": 1}, "seed: it chooses the draw that a list is ranked by, and by is not 'draw'"),
            ({"by": "draw", "seed": -1}, "seed = -1: expected a whole number of at least 0"),
            ({"stars": 2}, "stars = 2: expected true or false"),
        ],
    )
    def test_that_ask_for_what_cannot_be_are_refused(self, recommender: Recommender, row: dict, message: str) -> None:
        with pytest.raises(InputError) as caught:
            reader_of(recommender).ask({"user": USERS[0], **row})
        assert str(caught.value) == message

    def test_of_a_csv_say_the_same_in_text(self, recommender: Recommender) -> None:
        ask = reader_of(recommender).ask
        assert ask({"user": "u00", "by": "draw", "seed": "3", "stars": "True"}) == ask(
            {"user": "u00", "by": "draw", "seed": 3, "stars": True}
        )


class TestSomebodyWithAHistory:
    @pytest.mark.parametrize("likelihood", ["normal", "ordinal"])
    def test_is_what_each_draw_says_of_somebody_from_among_its_users(self, likelihood: str) -> None:
        """Of 4,000 users and one history, weights by the chance of the history give the same answer."""
        rng, ordered = np.random.default_rng(0), likelihood == "ordinal"
        users = SideState(
            rng.multivariate_normal([0.3, -0.2, 0.1], np.diag([0.5, 0.3, 0.2]), 4000), np.zeros(3), np.eye(3)
        )
        cuts = np.array([-1.2, -0.5, 0.4, 1.1]) if ordered else None
        state = ChainState(users, ONE[0].items, 1.0 if ordered else 2.0, cuts=cuts)
        model = filled(
            [state] * 60, {**POSTERIOR, "kept_draws": 60, "likelihood": likelihood}, replace(SHAPE, users=4000)
        )
        history, values = np.array([2, 9, 14]), np.array([5.0, 2.0, 4.0])
        folded = DrawsFoldIn(model, len(ITEMS))
        scores = folded.scores(UserHistory(history.astype(np.int32), values, np.ones(3)))
        turned = folded.scores(UserHistory(history[::-1].astype(np.int32), values[::-1], np.ones(3)))
        assert turned.tolist() == scores.tolist()  # the order of a history says nothing
        everybody = np.array([state.predict(np.full(20, u), np.arange(20)) for u in range(4000)])
        if cuts is None:
            everybody += MEAN
            weights = np.exp(-0.5 * state.noise * np.sum((everybody[:, history] - values) ** 2, axis=1))
        else:
            ends = np.pad(cuts, 1, constant_values=(-np.inf, np.inf))
            behind = everybody[:, history]
            chances = (norm.cdf(ends[values.astype(int) - 1 + up] - behind) for up in (1, 0))
            weights = np.prod(np.subtract(*chances), axis=1)
            everybody = expected_rating(np.array(STARS), everybody, cuts)
        np.testing.assert_allclose(scores, weights @ everybody / weights.sum(), atol=0.25 if ordered else 0.1)

    def test_has_ratings_and_says_how_sure_they_are(self, sure: Recommender) -> None:
        liked, disliked = (History(ITEMS[:8], [value] * 8) for value in (5.0, 1.0))
        high, low = (sure.rate_person(history, ITEMS[12]) for history in (liked, disliked))
        assert list(high) == ["rating", "deviation", "low", "high", "fallback"]
        assert float(high["rating"][0]) > float(low["rating"][0])
