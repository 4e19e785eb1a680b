"""Tests of ranked lists and ranking metrics against ranx, scikit-learn and plain Python, and of their properties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from evaluation_samples import make_ratings
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from recsys.data.ratings import Ratings
from recsys.evaluation.fallback import rank_top_k
from recsys.evaluation.metrics import exposure as exposure_metrics
from recsys.evaluation.metrics import ranking as ranking_metrics
from recsys.evaluation.metrics.ranked_lists import exposure_of
from recsys.evaluation.metrics.table import LIST_METRICS
from recsys.evaluation.ranking import RankingPart, Scorer, evaluate_ranking, score_ranker

MEMBERS, USERS, ITEMS = 3, 17, 40
RANX = {
    "ndcg": "ndcg",
    "recall": "recall",
    "precision": "precision",
    "map": "map",
    "mrr": "mrr",
    "hit_rate": "hit_rate",
}
seeds = st.integers(0, 2**20)


def parts(seed: int = 0) -> tuple[Ratings, Ratings]:
    ratings = make_ratings(USERS, ITEMS, 400, seed)
    return ratings.take(np.arange(250)), ratings.take(np.arange(250, 400))


def random_scores(seed: int, *shape: int) -> np.ndarray:
    """Scores that are all different."""
    return np.random.default_rng(seed).permutation(int(np.prod(shape))).reshape(shape) / 7.0


def table(scores: np.ndarray) -> Scorer:
    return lambda users: scores[:, users]


def candidates(train: Ratings, user: int) -> list[int]:
    return sorted(set(range(ITEMS)) - set(train.items[train.users == user].tolist()))


@pytest.mark.parametrize("k", [1, 3, 10])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_metrics_equal_those_of_ranx_for_every_member_and_user(k: int, seed: int, ranx: Any) -> None:
    (train, held_out), scores = parts(seed), random_scores(seed, MEMBERS, USERS, ITEMS)
    measured = evaluate_ranking(table(scores), train, held_out, k, threshold=4, chunk=5)
    liked = held_out.take(held_out.values >= 4)
    wanted = {str(u): {str(i): 1 for i in liked.items[liked.users == u]} for u in measured.users}
    for member in range(MEMBERS):
        run = {str(u): {str(i): float(scores[member, u, i]) for i in candidates(train, u)} for u in measured.users}
        expected = ranx.evaluate(
            ranx.Qrels(wanted),
            ranx.Run(run),
            [f"{m}@{k}" for m in RANX.values()],
            return_mean=False,
            make_comparable=True,
        )
        # ranx orders queries by name
        order = np.argsort([str(u) for u in measured.users])
        for name, theirs in RANX.items():
            ours = measured.per_user[name][member, order]
            np.testing.assert_allclose(ours, expected[f"{theirs}@{k}"], atol=1e-9, err_msg=name)
            assert measured.values[name][member] == pytest.approx(ours.mean(), abs=1e-9)


@pytest.mark.parametrize("k", [1, 3, 10])
def test_rank_biased_precision_equals_that_of_ranx(k: int, ranx: Any) -> None:
    (train, held_out), scores = parts(), random_scores(0, 1, USERS, ITEMS)
    measured = evaluate_ranking(table(scores), train, held_out, k, threshold=4)
    liked = held_out.take(held_out.values >= 4)
    wanted = {str(u): {str(i): 1 for i in liked.items[liked.users == u]} for u in measured.users}
    lists = zip(measured.users, measured.lists.ranked[0], strict=True)
    run = {str(u): {str(i): float(k - rank) for rank, i in enumerate(items)} for u, items in lists}
    expected = ranx.evaluate(ranx.Qrels(wanted), ranx.Run(run), "rbp.80", return_mean=False)
    order = np.argsort([str(u) for u in measured.users])
    np.testing.assert_allclose(measured.per_user["rbp"][0, order], expected, atol=1e-9)


@given(seeds, st.integers(1, 12))
def test_ndcg_equals_scikit_learns_on_scores_without_ties(seed, k) -> None:
    scores = random_scores(seed, 1, 6, 12)
    relevant = np.random.default_rng(seed).random((6, 12)) < 0.4
    relevant[:, 0] = True
    ranked = rank_top_k(scores[0], np.zeros((6, 12), bool), k, np.arange(12))
    ours = ranking_metrics.ndcg(np.take_along_axis(relevant, ranked, axis=1), relevant.sum(axis=1))
    theirs = [ndcg_score([truth], [row], k=k) for truth, row in zip(relevant, scores[0], strict=True)]
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


class TestRankingValues:
    def test_there_is_a_value_for_every_registered_ranking_and_exposure_metric(self) -> None:
        measured = evaluate_ranking(table(random_scores(0, MEMBERS, USERS, ITEMS)), *parts(), 5, 4)
        assert set(measured.values) == set(LIST_METRICS)
        assert {v.shape for v in measured.values.values()} == {(MEMBERS,)}
        assert {v.shape for v in measured.per_user.values()} == {(MEMBERS, len(measured.users))}

    @given(seeds)
    def test_a_perfect_ranking_scores_1(self, seed) -> None:
        train, held_out = parts(seed)
        scores = np.zeros((1, USERS, ITEMS))
        scores[0, held_out.users, held_out.items] = held_out.values >= 4
        measured = evaluate_ranking(table(scores), train, held_out, ITEMS, 4, rates=True)
        for name in ("ndcg", "recall", "map", "mrr", "hit_rate"):
            assert measured.values[name] == pytest.approx(1)

    @given(seeds, st.integers(1, ITEMS + 5))
    def test_every_value_is_within_its_bounds(self, seed, k) -> None:
        measured = evaluate_ranking(table(random_scores(seed, MEMBERS, USERS, ITEMS)), *parts(seed), k, 4)
        for name, values in measured.values.items():
            assert (values >= 0).all()
            assert (values <= (np.log2(USERS) if name == "novelty" else 1)).all(), name

    @given(seeds)
    def test_the_order_of_the_ratings_and_the_chunks_do_not_matter(self, seed) -> None:
        (train, held_out), scores = parts(seed), random_scores(seed, MEMBERS, USERS, ITEMS)
        order = np.random.default_rng(seed).permutation(len(held_out))
        one = evaluate_ranking(table(scores), train, held_out, 5, 4, chunk=4)
        other = evaluate_ranking(table(scores), train, held_out.take(order), 5, 4, chunk=64)
        for name, values in one.values.items():
            np.testing.assert_allclose(values, other.values[name], atol=1e-12)

    def test_a_members_values_do_not_depend_on_its_company(self) -> None:
        scores = random_scores(0, MEMBERS, USERS, ITEMS)
        together = evaluate_ranking(table(scores), *parts(), 5, 4)
        alone = evaluate_ranking(table(scores[1:2]), *parts(), 5, 4)
        for name, values in alone.values.items():
            assert values[0] == pytest.approx(together.values[name][1], abs=1e-12)

    def test_only_users_with_a_relevant_held_out_item_are_measured(self) -> None:
        train, held_out = parts()
        measured = evaluate_ranking(table(random_scores(0, 1, USERS, ITEMS)), train, held_out, 5, 5)
        assert measured.users.tolist() == sorted({int(u) for u in held_out.users[held_out.values >= 5]})
        assert len(measured.users) < USERS

    def test_what_the_data_say_is_positive_is_relevant_whatever_the_threshold(self) -> None:
        train, held_out = parts()
        scorer = table(random_scores(0, 2, USERS, ITEMS))

        def ndcg(part: Ratings, threshold: float) -> list[float]:
            return evaluate_ranking(scorer, train, part, 5, threshold).values["ndcg"].tolist()

        assert ndcg(replace(held_out, positive_from=3.0), 5.0) == ndcg(held_out, 3.0) != ndcg(held_out, 5.0)
        assert ndcg(replace(held_out, implicit=True), 5.0) == ndcg(held_out, 1.0)

    def test_every_value_is_nan_where_nobody_has_a_relevant_item(self, recwarn) -> None:
        measured = evaluate_ranking(table(random_scores(0, MEMBERS, USERS, ITEMS)), *parts(), 5, threshold=6)
        assert measured.users.size == 0
        assert all(np.isnan(values).tolist() == [True] * MEMBERS for values in measured.values.values())
        assert not recwarn.list

    def test_a_member_that_diverged_is_nan_and_the_others_are_unharmed(self) -> None:
        scores = random_scores(0, MEMBERS, USERS, ITEMS)
        whole = evaluate_ranking(table(scores), *parts(), 5, 4)
        scores[1] = np.nan
        measured = evaluate_ranking(table(scores), *parts(), 5, 4)
        for name, values in measured.values.items():
            assert np.isnan(values[1])
            np.testing.assert_array_equal(values[[0, 2]], whole.values[name][[0, 2]])

    def test_the_scorer_is_always_asked_for_the_same_number_of_users(self) -> None:
        scores, asked = random_scores(0, 1, USERS, ITEMS), []

        def scorer(users: np.ndarray) -> np.ndarray:
            asked.append(len(users))
            return scores[:, users]

        evaluate_ranking(scorer, *parts(), 5, 4, chunk=6)
        assert set(asked) == {6}

    def test_an_item_rated_in_training_is_never_counted_as_a_hit(self) -> None:
        train, held_out = parts()
        scores = np.zeros((1, USERS, ITEMS))
        scores[0, train.users, train.items] = 1
        seen_too = replace(train, values=np.full(len(train), 5, np.float32))
        assert evaluate_ranking(table(scores), train, seen_too, ITEMS, 4).values["hit_rate"] == 0
        assert evaluate_ranking(table(scores), train, held_out, ITEMS, 4).values["hit_rate"] == 1


class TestSeveralLengths:
    @pytest.mark.parametrize("also_at", [(3, 12), (12, 1), ()])
    def test_each_is_as_if_it_were_measured_alone(self, also_at: tuple[int, ...]) -> None:
        scorer, part = table(random_scores(0, MEMBERS, USERS, ITEMS)), RankingPart.of(*parts(), 4)
        together = part.values(score_ranker(scorer, part.fallback), 5, also_at, chunk=4, rates=False)
        for length in (5, *also_at):
            alone = evaluate_ranking(scorer, *parts(), length, 4)
            for name, values in alone.values.items():
                called = name if length == 5 else f"{name}_at_{length}"
                np.testing.assert_array_equal(together.values[called], values)
                if name in alone.per_user:
                    np.testing.assert_array_equal(together.per_user[called], alone.per_user[name])
        assert len(together.values) == (1 + len(also_at)) * len(alone.values)
        assert together.lists.ranked.shape == (MEMBERS, len(part.users), 5)


class TestExposure:
    def test_coverage_and_gini_of_the_same_item_for_everyone(self) -> None:
        exposure = exposure_of(np.full((1, 6, 1), 2), items=5)
        assert exposure.tolist() == [[0, 0, 6, 0, 0]]
        assert exposure_metrics.coverage(exposure) == pytest.approx(1 / 5)
        assert exposure_metrics.gini(exposure) == pytest.approx(1)

    def test_gini_is_0_where_every_item_is_shown_as_often(self) -> None:
        assert exposure_metrics.gini(np.full((1, 7), 3)) == pytest.approx(0)

    @given(seeds, st.integers(2, 9))
    def test_gini_is_the_mean_difference_between_two_items_relative_to_twice_the_mean(self, seed, items) -> None:
        exposure = np.random.default_rng(seed).integers(0, 9, (1, items))
        exposure[0, 0] += 1
        pairs = np.abs(exposure[0][:, None] - exposure[0]).sum() / (items * (items - 1))
        assert exposure_metrics.gini(exposure)[0] == pytest.approx(pairs / (2 * exposure.mean()))

    def test_the_end_of_a_short_list_shows_nothing(self) -> None:
        assert exposure_of(np.array([[[1, -1]], [[0, 1]]]), items=2).tolist() == [[0, 1], [1, 1]]

    def test_novelty_is_the_mean_self_information_in_bits(self) -> None:
        ranked = np.array([[[0, 1], [2, -1], [-1, -1]]])
        novelty = exposure_metrics.novelty(ranked, np.array([4, 2, 0]), users=8)
        np.testing.assert_array_equal(novelty, [[1.5, 3.0, np.nan]])  # an item nobody rated counts as rated once
