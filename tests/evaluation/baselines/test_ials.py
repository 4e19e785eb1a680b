"""iALS against the dense normal equations and against the loss that it minimises."""

from __future__ import annotations

import numpy as np
import pytest
from evaluation_samples import make_ratings

from recsys.evaluation.baselines.ials import IALS
from recsys.evaluation.baselines.linear_scores import LinearScores

USERS, ITEMS = 30, 20
RATINGS = make_ratings(USERS, ITEMS, 250).with_positives_from(3)
OWNED = np.zeros((USERS, ITEMS))
OWNED[RATINGS.positives.users, RATINGS.positives.items] = 1
WEIGHT, L2 = 0.2, 0.05


def factors(fitted: LinearScores) -> tuple[np.ndarray, np.ndarray]:
    return fitted.left[:USERS].astype(float), fitted.right[:, :ITEMS].T.astype(float)


def ridges(owned: np.ndarray, exponent: float) -> np.ndarray:
    return L2 * (owned.sum(axis=1) + WEIGHT * owned.shape[1]) ** exponent


def solved(owned: np.ndarray, other: np.ndarray, exponent: float) -> np.ndarray:
    """Each row's weighted ridge regression on all of the other side: weight 1 + w where it is positive, else w."""
    rows = []
    for has, ridge in zip(owned, ridges(owned, exponent), strict=True):
        weights = np.diag(WEIGHT + has)
        rows.append(np.linalg.solve(other.T @ weights @ other + ridge * np.eye(other.shape[1]), other.T @ has))
    return np.array(rows)


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0])
def test_a_round_solves_the_dense_equations_of_users_and_then_of_items(exponent: float) -> None:
    before, after = (
        factors(IALS(WEIGHT, L2, exponent, factors=5, rounds=rounds, seed=3).fit(RATINGS)) for rounds in (2, 3)
    )
    users = solved(OWNED, before[1], exponent)
    np.testing.assert_allclose(after[0], users, atol=1e-4)
    np.testing.assert_allclose(after[1], solved(OWNED.T, users, exponent), atol=1e-4)


def test_every_round_lowers_the_loss_until_nothing_moves() -> None:
    def loss(rounds: int) -> float:
        users, items = factors(IALS(WEIGHT, L2, factors=5, rounds=rounds).fit(RATINGS))
        scores = users @ items.T
        penalty = ridges(OWNED, 1.0) @ (users**2).sum(axis=1) + ridges(OWNED.T, 1.0) @ (items**2).sum(axis=1)
        return float((OWNED * (1 - scores) ** 2).sum() + WEIGHT * (scores**2).sum() + penalty)

    losses = [loss(rounds) for rounds in (1, 2, 3, 5, 10, 60, 61)]
    assert np.all(np.diff(losses) < 1e-4)
    assert losses[0] - losses[-1] > 1
    assert losses[-2] == pytest.approx(losses[-1], rel=1e-4)
