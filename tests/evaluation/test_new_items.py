"""Tests of lists of new items: what they are made of, what they are worth, and whom they know by features."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from evaluation_samples import make_ratings
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.table import FEATURE_BASELINES, RANKING_BASELINES
from recsys.evaluation.ensemble import greedy_ranking_ensemble
from recsys.evaluation.fallback import Fallback
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.protocol import fingerprint, fingerprint_of_test, protocol_parts
from recsys.evaluation.ranking import RankingPart, ranking_part
from recsys.evaluation.scoring import EvaluationResult, score_lists
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings

USERS, ITEMS, K = 14, 30, 3
RATINGS = replace(make_ratings(USERS, ITEMS, 260), positive_from=4.0)
OF_IDS = [each for each in RANKING_BASELINES if each not in FEATURE_BASELINES]
seeds = st.integers(0, 99)


def split_of(kind: str, seed: int = 0, **more: Any) -> tuple[Ratings, Ratings, Ratings]:
    document = {"kind": kind, "seed": seed, "size": 0.3, "validation": {"size": 0.3}, **more}
    split = make_split(RATINGS, SplitSettings.model_validate(document))
    return split.train, split.validation, split.open_test("a test", lambda _why: None)


class Known:
    """Scores that all differ, and the users whose features it reads."""

    rates = False

    def __init__(self, seed: int, *, reads_features: bool = False) -> None:
        self.table = np.random.default_rng(seed).permutation(USERS * ITEMS).reshape(USERS, ITEMS) / 7.0
        self.reads_features = reads_features

    def predict(self, users: Any, items: Any) -> Any:
        return self.table[users, items]

    def score_all(self, users: Any, items: int) -> Any:
        return self.table[users, :items]


def measured(predictor: Any, train: Ratings, held_out: Ratings) -> EvaluationResult:
    return score_lists(predictor, train, held_out, ObjectiveSettings(metric="ndcg", k=K))


def plain_ndcg(table: np.ndarray, users: set[int], held_out: Ratings, items: set[int]) -> float:
    """The mean over all users with a held-out positive of the NDCG of the best of some items."""
    values = []
    for user in sorted(users):
        liked = {
            int(i)
            for u, i, v in zip(held_out.users, held_out.items, held_out.values, strict=True)
            if u == user and v >= 4
        }
        ranked = sorted(items, key=lambda item: -table[user, item])[:K]
        gain = sum(1 / math.log2(place + 2) for place, item in enumerate(ranked) if item in liked)
        values.append(gain / sum(1 / math.log2(place + 2) for place in range(min(K, len(liked)))))
    return sum(values) / len(values)


def liking(held_out: Ratings) -> set[int]:
    return set(held_out.users[held_out.values >= 4].tolist())


class TestListsOfNewItems:
    @given(seed=seeds)
    def test_ndcg_is_that_of_the_new_items_alone_in_validation_and_test(self, seed: int) -> None:
        train, validation, test = split_of("cold_items", seed)
        for seen, held_out in ((train, validation), (train.join(validation), test)):
            predictor = Known(seed)
            predictor.table[Fallback.of(seen).cold(rates=False)] = -Fallback.of(seen).order.argsort()
            found = measured(predictor, seen, held_out)
            expected = plain_ndcg(predictor.table, liking(held_out), held_out, set(held_out.items.tolist()))
            assert found.values["ndcg"] == pytest.approx(expected)

    @given(seed=seeds)
    def test_every_list_has_new_items_and_every_user_who_likes_one_has_a_list(self, seed: int) -> None:
        train, validation, _ = split_of("cold_items", seed)
        ranking = measured(Known(seed), train, validation).ranking
        assert ranking is not None
        new = set(validation.items.tolist())
        assert set(ranking.users.tolist()) == liking(validation)
        assert all(set(row.tolist()) - {-1} <= new for row in ranking.lists.ranked[0])
        assert ((ranking.lists.ranked[0] >= 0).sum(axis=1) == min(K, len(new))).all()

    def test_a_cold_user_gets_new_items_in_the_fixed_order(self) -> None:
        train, validation, _ = split_of("cold_items")
        alone = train.take(train.users != 3)
        ranking, order = measured(Known(0), alone, validation).ranking, Fallback.of(alone).order
        assert ranking is not None
        (place,) = np.flatnonzero(ranking.users == 3)
        new = [item for item in order.tolist() if item in set(validation.items.tolist())]
        assert ranking.lists.ranked[0, place].tolist() == new[:K]

    def test_a_user_who_only_dislikes_gets_new_items_too(self) -> None:
        train, validation, _ = split_of("cold_items")
        values = np.where(train.users == 3, 1, train.values).astype(np.float32)
        ranking = measured(Known(0), replace(train, values=values), validation).ranking
        assert ranking is not None
        (place,) = np.flatnonzero(ranking.users == 3)
        assert set(ranking.lists.ranked[0, place].tolist()) <= set(validation.items.tolist())

    def test_coverage_is_the_share_of_the_new_items(self) -> None:
        train, validation, _ = split_of("cold_items")
        found = measured(Known(0), train, validation)
        assert found.ranking is not None
        shown = set(found.ranking.lists.ranked.ravel().tolist()) - {-1}
        assert found.values["coverage"] == pytest.approx(len(shown) / len(set(validation.items.tolist())))

    @pytest.mark.parametrize("baseline", OF_IDS, ids=lambda each: each.name)
    def test_what_learns_from_ids_has_the_list_of_chance(self, baseline: Any) -> None:
        train, validation, _ = split_of("cold_items")
        ranking = measured(baseline().fit(train), train, validation).ranking
        new = set(validation.items.tolist())
        chance = [item for item in Fallback.of(train).order.tolist() if item in new][:K]
        assert ranking is not None
        assert ranking.lists.ranked[0].tolist() == [chance] * len(ranking.users)

    def test_an_ensemble_is_chosen_by_such_lists(self) -> None:
        train, validation, _ = split_of("cold_items")
        part = ranking_part(train, validation, ObjectiveSettings(metric="ndcg", k=K))
        liked = part.cases.relevant.toarray().astype(float)
        blind = liked + 9.0 * ~np.isin(np.arange(ITEMS), validation.items)  # old items first, which no list has
        columns = np.stack([1 - liked, blind], axis=-1).reshape(-1, 2)
        weights = greedy_ranking_ensemble(columns, part, 1, "ndcg", K, rates=True)
        assert weights.tolist() == [0, 1]

    def test_validation_of_known_items_is_without_those_of_the_test_part(self) -> None:
        train, validation, test = split_of("cold_items", validation={"kind": "random", "size": 0.3})
        candidates = RankingPart.of(train, validation, 4).cases.candidates
        assert candidates is not None
        assert set(np.flatnonzero(~candidates).tolist()) == set(test.items.tolist())

    def test_parts_of_users_restrict_nothing(self) -> None:
        train, validation, _ = split_of("cold_users")
        part = RankingPart.of(train, validation, 4)
        assert part.cases.candidates is None
        assert not part.warm.any()
        assert part.cold(rates=True, reads=False).all()


def with_features(ratings: Ratings, known: list[int]) -> Ratings:
    rows = csr_array((np.ones(len(known), np.float32), (known, [0] * len(known))), shape=(USERS, 1))
    return replace(ratings, catalogue=replace(ratings.catalogue, user_features=FeatureTable(rows, ["age"], ["age"])))


class TestUsersOfWhomFeaturesSaySomething:
    def test_have_the_lists_of_a_predictor_that_reads_features(self) -> None:
        train, validation, _ = split_of("cold_users")
        known, *others = sorted(liking(validation))
        train, validation = (with_features(each, [known]) for each in (train, validation))
        for reads in (False, True):
            predictor = Known(1, reads_features=reads)
            ranking = measured(predictor, train, validation).ranking
            assert ranking is not None
            popular, own = Fallback.of(train).popular(K), np.argsort(-predictor.table[known])[:K]
            assert ranking.users.tolist() == [known, *others]
            assert ranking.lists.ranked[0, 0].tolist() == (own if reads else popular).tolist()
            assert ranking.lists.ranked[0, 1:].tolist() == [popular.tolist()] * len(others)

    def test_are_not_cold_to_it_whatever_it_predicts(self) -> None:
        fallback = Fallback.of(with_features(RATINGS.take(RATINGS.users > 3), [0, 2, 9]))
        for rates in (False, True):
            assert np.flatnonzero(fallback.cold(rates=rates, features=True)).tolist() == [1, 3]
            assert np.flatnonzero(fallback.cold(rates=rates)).tolist() == [0, 1, 2, 3]

    def test_nor_before_the_first_event_of_a_history_that_grows(self) -> None:
        times = np.arange(len(RATINGS))
        whole = with_features(replace(RATINGS, timestamps=times, ordered=True, grows=True), [0])
        old, late = whole.take(times < 200), whole.take(times >= 200)
        part = RankingPart.of(old.take(old.users > 1), late, None)
        cold = part.cold(rates=False, reads=True)
        assert set(part.users[cold].tolist()) == {0, 1}
        assert set(part.users[part.cold(rates=False, reads=True, features=True)].tolist()) == {1}

    def test_without_features_in_the_data_nothing_changes(self) -> None:
        fallback = Fallback.of(RATINGS.take(RATINGS.users > 3))
        assert (fallback.cold(rates=True, features=True) == fallback.cold(rates=True)).all()


class TestProtocol:
    @pytest.mark.parametrize("kind", ["cold_items", "cold_users"])
    @pytest.mark.parametrize(
        ("change", "moves_test"),
        [
            ({"size": 0.4}, True),
            ({"seed": 1}, True),
            ({"at": 5}, True),
            ({"last": "7 days"}, True),
            ({"validation": {"size": 0.4}}, False),
            ({"validation": {"at": 5}}, False),
        ],
    )
    def test_each_setting_is_part_of_it(self, kind: str, change: dict[str, Any], *, moves_test: bool) -> None:
        plain, other = (
            protocol_parts(RATINGS, SplitSettings.model_validate({"kind": kind} | more), ObjectiveSettings())
            for more in ({}, change)
        )
        assert fingerprint(plain) != fingerprint(other)
        assert (fingerprint_of_test(plain) != fingerprint_of_test(other)) == moves_test
