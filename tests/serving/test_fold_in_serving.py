"""Tests that a person with only a history gets lists from every kind of champion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fold_in_samples import BASE, EVIDENCE, ITEMS, USERS, model_of
from item_features import with_item_features

from recsys.data.histories import Histories
from recsys.data.ratings import Catalogue, Ratings
from recsys.errors import InputError
from recsys.evaluation.baselines.ease import EASE
from recsys.evaluation.baselines.favourite_category import FavouriteCategory
from recsys.evaluation.baselines.feature_knn import FeatureKNN
from recsys.evaluation.baselines.feature_linear import FeatureLinear
from recsys.evaluation.baselines.ials import IALS
from recsys.evaluation.baselines.item_knn import ItemKNN
from recsys.evaluation.baselines.popularity import Popularity
from recsys.evaluation.baselines.transitions import Transitions
from recsys.evaluation.fallback import Fallback
from recsys.models.inputs import DataShape
from recsys.models.kinds import KINDS, kind_of_model
from recsys.models.model import build_model
from recsys.models.settings import ModelSettings
from recsys.serving.ask import History
from recsys.serving.feedback import Feedback, feedback_of
from recsys.serving.folding import folding
from recsys.serving.package import load_package, save_package
from recsys.serving.recommender import Recommender, known_items
from recsys.serving.scorer import Scorer
from recsys.serving.user_history import UserHistory, user_history_of

CATALOGUE = Catalogue(pd.Index(range(USERS)), pd.Index([f"i{n:02d}" for n in range(ITEMS)]))
KNOWING = (FavouriteCategory, FeatureKNN, FeatureLinear)


class TestEvidence:
    stars = Feedback(implicit=False, scale=(1.0, 5.0), positive_from=4.0)

    def test_of_an_items_ratings_the_last_counts_and_unknown_items_say_nothing(self) -> None:
        history = History(["i03", "i00", "x", "i03"], [1.0, 5.0, 5.0, 4.0])
        found = user_history_of(history, CATALOGUE, self.stars)
        assert (found.items.tolist(), found.values.tolist()) == ([0, 3], [5, 4])

    def test_items_keep_the_order_of_the_request_each_at_its_last_place(self) -> None:
        history = History(["i09", "i03", "i05", "i09", "i01"], [1.0, 2.0, 3.0, 4.0, 5.0])
        found = user_history_of(history, CATALOGUE, self.stars)
        assert (found.items.tolist(), found.values.tolist()) == ([3, 5, 9, 1], [2, 3, 4, 5])

    def test_what_was_rated_low_is_no_choice(self) -> None:
        found = user_history_of(History(["i00", "i01"], [5.0, 3.0]), CATALOGUE, self.stars)
        assert [each.tolist() for each in found.positives()] == [[0], [1]]
        assert [each.tolist() for each in found.positives(0.5)] == [[0, 1], [1, 0.5]]

    def test_without_ratings_all_is_liked(self) -> None:
        found = user_history_of(History(["i00", "i01"]), CATALOGUE, self.stars)
        assert (found.values.tolist(), found.weights.tolist()) == ([5, 5], [1, 1])

    @pytest.mark.parametrize(("scale", "expected"), [("linear", [4, 3]), ("log", np.log1p([4, 3])), ("one", [1, 1])])
    def test_weights_are_summed_and_scaled_as_the_datas(self, scale: Any, expected: Any) -> None:
        plays = Feedback(implicit=True, scale=(0.0, 9.0), weight_scale=scale)
        found = user_history_of(History(["i00", "i02", "i00"], [1.0, 4.0, 2.0]), CATALOGUE, plays)
        assert found.weights == pytest.approx(np.asarray(expected))

    def test_an_empty_history_says_nothing(self) -> None:
        assert len(user_history_of(History([]), CATALOGUE, self.stars).items) == 0


@pytest.fixture(scope="module")
def ratings() -> Ratings:
    random = np.random.default_rng(1)
    pairs = np.sort(random.choice(USERS * ITEMS, 70, replace=False))
    table = Ratings(
        users=(pairs // ITEMS).astype(np.int32),
        items=(pairs % ITEMS).astype(np.int32),
        values=random.integers(1, 6, len(pairs)).astype(np.float32),
        timestamps=None,
        catalogue=CATALOGUE,
        scale=(1.0, 5.0),
        name="films",
        positive_from=3.0,
    )
    return with_item_features(table)


def serving(scorer: Any, ratings: Ratings) -> Recommender:
    return Recommender(scorer, ratings.catalogue, known_items(ratings), feedback_of(ratings), Fallback.of(ratings))


class TestServing:
    @pytest.mark.parametrize("loss", ["mean_squared_error", "softmax"])
    def test_an_ensembles_person_is_the_mean_of_its_models_persons(self, loss: str, ratings: Ratings) -> None:
        points = [BASE | {"loss": loss}, BASE | {"loss": loss, "l2": 0.2}]
        models = [model_of("mf", points[0]), model_of("mlp", points[1])]
        scorer = Scorer(models, [0.3, 0.7], None, rates=loss != "softmax", points=points)
        alone = [kind_of_model(m).fold_in(m, p, ITEMS).scores(EVIDENCE) for m, p in zip(models, points, strict=True)]
        np.testing.assert_allclose(folding(scorer, ITEMS).scores(EVIDENCE), 0.3 * alone[0] + 0.7 * alone[1], rtol=1e-4)

    @pytest.mark.parametrize("kind", ["mf", "mlp"])
    @pytest.mark.parametrize("loss", ["mean_squared_error", "log_cosh", "softmax"])
    def test_to_a_model_without_an_order_the_order_of_a_history_says_nothing(self, kind: str, loss: str) -> None:
        point = BASE | {"loss": loss}
        model = model_of(kind, point)
        folded = kind_of_model(model).fold_in(model, point, ITEMS)
        order = np.array([2, 0, 3, 1])
        turned = UserHistory(EVIDENCE.items[order], EVIDENCE.values[order], EVIDENCE.weights[order])
        assert folded.scores(turned).tolist() == folded.scores(EVIDENCE).tolist()

    def test_a_list_holds_nothing_of_the_history_and_nothing_excluded(self, ratings: Ratings) -> None:
        point = BASE | {"loss": "softmax"}
        served = serving(Scorer([model_of("mf", point)], [1.0], None, rates=False, points=[point]), ratings)
        top = served.recommend(None, 99, ["i05"], History(["i00", "i03"]))
        assert not top.fallback
        assert {each.item for each in top.items} == set(CATALOGUE.item_ids) - {"i00", "i03", "i05"}
        assert [each.value for each in top.items] == sorted((each.value for each in top.items), reverse=True)

    def test_a_history_follows_what_is_stored_of_the_user(self, ratings: Ratings) -> None:
        """As if the person had come with all of it, in the order of time."""
        point = BASE | {"loss": "softmax"}
        served = serving(Scorer([model_of("mf", point)], [1.0], None, rates=False, points=[point]), ratings)
        served = replace(served, histories=Histories.of(ratings))
        stored = served.histories.take([3])
        ids = [CATALOGUE.item_ids[code] for code in stored.items]
        new = [item for item in CATALOGUE.item_ids if item not in ids][:2]
        values = [*stored.values.tolist(), 5.0, 5.0]
        user = CATALOGUE.user_ids[3]
        known = served.recommend(user, history=History(new, values[-2:]))
        unknown = served.recommend(None, history=History([*ids, *new], values))
        assert [each.item for each in known.items] == [each.item for each in unknown.items]
        assert not known.fallback

    def test_a_champion_that_reads_histories_knows_whoever_has_one(self, ratings: Ratings) -> None:
        """Also a user whose ratings are all later than those it was trained on."""
        point = KINDS["sequential_mf"].defaults(ranking=True) | {"embedding_size": 4, "history_length": 5}
        model = build_model(ModelSettings(kind="sequential_mf"), DataShape(USERS, ITEMS, 1.0), point, 1)
        scorer = Scorer([model], [1.0], None, rates=False, points=[point], histories=Histories.of(ratings))
        user = int(ratings.positives.users[0])
        earlier = Fallback.of(ratings.take(ratings.users != user))
        served = replace(serving(scorer, ratings), fallback=earlier, histories=Histories.of(ratings))
        assert earlier.unliked[user]
        assert not served.recommend(CATALOGUE.user_ids[user]).fallback
        assert served.recommend("nobody").fallback

    @pytest.mark.parametrize(
        "history",
        [History([]), History(["x", "y"]), History(["i00", "i01"], [1.0, 2.0])],
        ids=["none", "unknown", "disliked"],
    )
    def test_a_history_that_says_nothing_is_answered_by_the_popular_items(
        self, history: History, ratings: Ratings
    ) -> None:
        point = BASE | {"loss": "softmax", "seen_weight": 0.0}
        served = serving(Scorer([model_of("mf", point)], [1.0], None, rates=False, points=[point]), ratings)
        top = served.recommend(None, 99, history=history)
        assert top.fallback
        assert not {each.item for each in top.items} & set(history.items)

    def test_a_package_folds_in_as_what_was_saved(self, ratings: Ratings, tmp_path: Path) -> None:
        point = BASE | {"loss": "log_cosh"}
        scorer = Scorer([model_of("mf", point)], [1.0], (1.0, 5.0), points=[point])
        served = serving(scorer, ratings)
        save_package(served, tmp_path)
        history = History(["i00", "i03"], [5.0, 2.0])
        back = load_package(tmp_path).recommend(None, 5, history=history)
        assert [each.item for each in back.items] == [
            each.item for each in served.recommend(None, 5, history=history).items
        ]

    def test_a_champion_that_does_not_say_how_it_was_trained_refuses(self, ratings: Ratings) -> None:
        point = BASE | {"loss": "softmax"}
        served = serving(Scorer([model_of("mf", point)], [1.0], None, rates=False), ratings)
        with pytest.raises(InputError, match="promote it again"):
            served.recommend(None, history=History(["i00"]))


class TestBaselines:
    """A person with a user's history is given the user's list."""

    def person(self, scorer: Any, ratings: Ratings, user: int) -> np.ndarray:
        own = ratings.users == user
        history = History(ratings.catalogue.item_ids[ratings.items[own]], ratings.values[own].tolist())
        return folding(scorer, ITEMS).scores(user_history_of(history, ratings.catalogue, feedback_of(ratings)))

    @pytest.mark.parametrize("user", range(USERS))
    @pytest.mark.parametrize("settings", [{}, {"seen_weight": 0.4, "weight_power": 0.5}], ids=["plain", "weighed"])
    @pytest.mark.parametrize("kind", [ItemKNN, EASE, IALS, *KNOWING])
    def test_of_stars(self, kind: Any, settings: Any, user: int, ratings: Ratings) -> None:
        self.check(kind(**settings).fit(ratings), ratings, user)

    @pytest.mark.parametrize("user", range(USERS))
    @pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
    @pytest.mark.parametrize("kind", [ItemKNN, EASE, IALS, *KNOWING])
    def test_of_events(self, kind: Any, power: float, user: int, ratings: Ratings) -> None:
        plays = replace(ratings, implicit=True, positive_from=None)
        self.check(kind(weight_power=power).fit(plays), plays, user)

    def check(self, scorer: Any, ratings: Ratings, user: int) -> None:
        expected = scorer.score_all(np.array([user]), ITEMS)[0]
        np.testing.assert_allclose(self.person(scorer, ratings, user), expected, rtol=1e-4, atol=1e-5)

    @pytest.mark.parametrize("user", range(USERS))
    @pytest.mark.parametrize("kind", [ItemKNN, EASE, IALS, Transitions, *KNOWING])
    def test_of_a_history_with_a_half_life_in_the_order_of_time(self, kind: Any, user: int, ratings: Ratings) -> None:
        scorer = kind(history_half_life=2.0).fit(ratings)
        self.check(scorer, ratings, user)

    @pytest.mark.parametrize("kind", [ItemKNN, EASE, IALS, Transitions, *KNOWING])
    def test_of_a_half_life_a_package_knows_and_one_without_weighs_all_alike(
        self, kind: Any, ratings: Ratings, tmp_path: Path
    ) -> None:
        history = History(["i03", "i00", "i07"])
        weighed, alike = (serving(kind(history_half_life=each).fit(ratings), ratings) for each in (0.5, np.inf))
        for served, folder in ((weighed, tmp_path / "weighed"), (alike, tmp_path / "alike")):
            folder.mkdir()
            save_package(served, folder)
            text = next(folder.rglob("serving.json")).read_text()
            assert "Infinity" not in text
            assert ("half_life" in text) == (served is weighed)
            loaded = load_package(folder)
            assert loaded.recommend(None, history=history) == served.recommend(None, history=history)
        assert weighed.recommend(None, history=history) != alike.recommend(None, history=history)

    def test_of_popularity_the_one_that_everybody_has(self, ratings: Ratings) -> None:
        scorer = Popularity().fit(ratings)
        np.testing.assert_array_equal(self.person(scorer, ratings, 0), scorer.score_all(np.array([8]), ITEMS)[0])

    def test_a_package_of_factors_folds_in_too(self, ratings: Ratings, tmp_path: Path) -> None:
        served = serving(IALS(factors=3).fit(ratings), ratings)
        save_package(served, tmp_path)
        history = History(["i00", "i03"])
        assert load_package(tmp_path).recommend(None, history=history) == served.recommend(None, history=history)
