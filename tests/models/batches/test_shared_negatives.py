"""Tests of shared negatives: the step equals the formula, draws follow popularity, and every choice is used."""

from __future__ import annotations

import numpy as np
import pytest
from batch_samples import CHOSEN, ITEMS, USERS, built, chosen_by, own_tables, step, two_members
from hypothesis import given
from hypothesis import strategies as st
from plain_losses import Array, of_sampled_by_hand, slopes

from recsys.data.ratings import Ratings
from recsys.losses.table import RANKING_LOSSES
from recsys.models.batches.negatives import SharedNegatives
from recsys.models.mf.kind import MF
from recsys.training.trial import Trial

CHOICES = chosen_by(CHOSEN)
ROWS = [(user, item, value) for user, own in CHOSEN.items() for item, value in own.items()]
NEGATIVES, POWER = 4, 0.5
MODEL = built(two_members("softmax"))


def way_of(trials: list[Trial]) -> SharedNegatives:
    loss = RANKING_LOSSES[str(trials[0].point["loss"])].of_sampled
    batches = SharedNegatives(MF, built(trials), CHOICES, loss, 3, NEGATIVES, POWER)
    batches.load(trials)
    return batches


def drawing(positives: Ratings, power: float, negatives: int = 8) -> SharedNegatives:
    """A way whose rounds are looked at only."""
    return SharedNegatives(MF, MODEL, positives, RANKING_LOSSES["bpr"].of_sampled, 4, negatives, power)


def shares(positives: Ratings, power: float) -> Array:
    """How likely each item is to be drawn; one that nobody has chosen as if one person had."""
    weights = np.maximum(np.bincount(positives.items, minlength=positives.catalogue.items), 1.0) ** power
    return np.asarray(weights / weights.sum())


def objective_by_hand(trial: Trial, tables: dict[str, Array], rows: list[int], drawn: list[int]) -> float:
    """Of one member: the losses of the choices in the rows and their penalty, by choice."""
    point, total = trial.point, 0.0
    stands_for = 1 / (len(drawn) * shares(CHOICES, POWER))
    for user, item, value in (ROWS[row] for row in rows):
        users, items = tables["user_embedding"], tables["item_embedding"]
        scores = items @ users[user] + tables["item_bias"][:, 0]
        counts = np.array([0.0 if other in CHOSEN[user] else stands_for[other] for other in drawn])
        weight = value if value > 0 else point["seen_weight"]
        unobserved = point["unobserved_weight"] / len(CHOSEN[user])  # type: ignore[operator]
        total += of_sampled_by_hand(str(point["loss"]), scores[item], scores[drawn], counts, weight, unobserved)  # type: ignore[arg-type]
        total += point["l2"] * ((users[user] ** 2).sum() + (items[item] ** 2).sum())  # type: ignore[operator]
        total += point["bias_l2"] * tables["item_bias"][item, 0] ** 2  # type: ignore[operator]
    return total / len(rows)


