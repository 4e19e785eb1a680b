"""Tests of descriptive metrics of lists against plain Python, ranx, SciPy and scikit-learn, and of their laws."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from evaluation_samples import make_ratings
from hypothesis import given
from hypothesis import strategies as st
from item_features import rows_of, with_item_features
from scipy.sparse import csr_array
from scipy.spatial.distance import jensenshannon
from sklearn.metrics.pairwise import cosine_similarity

from recsys.data.ratings import Ratings
from recsys.evaluation.metrics import descriptive, item_similarity
from recsys.evaluation.metrics.descriptive import DESCRIPTIVE_METRICS
from recsys.evaluation.metrics.item_similarity import ItemSimilarity
from recsys.evaluation.metrics.list_context import category_shares
from recsys.evaluation.metrics.ranked_lists import RankedLists
from recsys.evaluation.ranking import RankingPart, score_ranker
from recsys.evaluation.ranking_evaluation import RankingEvaluation, describe_lists

MEMBERS, USERS, ITEMS, K = 2, 11, 24, 4
NAMES = list(DESCRIPTIVE_METRICS)
seeds = st.integers(0, 2**20)


def parts(seed: int = 0) -> tuple[Ratings, Ratings]:
    """Training ratings with features of the items, and held-out ones; the last user has only held-out ones."""
    ratings = with_item_features(make_ratings(USERS, ITEMS, 200, seed), seed)
    known = np.arange(200) < 130
    return ratings.take(known & (ratings.users < USERS - 1)), ratings.take(~known)


def scores(seed: int, members: int = MEMBERS) -> np.ndarray:
    """Scores that are all different."""
    return np.random.default_rng(seed).permutation(members * USERS * ITEMS).reshape(members, USERS, ITEMS) / 7.0


def measured(
    train: Ratings, held_out: Ratings, table: np.ndarray, k: int = K, names: list[str] = NAMES
) -> tuple[RankingPart, RankingEvaluation]:
    named = [DESCRIPTIVE_METRICS[name] for name in names]
    part = RankingPart.of(train, held_out, 4, named=named)
    rank = score_ranker(lambda cases: table[:, part.users[cases]], part.fallback)
    return part, part.values(rank, k, chunk=5, rates=True)


def lists_of(evaluation: RankingEvaluation) -> list[tuple[int, int, int, list[int]]]:
    """Each member, case, user and list, without the padding."""
    return [
        (member, case, int(user), [int(item) for item in evaluation.lists.ranked[member, case] if item >= 0])
        for member in range(len(evaluation.lists.ranked))
        for case, user in enumerate(evaluation.users)
    ]


def positives(ratings: Ratings, user: int) -> list[int]:
    return ratings.items[(ratings.users == user) & (ratings.values >= 4)].tolist()


def assert_equal(evaluation: RankingEvaluation, name: str, expected: list[float]) -> None:
    np.testing.assert_allclose(evaluation.per_user[name].ravel(), expected, atol=1e-9)


class TestAgainstPlainPython:
    @given(seeds)
    def test_diversity_is_one_minus_the_mean_cosine_of_features_over_pairs(self, seed) -> None:
        train, held_out = parts(seed)
        _, evaluation = measured(train, held_out, scores(seed))
        cosine, known = cosine_similarity(rows_of(train)), rows_of(train).any(axis=1)

        def plain(items: list[int]) -> float:
            pairs = list(combinations([item for item in items if known[item]], 2))
            return 1 - float(np.mean([cosine[a, b] for a, b in pairs])) if pairs else math.nan

        assert_equal(evaluation, "diversity", [plain(items) for *_, items in lists_of(evaluation)])

    @given(seeds)
    def test_without_features_the_cosine_is_of_the_users_who_rated_an_item(self, seed) -> None:
        train, held_out = parts(seed)
        plain_train = replace(train, catalogue=replace(train.catalogue, item_features=None))
        _, evaluation = measured(plain_train, held_out, scores(seed), names=["diversity"])
        raters = [set(train.users[train.items == item].tolist()) for item in range(ITEMS)]

        def plain(items: list[int]) -> float:
            pairs = list(combinations([item for item in items if raters[item]], 2))
            cosines = [len(raters[a] & raters[b]) / math.sqrt(len(raters[a]) * len(raters[b])) for a, b in pairs]
            return 1 - float(np.mean(cosines)) if pairs else math.nan

        assert_equal(evaluation, "diversity", [plain(items) for *_, items in lists_of(evaluation)])

    @given(seeds)
    def test_calibration_is_scipys_divergence_of_the_categories_of_list_and_positives(self, seed) -> None:
        train, held_out = parts(seed)
        _, evaluation = measured(train, held_out, scores(seed))
        features = rows_of(train)[:, :7] > 0  # kind=a…c, genres=w…z; the year is no category

        def distribution(items: list[int]) -> np.ndarray | None:
            total = np.zeros(7)
            for item in items:
                columns = [own for own in ([0, 1, 2], [3, 4, 5, 6]) if features[item, own].any()]
                for own in columns:
                    total[own] += features[item, own] / features[item, own].sum() / len(columns)
            return total / total.sum() if total.any() else None

        def plain(user: int, items: list[int]) -> float:
            wanted, shown = distribution(positives(train, user)), distribution(items)
            return math.nan if wanted is None or shown is None else float(jensenshannon(wanted, shown, base=2) ** 2)

        found = [plain(user, items) for _, _, user, items in lists_of(evaluation)]
        np.testing.assert_allclose(evaluation.per_user["calibration"].ravel(), found, atol=1e-7)

    @given(seeds, st.booleans())
    def test_serendipity_counts_hits_that_the_fallbacks_popular_list_lacks(self, seed, only_some) -> None:
        train, held_out = parts(seed)
        if only_some:  # lists may have few items only
            released = np.arange(ITEMS) % 2 == 0
            train, held_out = replace(train, unreleased=~released), replace(held_out, unreleased=~released)
        part, evaluation = measured(train, held_out, scores(seed), names=["serendipity"])

        def plain(user: int, items: list[int]) -> float:
            barred = set(train.items[train.users == user].tolist())
            if only_some:
                barred |= set(range(1, ITEMS, 2))
            popular = part.fallback.popular(K, np.array(sorted(barred))).tolist()
            return sum(item not in popular for item in items if item in positives(held_out, user)) / K

        assert_equal(evaluation, "serendipity", [plain(user, items) for _, _, user, items in lists_of(evaluation)])

    @given(seeds)
    def test_popularity_lift_is_the_change_from_the_mean_popularity_of_the_positives(self, seed) -> None:
        train, held_out = parts(seed)
        _, evaluation = measured(train, held_out, scores(seed))
        counts = Counter(train.items.tolist())

        def plain(user: int, items: list[int]) -> float:
            own = [counts[item] for item in positives(train, user)]
            return float(np.mean([counts[item] for item in items]) / np.mean(own)) - 1 if own else math.nan

        assert_equal(evaluation, "popularity_lift", [plain(user, items) for _, _, user, items in lists_of(evaluation)])

    @given(seeds)
    def test_entropy_is_the_expected_code_length_of_a_shown_item(self, seed) -> None:
        _, evaluation = measured(*parts(seed), scores(seed))
        for member in range(MEMBERS):
            shown = Counter(item for m, *_, items in lists_of(evaluation) if m == member for item in items)
            total = shown.total()
            expected = sum(count / total * math.log2(total / count) for count in shown.values())
            assert evaluation.values["entropy"][member] == pytest.approx(expected)
        assert "entropy" not in evaluation.per_user

    def test_graded_ndcg_is_burges_ndcg_of_ranx(self, ranx: Any) -> None:
        (train, held_out), table = parts(), scores(0, 1)
        _, evaluation = measured(train, held_out, table)
        wanted = {
            str(user): {str(item): int(value) - 1 for item, value in zip(own.items, own.values, strict=True)}
            for user in evaluation.users
            for own in [held_out.take((held_out.users == user) & (held_out.values >= 4))]
        }
        run = {
            str(user): {str(item): float(K - rank) for rank, item in enumerate(items)}
            for _, _, user, items in lists_of(evaluation)
        }
        expected = ranx.evaluate(ranx.Qrels(wanted), ranx.Run(run), f"ndcg_burges@{K}", return_mean=False)
        order = np.argsort([str(user) for user in evaluation.users])
        np.testing.assert_allclose(evaluation.per_user["graded_ndcg"][0, order], expected, atol=1e-9)


class TestLaws:
    @given(seeds, st.integers(2, ITEMS + 3))
    def test_every_value_is_within_its_bounds(self, seed, k) -> None:
        train, held_out = parts(seed)
        _, evaluation = measured(train, held_out, scores(seed), k)
        bounds = {
            "graded_ndcg": (0, 1),
            "serendipity": (0, 1),
            "diversity": (0, 2),
            "calibration": (0, 1),
            "popularity_lift": (-1, math.inf),
            "entropy": (0, math.log2(ITEMS)),
        }
        assert bounds.keys() == DESCRIPTIVE_METRICS.keys()
        for name, (low, high) in bounds.items():
            values = evaluation.per_user.get(name, evaluation.values[name])
            assert (values[~np.isnan(values)] >= low).all(), name
            assert (values[~np.isnan(values)] <= high + 1e-12).all(), name
        assert (evaluation.per_user["serendipity"] <= evaluation.per_user["precision"]).all()

    @given(seeds)
    def test_new_codes_of_users_and_items_change_nothing(self, seed) -> None:
        train, held_out = parts(seed)
        part, evaluation = measured(train, held_out, scores(seed))
        random = np.random.default_rng(seed + 1)
        new_item, new_case = random.permutation(ITEMS), random.permutation(len(part.users))
        old_item, old_case = np.argsort(new_item), np.argsort(new_case)
        context, lists = part.context, evaluation.lists
        features = train.catalogue.item_features
        assert features is not None
        renamed_train = replace(
            train,
            items=new_item[train.items].astype(np.int32),
            catalogue=replace(train.catalogue, item_features=features.take(old_item)),
        )
        moved = replace(
            context,
            train=renamed_train,
            popularity=context.popularity[old_item],
            order=new_item[context.order],
            seen=sorted_rows(context.seen[old_case][:, old_item]),
            _before=lambda: replace(
                context._before().take(old_case), items=new_item[context._before().take(old_case).items]
            ),
            _gains=lambda: sorted_rows(context.gains[old_case][:, old_item]),
        )
        renamed = RankedLists(
            np.append(new_item, -1)[lists.ranked[:, old_case]],
            lists.hits[:, old_case],
            lists.relevant[:, old_case],
            moved.popularity,
            USERS,
        )
        for name, metric in DESCRIPTIVE_METRICS.items():
            found, before = metric.of(renamed, moved), metric.of(lists, context)
            expected = before if metric.of_all_lists else before[:, old_case]
            np.testing.assert_allclose(found, expected, atol=1e-9, err_msg=name)

    @given(seeds)
    def test_a_members_values_do_not_depend_on_its_company(self, seed) -> None:
        train, held_out = parts(seed)
        _, together = measured(train, held_out, scores(seed))
        _, alone = measured(train, held_out, scores(seed)[1:])
        for name in NAMES:
            np.testing.assert_array_equal(alone.values[name], together.values[name][1:])

    @given(seeds, st.integers(2, 6))
    def test_identical_items_have_diversity_0_and_unrelated_ones_1(self, seed, k) -> None:
        row = np.random.default_rng(seed).normal(size=(1, 5))
        alike = np.repeat(row / np.linalg.norm(row), k, axis=0)
        ranked = np.arange(k)[None, None]
        assert descriptive.diversity(ranked, ItemSimilarity.of(csr_array(alike))) == pytest.approx(0, abs=1e-12)
        assert descriptive.diversity(ranked, ItemSimilarity.of(csr_array(np.eye(k)))) == pytest.approx(1)

    @given(seeds, st.integers(1, ITEMS), st.sampled_from([0.1, 0.6]))
    def test_sums_of_vectors_and_a_table_of_cosines_give_the_same_diversity(self, seed, k, density) -> None:
        random = np.random.default_rng(seed)
        rows = random.normal(size=(ITEMS, 30)) * (random.random((ITEMS, 30)) < density)
        ranked = random.permuted(np.tile(np.arange(-3, ITEMS), (2, 5, 1)), axis=-1)[..., :k]
        ranked = np.maximum(ranked, -1)
        table = ItemSimilarity.of(csr_array(rows))
        sums = ItemSimilarity(table.vectors, tabulated=False)
        np.testing.assert_allclose(
            descriptive.diversity(ranked, sums), descriptive.diversity(ranked, table), atol=1e-12
        )

    def test_lists_in_several_parts_have_the_same_values(self, monkeypatch: pytest.MonkeyPatch) -> None:
        part, evaluation = measured(*parts(), scores(0))
        ranked, shares = evaluation.lists.ranked, part.context.category_shares
        sums = ItemSimilarity(part.context.item_similarity.vectors, tabulated=False)

        def both() -> list[np.ndarray]:
            calibration = descriptive.calibration(ranked, shares, part.context.profile_categories)
            return [descriptive.diversity(ranked, sums), calibration]

        whole = both()
        monkeypatch.setattr(item_similarity, "_ENTRIES", 60)
        monkeypatch.setattr(descriptive, "_ENTRIES", 20)
        np.testing.assert_allclose(both(), whole, atol=1e-12)

    @given(seeds, st.integers(1, 5))
    def test_a_list_with_the_users_own_mix_has_calibration_0(self, seed, times) -> None:
        shares = csr_array(np.random.default_rng(seed).dirichlet(np.ones(4), size=3))
        wanted = csr_array(times * shares.sum(axis=0)[None])
        found = descriptive.calibration(np.array([[[2, 0, 1]]]), shares, wanted)
        assert found == pytest.approx(0, abs=1e-12)

    def test_a_list_with_no_category_of_the_users_own_has_calibration_1(self) -> None:
        found = descriptive.calibration(np.array([[[1, -1]]]), csr_array(np.eye(2)), csr_array([[3.0, 0.0]]))
        assert found == pytest.approx(1)

    @given(seeds)
    def test_the_divergence_in_calibration_is_symmetric(self, seed) -> None:
        shares = csr_array(np.random.default_rng(seed).dirichlet(np.ones(4), size=2))
        one, other = (descriptive.calibration(np.array([[[a]]]), shares, shares[[b]]) for a, b in ((0, 1), (1, 0)))
        assert one == pytest.approx(other)

    @given(st.integers(1, ITEMS))
    def test_n_items_shown_equally_often_have_an_entropy_of_log_n(self, n) -> None:
        assert descriptive.entropy(np.array([[7] * n + [0, 0]])) == pytest.approx(math.log2(n), abs=1e-12)

    @given(seeds)
    def test_the_popular_lists_have_no_serendipity(self, seed) -> None:
        train, held_out = parts(seed)
        popularity = np.bincount(train.items, minlength=ITEMS)
        table = np.tile(RankingPart.of(train, held_out, 4).fallback.popularity, (1, USERS, 1)).astype(float)
        _, evaluation = measured(train, held_out, table)
        assert not evaluation.per_user["serendipity"].any()
        assert popularity.any()

    @given(seeds)
    def test_the_order_within_a_list_matters_to_graded_ndcg_alone(self, seed) -> None:
        part, evaluation = measured(*parts(seed), scores(seed))
        lists = evaluation.lists
        turned = replace(lists, ranked=lists.ranked[..., ::-1], hits=lists.hits[..., ::-1])
        for name, metric in DESCRIPTIVE_METRICS.items():
            if name != "graded_ndcg":
                np.testing.assert_allclose(
                    metric.of(turned, part.context), metric.of(lists, part.context), atol=1e-12, err_msg=name
                )

    @given(seeds, st.floats(0.1, 50), st.floats(-20, 20))
    def test_graded_ndcg_does_not_depend_on_unit_and_origin_of_the_ratings(self, seed, unit, origin) -> None:
        train, held_out = parts(seed)
        held_out = replace(held_out, positive_from=4.0)

        def moved(part: Ratings) -> Ratings:
            low, high = (unit * (end - 1) + origin for end in part.scale)
            at = unit * 3 + origin
            values = (unit * (part.values.astype(np.float64) - 1) + origin).astype(np.float32)
            values = np.where(part.values >= 4, np.maximum(values, np.float32(at)), np.float32(low))
            return replace(part, values=values, scale=(low, high), positive_from=float(np.float32(at)))

        _, one = measured(train, held_out, scores(seed), names=["graded_ndcg"])
        _, other = measured(moved(train), moved(held_out), scores(seed), names=["graded_ndcg"])
        np.testing.assert_allclose(other.per_user["graded_ndcg"], one.per_user["graded_ndcg"], atol=1e-4)

    @given(seeds)
    def test_without_grades_graded_ndcg_is_ndcg(self, seed) -> None:
        for change in ({"implicit": True}, {"values": np.full(70, 5, np.float32)}):
            train, held_out = parts(seed)
            held_out = replace(held_out, **change)
            _, evaluation = measured(train, held_out, scores(seed), names=["graded_ndcg"])
            np.testing.assert_allclose(evaluation.per_user["graded_ndcg"], evaluation.per_user["ndcg"], atol=1e-12)


class TestUndefinedValues:
    def test_a_cold_user_has_no_profile_to_compare_with_and_a_popular_list(self) -> None:
        train, held_out = parts()
        _, evaluation = measured(train, held_out, scores(0))
        cold = evaluation.users == USERS - 1
        assert cold.sum() == 1
        for name in ("calibration", "popularity_lift"):
            assert np.isnan(evaluation.per_user[name][:, cold]).all()
            assert not np.isnan(evaluation.values[name]).any()  # the mean is of the other users
        assert not evaluation.per_user["serendipity"][:, cold].any()
        assert not np.isnan(evaluation.per_user["diversity"][:, cold]).any()

    def test_an_empty_list_has_no_value_and_no_share(self) -> None:
        empty, vectors = np.full((1, 1, 3), -1), csr_array(np.eye(2))
        assert np.isnan(descriptive.diversity(empty, ItemSimilarity(vectors))).all()
        assert np.isnan(descriptive.calibration(empty, vectors, csr_array([[1.0, 0.0]]))).all()
        assert np.isnan(descriptive.popularity_lift(empty, np.array([1, 2]), np.array([1.0]))).all()
        assert descriptive.serendipity(np.zeros((1, 1, 3), bool), np.zeros((1, 1, 3), bool)).tolist() == [[0.0]]
        assert np.isnan(descriptive.entropy(np.zeros((1, 2), int))).all()

    def test_items_of_which_nothing_is_known_are_no_part_of_a_pair(self) -> None:
        vectors = csr_array(np.array([[1.0, 0.0], [0.0, 0.0], [0.6, 0.8]]))
        ranked = np.array([[[0, 1, 2], [1, 2, -1]]])
        np.testing.assert_allclose(descriptive.diversity(ranked, ItemSimilarity(vectors)), [[0.4, np.nan]])

    def test_a_member_that_diverged_is_nan_and_the_others_are_unharmed(self) -> None:
        table = scores(0, 3)
        _, whole = measured(*parts(), table)
        table[1] = np.nan
        part, broken = measured(*parts(), table)
        for name, described in describe_lists(broken, part.context).items():
            np.testing.assert_array_equal(described, broken.values[name])
            assert np.isnan(described[1])
            np.testing.assert_array_equal(described[[0, 2]], whole.values[name][[0, 2]])

    @pytest.mark.filterwarnings("error")
    def test_every_value_is_nan_where_nobody_has_a_relevant_item(self) -> None:
        train, held_out = parts()
        part = RankingPart.of(train, held_out, 6, named=list(DESCRIPTIVE_METRICS.values()))
        evaluation = part.values(score_ranker(lambda cases: scores(0)[:, cases], part.fallback), K, rates=True)
        assert all(np.isnan(evaluation.values[name]).tolist() == [True] * MEMBERS for name in NAMES)


class TestWhatIsMeasured:
    def test_descriptive_metrics_are_measured_only_by_name_and_described_afterwards(self) -> None:
        part, evaluation = measured(*parts(), scores(0), names=["diversity"])
        assert set(NAMES) & set(evaluation.values) == {"diversity"}
        described = describe_lists(evaluation, part.context)
        assert list(described) == NAMES
        np.testing.assert_array_equal(described["diversity"], evaluation.values["diversity"])

    def test_each_is_measured_at_other_lengths_too(self) -> None:
        train, held_out = parts()
        part = RankingPart.of(train, held_out, 4, named=[DESCRIPTIVE_METRICS["serendipity"]])
        rank = score_ranker(lambda cases: scores(0)[:, part.users[cases]], part.fallback)
        _, alone = measured(train, held_out, scores(0), 7)
        together = part.values(rank, K, (7,), rates=True)
        np.testing.assert_array_equal(together.values["serendipity_at_7"], alone.values["serendipity"])

    def test_a_metric_is_absent_if_the_data_lack_what_it_compares_lists_with(self) -> None:
        train, held_out = parts()
        plain = replace(train, catalogue=replace(train.catalogue, item_features=None))
        strangers = train.take(train.users < 0)
        missing = {
            "no features": (plain, {"calibration": "a column of categories in data.items"}),
            "only strangers": (
                strangers,
                dict.fromkeys(
                    ("calibration", "popularity_lift"), "users with positives before the part that is measured"
                ),
            ),
        }
        for known, lacking in missing.values():
            part, evaluation = measured(known, held_out, scores(0), names=[])
            assert describe_lists(evaluation, part.context).keys() == set(NAMES) - lacking.keys()
            for name, words in lacking.items():
                assert DESCRIPTIVE_METRICS[name].lacks(part.context) == words

    def test_lists_of_one_item_have_no_pairs_and_no_diversity(self) -> None:
        part, evaluation = measured(*parts(), scores(0), 1, names=[])
        assert describe_lists(evaluation, part.context).keys() == set(NAMES) - {"diversity"}

    def test_growing_histories_are_the_profiles_of_their_moment(self) -> None:
        train, held_out = parts()
        times = {"timestamps": np.arange(len(train))}, {"timestamps": 1000 + np.arange(len(held_out))}
        growing = replace(train, **times[0]), replace(held_out, **times[1], grows=True)
        part, evaluation = measured(*growing, scores(0), names=["popularity_lift", "graded_ndcg"])
        done: dict[int, list[Any]] = {user: positives(train, user) for user in range(USERS)}
        later = growing[1].take(growing[1].values >= 4)
        for case, user in enumerate(evaluation.users.tolist()):
            assert part.context.profiles[[case]].toarray().sum() == len(done[user])
            assert part.context.profiles[[case]].toarray()[0, done[user]].all()
            own = later.items[later.users == user]
            done[user] = [*done[user], own[len(done[user]) - len(positives(train, user))]]
        np.testing.assert_array_equal(evaluation.per_user["graded_ndcg"], evaluation.per_user["ndcg"])


def test_the_shares_of_an_items_categories_sum_to_1() -> None:
    train, _ = parts()
    shares = category_shares(train.catalogue).toarray()
    assert shares.shape == (ITEMS, 7)
    np.testing.assert_allclose(shares.sum(axis=1), [1.0] * (ITEMS - 1) + [0.0])


def sorted_rows(matrix: csr_array) -> csr_array:
    found = csr_array(matrix)
    found.sort_indices()
    return found
