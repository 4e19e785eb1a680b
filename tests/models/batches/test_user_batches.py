"""Tests of user batches against all items: the gradient equals the formula, and every user is used."""

from __future__ import annotations

import numpy as np
import pytest
from batch_samples import CHOSEN, ITEMS, USERS, built, chosen_by, own_tables, step, two_members
from hypothesis import given
from hypothesis import strategies as st
from plain_losses import Array, of_all_by_hand, slopes

from recsys.losses.table import RANKING_LOSSES
from recsys.models.batches.user_batches import UserBatches
from recsys.models.mf.kind import MF
from recsys.training.trial import Trial

SPARE = USERS


def way_of(trials: list[Trial], batch: int = 4) -> UserBatches:
    loss = RANKING_LOSSES[str(trials[0].point["loss"])].of_all
    assert loss is not None
    batches = UserBatches(MF, built(trials), chosen_by(CHOSEN), loss, batch)
    batches.load(trials)
    return batches


def objective_by_hand(trial: Trial, tables: dict[str, Array], users: list[int]) -> float:
    """Of one member: its losses and its penalty over the users, by choice."""
    point = trial.point
    total, positives = 0.0, sum(len(CHOSEN[user]) for user in users)
    for user in users:
        own, weights = CHOSEN[user], np.zeros(ITEMS)
        for item, value in own.items():
            weights[item] = value if value > 0 else point["seen_weight"]
        scores = tables["item_embedding"][:ITEMS] @ tables["user_embedding"][user] + tables["item_bias"][:ITEMS, 0]
        total += of_all_by_hand(str(point["loss"]), scores, weights, float(point["unobserved_weight"]))  # type: ignore[arg-type]
        total += point["l2"] * len(own) * (tables["user_embedding"][user] ** 2).sum()  # type: ignore[operator]
        for item in own:
            total += point["l2"] * (tables["item_embedding"][item] ** 2).sum()  # type: ignore[operator]
            total += point["bias_l2"] * tables["item_bias"][item, 0] ** 2  # type: ignore[operator]
    return total / positives


@pytest.mark.parametrize("loss", [name for name, each in RANKING_LOSSES.items() if each.of_all])
def test_the_gradient_of_a_step_is_that_of_the_formula_penalty_included(loss: str) -> None:
    trials, users = two_members(loss), [3, 0]
    batches = way_of(trials)
    _, objective, gradients = step(batches, batches.model, [np.array(users, np.int32)])
    by_hand = [objective_by_hand(trial, own_tables(batches.model, place), users) for place, trial in enumerate(trials)]
    assert objective == pytest.approx(sum(by_hand), rel=1e-5)
    for place, trial in enumerate(trials):
        tables, own = own_tables(batches.model, place), own_tables(batches.model, place, gradients)
        for name, table in tables.items():
            expected = slopes(
                lambda changed, name=name, tables=tables, trial=trial: objective_by_hand(  # type: ignore[misc]
                    trial, {**tables, name: changed}, users
                ),
                table,
            )
            np.testing.assert_allclose(own[name], expected, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("loss", ["softmax", "weighted_squared"])
def test_the_filler_and_users_without_choices_count_for_nothing(loss: str) -> None:
    batches = way_of(two_members(loss))
    alone = step(batches, batches.model, [np.array([0, 3], np.int32)])
    filled = step(batches, batches.model, [np.array([0, SPARE, 3, 2, SPARE], np.int32)])
    np.testing.assert_allclose(filled[0], alone[0], rtol=1e-6)
    assert filled[1] == pytest.approx(alone[1], rel=1e-6)
    for name, gradient in alone[2].items():
        np.testing.assert_allclose(filled[2][name], gradient, atol=1e-6)
        assert (filled[2][name][-1] == 0).all()


@given(seed=st.integers(0, 2**31 - 1), epoch=st.integers(0, 1000), batch=st.integers(1, 20))
def test_every_user_with_choices_appears_once_a_round(seed: int, epoch: int, batch: int) -> None:
    batches = UserBatches(MF, MODEL, chosen_by(CHOSEN), lambda *_: None, batch)  # type: ignore[arg-type,return-value]
    (users,) = batches.round(seed, epoch)
    assert users.shape == (batches.steps, batches.batch)
    assert sorted(users[users != SPARE].tolist()) == sorted(CHOSEN)


MODEL = built(two_members("softmax"))


def test_a_round_is_a_function_of_the_seed_and_the_epoch() -> None:
    many = chosen_by({user: {user % 6: 1.0} for user in range(50)}, users=50)
    sources = [UserBatches(MF, MODEL, many, lambda *_: None, 8) for _ in range(2)]  # type: ignore[arg-type,return-value]
    sources[1].round(9, 9)
    rounds = [batches.round(3, 5)[0].tolist() for batches in sources]
    assert rounds[0] == rounds[1]
    assert rounds[0] != sources[0].round(3, 6)[0].tolist() != sources[0].round(4, 5)[0].tolist()


def test_a_step_has_about_as_many_choices_as_the_batch_size_says() -> None:
    many = chosen_by({user: dict.fromkeys(range(1 + user % 6), 1.0) for user in range(60)}, users=60)
    batches = UserBatches(MF, MODEL, many, lambda *_: None, 35)  # type: ignore[arg-type,return-value]
    assert batches.batch == 10  # users have 3.5 choices each on average