class TestAStep:
    @pytest.mark.parametrize("loss", RANKING_LOSSES)
    def test_its_gradient_is_that_of_the_formula_penalty_included(self, loss: str) -> None:
        trials, rows, drawn = two_members(loss), [0, 2, 6], [5, 2, 2, 0]
        batches = way_of(trials)
        batch = [np.array(rows, np.int32), np.array(drawn, np.int32)]
        _, objective, gradients = step(batches, batches.model, batch)
        tables = [own_tables(batches.model, place) for place in range(2)]
        by_hand = [objective_by_hand(t, own, rows, drawn) for t, own in zip(trials, tables, strict=True)]
        assert objective == pytest.approx(sum(by_hand), rel=1e-5)
        for place, (trial, own) in enumerate(zip(trials, tables, strict=True)):
            ours = own_tables(batches.model, place, gradients)
            for name, table in own.items():
                expected = slopes(
                    lambda changed, name=name, own=own, trial=trial: objective_by_hand(  # type: ignore[misc]
                        trial, {**own, name: changed}, rows, drawn
                    ),
                    table,
                )
                np.testing.assert_allclose(ours[name], expected, atol=1e-4, err_msg=name)

    @pytest.mark.parametrize("loss", RANKING_LOSSES)
    def test_the_filler_counts_for_nothing(self, loss: str) -> None:
        batches, drawn = way_of(two_members(loss)), np.array([5, 2, 2, 0], np.int32)
        alone = step(batches, batches.model, [np.array([0, 3], np.int32), drawn])
        filled = step(batches, batches.model, [np.array([0, len(ROWS), 3, len(ROWS)], np.int32), drawn])
        np.testing.assert_allclose(filled[0], alone[0], rtol=1e-6)
        assert filled[1] == pytest.approx(alone[1], rel=1e-6)
        for name, gradient in alone[2].items():
            np.testing.assert_allclose(filled[2][name], gradient, atol=1e-6)
            assert (filled[2][name][-1] == 0).all()

    @pytest.mark.parametrize("loss", RANKING_LOSSES)
    def test_a_negative_that_the_user_has_chosen_has_no_gradient(self, loss: str) -> None:
        """User 0 has chosen 1 and 3, and seen 5; of the negatives only 2 is a stranger."""
        batches = way_of(two_members(loss, l2=0.0, bias_l2=0.0))
        _, _, gradients = step(batches, batches.model, [np.array([0], np.int32), np.array([3, 5, 2, 3], np.int32)])
        assert np.flatnonzero(gradients["item_embedding"].any(axis=1)).tolist() == [1, 2]
        assert np.flatnonzero(gradients["item_bias"].any(axis=1)).tolist() == [1, 2]


class TestARound:
    @given(seed=st.integers(0, 2**31 - 1), epoch=st.integers(0, 1000))
    def test_every_choice_appears_once_and_every_step_has_negatives_of_the_catalogue(
        self, seed: int, epoch: int
    ) -> None:
        rows, drawn = drawing(CHOICES, POWER).round(seed, epoch)
        assert sorted(rows[rows != len(ROWS)].tolist()) == list(range(len(ROWS)))
        assert drawn.shape == (len(rows), 8)
        assert drawn.min() >= 0
        assert drawn.max() < ITEMS

    def test_it_is_a_function_of_the_seed_and_the_epoch(self) -> None:
        def of(seed: int, epoch: int) -> list[list[list[int]]]:
            return [each.tolist() for each in drawing(CHOICES, POWER).round(seed, epoch)]

        assert of(3, 5) == of(3, 5)
        assert of(3, 5)[1] != of(3, 6)[1] != of(4, 5)[1]

    @pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
    def test_negatives_are_drawn_by_popularity_to_the_power(self, power: float) -> None:
        random = np.random.default_rng(0)
        crowd = chosen_by(
            {user: dict.fromkeys([0, *random.permutation(range(1, 1 + user % 4))], 1.0) for user in range(40)}, users=40
        )
        batches = drawing(crowd, power, negatives=2000)
        drawn = np.concatenate([batches.round(1, epoch)[1].ravel() for epoch in range(3)])
        frequencies, expected = np.bincount(drawn, minlength=ITEMS) / len(drawn), shares(crowd, power)
        np.testing.assert_allclose(frequencies, expected, atol=5 * np.sqrt(0.25 / len(drawn)))
        if power:
            assert expected[0] == expected.max() > 2 * expected[ITEMS - 1]

    @given(power=st.floats(0, 1), negatives=st.integers(1, 50))
    def test_a_sum_over_negatives_is_an_unbiased_estimate_of_that_over_all_items(
        self, power: float, negatives: int
    ) -> None:
        """Each stands for as many items as make up for how rarely it is drawn: N · probability · count = 1."""
        stands_for = np.asarray(drawing(CHOICES, power, negatives).tensors[4])
        np.testing.assert_allclose(negatives * shares(CHOICES, power) * stands_for, 1, rtol=1e-5)


def test_a_users_unobserved_items_are_spread_over_the_users_choices() -> None:
    per_user = np.asarray(drawing(CHOICES, 0.0).tensors[3])
    assert per_user.tolist() == [max(1, len(CHOSEN.get(user, {}))) for user in range(USERS + 1)]
