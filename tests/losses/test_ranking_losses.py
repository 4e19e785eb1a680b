"""Tests of ranking losses: plain Python formulas, gradients by differences, and agreement of the two forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from plain_losses import Array, of_all_by_hand, of_sampled_by_hand, slopes

from recsys.losses.loss import RankingLoss
from recsys.losses.table import LOSSES, RANKING_LOSSES, RATING_LOSSES, family_of

MEMBERS, USERS, ITEMS = 2, 3, 5


def value_and_gradients(loss: Any, *variables: Array, rest: tuple[Array, ...]) -> tuple[Array, list[Array]]:
    """What TensorFlow makes of a loss: its values, and the gradients of their sum by the first arguments."""
    own = [tf.Variable(each, dtype=tf.float32) for each in variables]
    with tf.GradientTape() as tape:
        values = loss(*own, *(tf.constant(each, tf.float32) for each in rest))
        total = tf.reduce_sum(values)
    return np.asarray(values), [np.asarray(g) for g in tape.gradient(total, own)]


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def scores(random: np.random.Generator) -> Array:
    """(M, B, I)."""
    return random.normal(size=(MEMBERS, USERS, ITEMS))


@pytest.fixture
def chosen() -> Array:
    """Weights (M, B, I): one user with several choices, one with one, one with none; the members weigh differently."""
    table = np.array([[1.0, 0, 2.5, 0, 0], [0, 0, 0, 1.0, 0], [0, 0, 0, 0, 0]])
    return np.stack([table, 0.5 * table])


UNOBSERVED = np.array([0.1, 0.7])


class TestOfAllItems:
    @pytest.fixture(params=[name for name, loss in RANKING_LOSSES.items() if loss.of_all])
    def loss(self, request: pytest.FixtureRequest) -> RankingLoss:
        return RANKING_LOSSES[request.param]

    def test_it_is_its_formula(self, loss: RankingLoss, scores: Array, chosen: Array) -> None:
        ours, _ = value_and_gradients(loss.of_all, scores, rest=(chosen, UNOBSERVED))
        for m, b in np.ndindex(MEMBERS, USERS):
            assert ours[m, b] == pytest.approx(
                of_all_by_hand(loss.name, scores[m, b], chosen[m, b], UNOBSERVED[m]), abs=1e-5
            )

    def test_its_gradient_is_the_slope_of_its_formula(self, loss: RankingLoss, scores: Array, chosen: Array) -> None:
        _, (ours,) = value_and_gradients(loss.of_all, scores, rest=(chosen, UNOBSERVED))
        for m, b in np.ndindex(MEMBERS, USERS):
            expected = slopes(
                lambda s, m=m, b=b: of_all_by_hand(loss.name, s, chosen[m, b], UNOBSERVED[m]),  # type: ignore[misc]
                scores[m, b],
            )
            np.testing.assert_allclose(ours[m, b], expected, atol=1e-4)

    def test_scores_that_are_large_overflow_nothing(self, loss: RankingLoss, scores: Array, chosen: Array) -> None:
        ours, (gradient,) = value_and_gradients(loss.of_all, 1000 * scores, rest=(chosen, UNOBSERVED))
        assert np.isfinite(ours).all()
        assert np.isfinite(gradient).all()


class TestSampled:
    """Choices (B,) against negatives (N,) that the batch shares; those that are the user's own count 0."""

    COUNTS = np.array([[2.0, 0, 0.5, 3.0], [1.0, 1.0, 1.0, 1.0], [0, 0, 0, 0]])

    @pytest.fixture(params=RANKING_LOSSES)
    def loss(self, request: pytest.FixtureRequest) -> RankingLoss:
        return RANKING_LOSSES[request.param]

    @pytest.fixture
    def arguments(self, random: np.random.Generator) -> tuple[Array, ...]:
        positive, negative = random.normal(size=(MEMBERS, 3)), random.normal(size=(MEMBERS, 3, 4))
        return positive, negative, self.COUNTS, random.uniform(0.2, 3, (MEMBERS, 3)), random.uniform(0, 1, (MEMBERS, 3))

    def test_it_is_its_formula(self, loss: RankingLoss, arguments: tuple[Array, ...]) -> None:
        positive, negative, counts, chosen, unobserved = arguments
        ours, _ = value_and_gradients(loss.of_sampled, positive, negative, rest=(counts, chosen, unobserved))
        for m, b in np.ndindex(MEMBERS, 3):
            expected = of_sampled_by_hand(
                loss.name, positive[m, b], negative[m, b], counts[b], chosen[m, b], unobserved[m, b]
            )
            assert ours[m, b] == pytest.approx(expected, abs=1e-5)

    def test_its_gradients_are_the_slopes_of_its_formula(self, loss: RankingLoss, arguments: tuple[Array, ...]) -> None:
        positive, negative, counts, chosen, unobserved = arguments
        _, ours = value_and_gradients(loss.of_sampled, positive, negative, rest=(counts, chosen, unobserved))
        for m, b in np.ndindex(MEMBERS, 3):

            def by_hand(scores: Array, m: int = m, b: int = b) -> float:
                rest = counts[b], chosen[m, b], unobserved[m, b]
                return of_sampled_by_hand(loss.name, scores[0], scores[1:], *rest)

            expected = slopes(by_hand, np.append(positive[m, b], negative[m, b]))
            np.testing.assert_allclose(np.append(ours[0][m, b], ours[1][m, b]), expected, atol=1e-4)

    def test_a_negative_of_the_users_own_has_no_gradient(self, loss: RankingLoss, arguments: tuple[Array, ...]) -> None:
        positive, negative, counts, *rest = arguments
        _, (_, gradient) = value_and_gradients(loss.of_sampled, positive, negative, rest=(counts, *rest))
        assert (gradient[:, counts == 0] == 0).all()
        assert (gradient[:, counts > 0] != 0).all()


