"""Tests of the item weights of EASE against the inverse in its definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from recsys.algebra.item_weights import item_weights, low_rank_weights
from recsys.algebra.lapack import factorise, invert_factorised, invert_upper
from recsys.errors import RecsysError

ITEMS = 90
PENALTIES = pytest.mark.parametrize("l2", [0.1, 3.0, 500.0, 1e5])


def owned(users: int, items: int = ITEMS) -> csr_array:
    """Weights of users' items; the last user and the last item have none."""
    random = np.random.default_rng(users)
    weights = (random.random((users, items)) < 0.3) * random.choice([1.0, 0.3], (users, items))
    weights[-1], weights[:, -1] = 0, 0
    return csr_array(weights.astype(np.float32))


def direct(histories: csr_array, l2: float) -> np.ndarray:
    dense = histories.toarray().astype(np.float64)
    inverse = np.linalg.inv(dense.T @ dense + l2 * np.eye(dense.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


@PENALTIES
@pytest.mark.parametrize("users", [20, 200], ids=["few users", "many users"])
def test_weights_are_those_of_the_inverse_and_the_spare_item_has_none(users: int, l2: float) -> None:
    found, expected = item_weights(owned(users), l2), direct(owned(users), l2)
    np.testing.assert_allclose(found[:, :-1], expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max())
    assert not found[:, -1].any()


@PENALTIES
def test_of_few_users_they_are_a_product_of_low_rank_and_a_diagonal(l2: float) -> None:
    found, expected = low_rank_weights(owned(20), l2), direct(owned(20), l2)
    assert found is not None
    assert found.left.shape == (ITEMS, 19)
    product = found.left @ found.right
    np.testing.assert_allclose(product[:, :-1] + np.diag(found.own), expected, atol=1e-10 * np.abs(expected).max())
    assert not product[:, -1].any()


def test_of_many_users_or_without_a_penalty_they_are_none() -> None:
    assert low_rank_weights(owned(200), 1.0) is None
    assert low_rank_weights(owned(20), 0.0) is None


def test_nobody_and_nothing_have_weights_of_zero() -> None:
    assert not item_weights(csr_array((5, 30), dtype=np.float32), 1.0).any()


def test_without_a_penalty_an_item_without_users_leaves_no_inverse() -> None:
    message = "EASE with l2 = 0: the items' matrix has no inverse; give it more l2"
    with pytest.raises(RecsysError, match=message):
        item_weights(owned(200), 0.0)


class TestLapack:
    MATRIX = np.cov(np.random.default_rng(3).normal(size=(150, 400)))

    def test_factors_and_inverses_are_in_the_upper_half(self) -> None:
        factor = self.MATRIX.copy()
        assert factorise(factor)
        upper = np.triu(factor)
        np.testing.assert_allclose(upper.T @ upper, self.MATRIX, atol=1e-12)
        inverse, of_factor = factor.copy(), factor.copy()
        invert_factorised(inverse)
        invert_upper(of_factor)
        np.testing.assert_allclose(np.triu(inverse), np.triu(np.linalg.inv(self.MATRIX)), atol=1e-9)
        np.testing.assert_allclose(np.triu(of_factor), np.linalg.inv(upper), atol=1e-9)

    def test_a_matrix_that_is_not_positive_definite_has_no_factor(self) -> None:
        assert not factorise(self.MATRIX - 2 * np.eye(150))

    def test_other_arrays_are_refused(self) -> None:
        with pytest.raises(
            ValueError, match=r"dpotrf works on float64 in C order, not float32 with strides \(600, 4\)"
        ):
            factorise(self.MATRIX.astype(np.float32))  # type: ignore[arg-type]
