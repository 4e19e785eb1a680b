"""Tests of iALS against the dense normal equations and against the loss that it minimizes."""

from __future__ import annotations

import numpy as np
import pytest
from evaluation_samples import make_ratings

from recsys.evaluation.baselines.ials import IALS
from recsys.evaluation.baselines.linear_scores import LinearScores

USERS, ITEMS = 30, 20
RATINGS = make_ratings(USERS, ITEMS, 250).with_positives_from(3)
WEIGHT, L2 = 0.2, 0.05


def weights(seen_weight: float = 0.0) -> np.ndarray:
    """What each pair weighs, (U, I)."""
    dense = np.zeros((USERS, ITEMS))
    dense[RATINGS.users, RATINGS.items] = np.where(RATINGS.values >= 3, 1, seen_weight)
    return dense


def factors(fitted: LinearScores) -> tuple[np.ndarray, np.ndarray]:
    return fitted.left[:USERS].astype(float), fitted.right[:, :ITEMS].T.astype(float)


def ridges(owned: np.ndarray, exponent: float) -> np.ndarray:
    return L2 * (owned.sum(axis=1) + WEIGHT * owned.shape[1]) ** exponent


def solved(owned: np.ndarray, other: np.ndarray, exponent: float) -> np.ndarray:
    """Each row's weighted ridge regression on all of the other side: weight x + w where it has a pair, else w."""
    rows = []
    for has, ridge in zip(owned, ridges(owned, exponent), strict=True):
        normal = other.T @ np.diag(WEIGHT + has) @ other + ridge * np.eye(other.shape[1])
        rows.append(np.linalg.solve(normal, other.T @ has))
    return np.array(rows)


@pytest.mark.parametrize("seen_weight", [0.0, 0.4])
@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0])
def test_users_solve_their_equations_exactly_and_items_once_the_rounds_have_settled(
    exponent: float, seen_weight: float
) -> None:
    settings = {"exponent": exponent, "factors": 5, "seed": 3, "seen_weight": seen_weight}
    owned = weights(seen_weight)
    users, items = factors(IALS(WEIGHT, L2, **settings, rounds=2).fit(RATINGS))
    np.testing.assert_allclose(users, solved(owned, items, exponent), atol=1e-5)
    users, items = factors(IALS(WEIGHT, L2, **settings, rounds=600).fit(RATINGS))
    np.testing.assert_allclose(items, solved(owned.T, users, exponent), atol=2e-3)


def test_every_round_lowers_the_loss_until_nothing_moves() -> None:
    owned = weights()

    def loss(rounds: int) -> float:
        users, items = factors(IALS(WEIGHT, L2, factors=5, rounds=rounds).fit(RATINGS))
        scores = users @ items.T
        penalty = ridges(owned, 1.0) @ (users**2).sum(axis=1) + ridges(owned.T, 1.0) @ (items**2).sum(axis=1)
        return float((owned * (1 - scores) ** 2).sum() + WEIGHT * (scores**2).sum() + penalty)

    losses = [loss(rounds) for rounds in (1, 2, 3, 5, 10, 60, 61)]
    assert np.all(np.diff(losses) < 1e-4)
    assert losses[0] - losses[-1] > 1
    assert losses[-2] == pytest.approx(losses[-1], rel=1e-4)


def test_where_the_penalty_lets_nothing_live_the_lists_are_of_what_the_most_people_like() -> None:
    scores = IALS(WEIGHT, l2=50.0, rounds=60).fit(RATINGS).score_all(np.arange(USERS), ITEMS)
    assert (scores > 0).all()
    together = weights().T / ridges(weights().T, 1.0)[:, None] @ (weights() / ridges(weights(), 1.0)[:, None])
    first = np.abs(np.linalg.eig(together)[1][:, 0].real)
    for row in scores:
        assert np.argsort(row).tolist() == np.argsort(first).tolist()