class TestTheTwoForms:
    """A point means the same in both batch sources."""

    @pytest.mark.parametrize("name", ["weighted_squared", "logistic"])
    def test_choices_against_every_item_once_sum_to_the_whole_loss(
        self, name: str, scores: Array, chosen: Array
    ) -> None:
        """Every item stands for itself; what a user's unobserved items weigh is spread over the user's choices."""
        loss = RANKING_LOSSES[name]
        whole, _ = value_and_gradients(loss.of_all, scores, rest=(chosen, UNOBSERVED))
        for m, b in np.ndindex(MEMBERS, 2):
            places = np.flatnonzero(chosen[m, b])
            others = np.tile(scores[m, b], (1, len(places), 1))
            counts = np.tile(np.where(chosen[m, b] > 0, 0.0, 1.0), (len(places), 1))
            unobserved = np.full((1, len(places)), UNOBSERVED[m] / len(places))
            rest = counts, chosen[m, b][None, places], unobserved
            sampled, _ = value_and_gradients(loss.of_sampled, scores[m, b][None, places], others, rest=rest)
            assert sampled.sum() == pytest.approx(whole[m, b], rel=1e-5)

    def test_a_softmax_against_every_other_item_is_the_whole_softmax(self, scores: Array) -> None:
        loss = RANKING_LOSSES["softmax"]
        single = np.zeros((MEMBERS, USERS, ITEMS))
        single[:, :, 1] = 2.0
        whole, _ = value_and_gradients(loss.of_all, scores, rest=(single, UNOBSERVED))
        counts = np.tile([1.0, 0.0, 1.0, 1.0, 1.0], (USERS, 1))
        rest = counts, single[:, :, 1], np.zeros((MEMBERS, USERS))
        sampled, _ = value_and_gradients(loss.of_sampled, scores[:, :, 1], scores, rest=rest)
        np.testing.assert_allclose(sampled, whole, rtol=1e-5)

    def test_a_negative_that_stands_for_several_items_is_as_good_as_each_of_them(self, scores: Array) -> None:
        """The log-Q correction: one negative for three equal items, or those three."""
        for name in ("softmax", "weighted_squared", "logistic"):
            loss, positive = RANKING_LOSSES[name], scores[:, :, 0]
            weights = np.ones((MEMBERS, USERS)), np.full((MEMBERS, USERS), 0.3)
            one, _ = value_and_gradients(
                loss.of_sampled, positive, scores[:, :, 1:2], rest=(np.full((USERS, 1), 3.0), *weights)
            )
            three, _ = value_and_gradients(
                loss.of_sampled, positive, scores[:, :, [1, 1, 1]], rest=(np.ones((USERS, 3)), *weights)
            )
            np.testing.assert_allclose(one, three, rtol=1e-5)


def test_every_loss_has_a_family_and_a_ranking_loss_says_whether_it_weighs_what_is_unobserved() -> None:
    assert {name for name in LOSSES if family_of(name) == "ranking"} == set(RANKING_LOSSES)
    assert {name for name in LOSSES if family_of(name) == "rating"} == {loss.name for loss in RATING_LOSSES}
    for loss in RANKING_LOSSES.values():
        arguments = np.ones((1, 1)), np.ones((1, 1, 2)), np.ones((1, 2)), np.ones((1, 1))
        low, high = (
            value_and_gradients(loss.of_sampled, *arguments[:2], rest=(*arguments[2:], np.full((1, 1), weight)))[0]
            for weight in (0.1, 0.9)
        )
        assert (low != high).all() == loss.weighs_unobserved
