"""Tests of intervals and tests clustered by user: textbook formulas, properties, and calibration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from recsys.evaluation.comparison import compare_to_best
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.significance import UnpairedTest, bootstrap_interval, holm, paired_test, unpaired_test

seeds = st.integers(0, 2**20)


def two_models(seed: int, users: int = 40, gain: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Errors of two models whose quality differs by user, with as skewed an activity as MovieLens has, and the users.

    The first is better by `gain` in its noise's variance; both are drawn alike where that is 0.
    """
    random = np.random.default_rng(seed)
    rows = np.repeat(np.arange(users), np.maximum(1, random.lognormal(2.5, 1.0, users)).astype(int))
    common = random.normal(0, 0.9, len(rows)) + random.normal(0, 0.3, users)[rows]

    def noise() -> np.ndarray:
        return random.normal(0, 0.1, len(rows)) + random.normal(0, 0.08, users)[rows]

    return common + noise(), (common + noise()) * np.sqrt(1 + gain), rows


class TestPairedTest:
    @given(seeds)
    def test_with_one_value_a_user_it_is_the_paired_t_test(self, seed) -> None:
        random = np.random.default_rng(seed)
        a, b = random.normal(size=(2, 20))
        ours, theirs = paired_test(a, b, np.arange(20)), stats.ttest_rel(a, b)
        interval = theirs.confidence_interval(0.95)
        assert ours.difference == pytest.approx(a.mean() - b.mean())
        assert ours.p_two_sided == pytest.approx(theirs.pvalue)
        assert ours.p_one_sided == pytest.approx(stats.ttest_rel(a, b, alternative="less").pvalue)
        assert ours.interval == pytest.approx((interval.low, interval.high))

    @given(seeds)
    def test_its_error_is_that_of_leaving_out_one_user_at_a_time(self, seed) -> None:
        a, b, users = two_models(seed, users=12)
        ours = paired_test(a**2, b**2, users, root=True)
        left_out = [
            np.sqrt(np.mean(a[users != u] ** 2)) - np.sqrt(np.mean(b[users != u] ** 2)) for u in np.unique(users)
        ]
        error = np.sqrt(11 / 12 * np.sum((left_out - np.mean(left_out)) ** 2))
        counts = np.bincount(users)
        half = error * stats.t.ppf(0.975, counts.sum() ** 2 / (counts**2).sum() - 1)
        assert ours.difference == pytest.approx(np.sqrt(np.mean(a**2)) - np.sqrt(np.mean(b**2)))
        assert ours.interval == pytest.approx((ours.difference - half, ours.difference + half))

    @given(seeds)
    def test_swapping_the_models_turns_everything_round(self, seed) -> None:
        a, b, users = two_models(seed)
        one, other = paired_test(a**2, b**2, users, root=True), paired_test(b**2, a**2, users, root=True)
        assert other.difference == pytest.approx(-one.difference)
        assert other.p_two_sided == pytest.approx(one.p_two_sided)
        assert other.p_one_sided == pytest.approx(1 - one.p_one_sided)

    @given(seeds)
    def test_the_order_of_the_ratings_and_the_users_codes_do_not_matter(self, seed) -> None:
        a, b, users = two_models(seed)
        order = np.random.default_rng(seed).permutation(len(a))
        one, other = paired_test(a**2, b**2, users), paired_test(a[order] ** 2, b[order] ** 2, 7 * users[order] + 3)
        assert other.p_one_sided == pytest.approx(one.p_one_sided)
        assert other.interval == pytest.approx(one.interval)

    @given(seeds, st.floats(0, 0.1), st.floats(0, 0.1))
    def test_a_larger_margin_is_never_easier_to_pass(self, seed, one, other) -> None:
        a, b, users = two_models(seed)
        low, high = sorted([one, other])
        p_low = paired_test(a**2, b**2, users, root=True, margin=low).p_one_sided
        assert p_low <= paired_test(a**2, b**2, users, root=True, margin=high).p_one_sided

    def test_at_a_margin_of_just_the_gain_the_chances_are_even(self) -> None:
        a, b, users = two_models(0, gain=0.2)
        gain = -paired_test(a**2, b**2, users, root=True).difference
        assert paired_test(a**2, b**2, users, root=True, margin=gain).p_one_sided == pytest.approx(0.5)

    def test_a_metric_to_maximise_is_better_when_it_is_higher(self) -> None:
        random = np.random.default_rng(0)
        low, users = random.random(50), np.arange(50)
        high = low + random.random(50)
        assert paired_test(high, low, users, direction="maximize").p_one_sided < 1e-6
        assert paired_test(low, high, users, direction="maximize").p_one_sided > 1 - 1e-6

    def test_the_same_predictions_never_pass(self) -> None:
        losses, users = np.random.default_rng(0).random(50), np.repeat(np.arange(10), 5)
        same = paired_test(losses, losses, users)
        assert (same.difference, same.p_one_sided, same.p_two_sided) == (0, 1, 1)

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_a_candidate_that_diverged_never_passes(self, bad: float) -> None:
        losses, users = np.ones(10), np.arange(10)
        assert paired_test(np.where(users == 3, bad, losses), losses, users).p_one_sided == 1

    @pytest.mark.parametrize("ratings", [0, 1, 5])
    def test_fewer_than_two_users_prove_nothing(self, ratings: int, recwarn) -> None:
        tested = paired_test(np.zeros(ratings), np.ones(ratings), np.zeros(ratings, int))
        assert (tested.p_one_sided, tested.p_two_sided) == (1, 1)
        assert not recwarn.list

    @pytest.mark.parametrize("root", [True, False])
    def test_models_drawn_alike_rarely_pass_the_one_percent_test(self, root: bool) -> None:
        assert passes(2000, users=60, root=root) <= 0.016  # 1 % and 2.7 standard errors of 2000 draws

    @pytest.mark.slow
    @pytest.mark.parametrize("root", [True, False])
    @pytest.mark.parametrize("users", [10, 30, 100, 300])
    def test_the_one_percent_test_passes_at_most_1_3_percent_of_models_drawn_alike(self, users, root) -> None:
        assert passes(20_000, users=users, root=root) <= 0.013

    def test_models_that_are_clearly_better_pass(self) -> None:
        assert passes(100, users=300, root=True, gain=0.1) == 1

    def test_ignoring_the_users_would_pass_too_many(self) -> None:
        tests = [two_models(seed, users=60) for seed in range(1000)]
        alone = [paired_test(a**2, b**2, np.arange(len(a)), root=True).p_one_sided for a, b, _ in tests]
        assert np.mean(np.array(alone) <= 0.01) > 0.02


def passes(draws: int, *, users: int, root: bool, gain: float = 0.0) -> float:
    """The share of candidates that pass the one-sided 1 % test."""
    models = (two_models(seed, users, gain) for seed in range(draws))
    return float(np.mean([paired_test(a**2, b**2, u, root=root).p_one_sided <= 0.01 for a, b, u in models]))


class TestBootstrapInterval:
    @given(seeds, st.booleans())
    def test_it_holds_the_metric_and_stays_within_the_losses(self, seed, root) -> None:
        a, _, users = two_models(seed)
        losses = a**2
        low, high = bootstrap_interval(losses, users, root=root, resamples=200)
        value = np.sqrt(losses.mean()) if root else losses.mean()
        assert 0 <= low < value < high

    def test_the_same_seed_gives_the_same_interval_and_another_one_another(self) -> None:
        a, _, users = two_models(0)
        assert bootstrap_interval(a, users, seed=1) == bootstrap_interval(a, users, seed=1)
        assert bootstrap_interval(a, users, seed=1) != bootstrap_interval(a, users, seed=2)

    def test_with_one_rating_a_user_it_equals_scipys(self) -> None:
        losses = np.random.default_rng(0).exponential(size=400)
        theirs = stats.bootstrap([losses], np.mean, n_resamples=5000, method="percentile", rng=0).confidence_interval
        ours = bootstrap_interval(losses, np.arange(400), resamples=5000)
        assert ours == pytest.approx((theirs.low, theirs.high), abs=0.01)

    def test_related_ratings_of_a_user_make_it_wider(self) -> None:
        random = np.random.default_rng(0)
        users = np.repeat(np.arange(50), 20)
        losses = random.random(50)[users]
        (low, high), (low_alone, high_alone) = (bootstrap_interval(losses, u) for u in (users, np.arange(1000)))
        assert high - low > 3 * (high_alone - low_alone)

    def test_it_holds_the_truth_about_as_often_as_it_says(self) -> None:
        hits = []
        for seed in range(400):
            random = np.random.default_rng(seed)
            users = np.repeat(np.arange(80), random.integers(1, 10, 80))
            losses = random.normal(size=80)[users] + random.normal(size=len(users))
            low, high = bootstrap_interval(losses, users, confidence=0.9, resamples=300)
            hits.append(low <= 0 <= high)
        assert 0.85 <= np.mean(hits) <= 0.94

    def test_many_users_are_drawn_in_blocks_with_the_same_result(self, monkeypatch) -> None:
        a, _, users = two_models(0)
        whole = bootstrap_interval(a**2, users)
        monkeypatch.setattr("recsys.evaluation.significance._RESAMPLED_AT_ONCE", 40 * 7)
        assert bootstrap_interval(a**2, users) == pytest.approx(whole, abs=0.05)

    @pytest.mark.parametrize("users", [[], [7], [7, 7, 7]])
    def test_there_is_none_of_fewer_than_two_users(self, users: list[int]) -> None:
        """Whoever draws users again draws the same ones."""
        assert bootstrap_interval(np.arange(len(users), dtype=float), np.array(users, int)) is None


class TestHolm:
    def test_it_gives_the_textbook_example(self) -> None:
        assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])

    @given(hnp.arrays(np.float64, st.integers(0, 10), elements=st.floats(0, 1)))
    def test_it_keeps_the_order_never_lowers_a_p_value_and_is_never_stricter_than_bonferroni(self, p) -> None:
        adjusted = holm(p)
        order = np.argsort(p, kind="stable")
        assert (np.diff(adjusted[order]) >= 0).all()
        assert (adjusted >= p).all()
        assert (adjusted <= np.minimum(1, len(p) * p)).all()


class TestCompareToBest:
    def test_it_finds_the_best_and_tells_the_clearly_worse_from_the_tied(self) -> None:
        a, b, users = two_models(3, users=200)
        losses = np.stack([a**2, b**2, (1.3 * a) ** 2], axis=1)
        compared = compare_to_best(metric_of("rmse"), losses, users)
        assert compared is not None
        assert compared.best == np.argmin(losses.mean(axis=0))
        assert compared.tied.tolist() == [True, True, False]
        assert compared.p_values[compared.best] == 1

    def test_a_metric_to_maximise_has_the_highest_as_its_best(self) -> None:
        values = np.stack([np.zeros(9), np.ones(9)], axis=1)
        compared = compare_to_best(metric_of("ndcg"), values, np.arange(9))
        assert compared is not None
        assert (compared.best, compared.tied.tolist()) == (1, [False, True])

    def test_a_trial_that_diverged_is_neither_best_nor_tied(self) -> None:
        losses = np.stack([np.full(9, np.nan), np.ones(9)], axis=1)
        compared = compare_to_best(metric_of("rmse"), losses, np.arange(9))
        assert compared is not None
        assert (compared.best, compared.tied.tolist()) == (1, [False, True])

    def test_there_is_no_best_where_no_trial_has_a_number(self) -> None:
        assert compare_to_best(metric_of("rmse"), np.full((5, 2), np.nan), np.arange(5)) is None
        assert compare_to_best(metric_of("rmse"), np.empty((0, 2)), np.empty(0, int)) is None

    def test_of_leaderboards_of_equal_trials_few_show_a_difference(self) -> None:
        """The best is chosen from the same data: as 19 tests in place of 190, one in six would."""
        random, users, shown = np.random.default_rng(0), np.arange(100), 0
        for _ in range(60):
            compared = compare_to_best(metric_of("mae"), random.normal(1, 0.1, (100, 20)), users)
            assert compared is not None
            shown += not compared.tied.all()
        assert shown <= 5


class TestUnpaired:
    @given(st.integers(0, 2**20), st.integers(2, 30), st.integers(2, 30))
    def test_with_a_value_a_user_it_is_welchs_test_of_scipy(self, seed, one, other) -> None:
        random = np.random.default_rng(seed)
        a, b = random.random(one), 0.2 + 3 * random.random(other)
        expected = stats.ttest_ind(a, b, equal_var=False)
        found = unpaired_test((a, np.arange(one)), (b, np.arange(other)))
        assert found.difference == pytest.approx(a.mean() - b.mean())
        assert found.p_value == pytest.approx(expected.pvalue)
        assert found.interval == pytest.approx(tuple(expected.confidence_interval(0.95)))

    @pytest.mark.parametrize("root", [False, True])
    def test_of_equal_groups_about_a_twentieth_differ_at_5_percent(self, root: bool) -> None:
        random = np.random.default_rng(0)

        def group(users: int) -> tuple[np.ndarray, np.ndarray]:
            """Errors of users who differ, with five ratings each."""
            of_users = np.repeat(np.arange(users), 5)
            return (random.normal(0, 1, users)[of_users] + random.normal(0, 1, 5 * users)) ** 2, of_users

        small = sum(unpaired_test(group(40), group(90), root=root).p_value < 0.05 for _ in range(600))
        assert 15 <= small <= 50

    def test_the_order_of_the_groups_turns_the_sign_alone(self) -> None:
        random = np.random.default_rng(0)
        a, b = ((random.random(30), random.integers(0, 9, 30)) for _ in range(2))
        one, other = unpaired_test(a, b, root=True), unpaired_test(b, a, root=True)
        assert (one.difference, one.p_value) == pytest.approx((-other.difference, other.p_value))
        assert one.interval == pytest.approx((-other.interval[1], -other.interval[0]))

    def test_from_one_user_nothing_follows_and_groups_without_variance_differ_if_their_values_do(self) -> None:
        one, many = (np.array([1.0, 0.5]), np.zeros(2, int)), (np.zeros(5), np.arange(5))
        assert unpaired_test(one, many) == UnpairedTest(0.75, (-np.inf, np.inf), 1.0)
        assert unpaired_test((np.ones(5), np.arange(5)), many) == UnpairedTest(1.0, (1.0, 1.0), 0.0)
        assert unpaired_test(many, many).p_value == 1
