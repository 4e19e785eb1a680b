"""EASE against its problem, solved item by item as a ridge regression."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from evaluation_samples import make_ratings

from recsys.data.ratings import Catalogue
from recsys.errors import RecsysError
from recsys.evaluation.baselines.ease import EASE, MOST_ITEMS

USERS, ITEMS = 50, 12
RATINGS = make_ratings(USERS, ITEMS, 300).with_positives_from(3)
OWNED = np.zeros((USERS, ITEMS))
OWNED[RATINGS.positives.users, RATINGS.positives.items] = 1


@pytest.mark.parametrize("l2", [0.5, 20.0])
def test_every_item_is_the_ridge_regression_on_all_the_others(l2: float) -> None:
    weights = np.zeros((ITEMS, ITEMS))
    for item in range(ITEMS):
        others = np.delete(np.arange(ITEMS), item)
        gram = OWNED[:, others].T @ OWNED[:, others] + l2 * np.eye(ITEMS - 1)
        weights[others, item] = np.linalg.solve(gram, OWNED[:, others].T @ OWNED[:, item])
    scores = EASE(l2).fit(RATINGS).score_all(np.arange(USERS), ITEMS)
    np.testing.assert_allclose(scores, OWNED @ weights, atol=1e-5)


def test_without_a_penalty_an_item_that_nobody_has_leaves_no_inverse() -> None:
    with pytest.raises(RecsysError, match=r"l2 = 0: .* has no inverse"):
        EASE(0.0).fit(RATINGS.take(RATINGS.items != 4))


def test_a_catalogue_beyond_its_bound_is_told_so() -> None:
    one = pd.RangeIndex(1)
    assert EASE.too_large(Catalogue(one, pd.RangeIndex(MOST_ITEMS))) is None
    assert "10,001 by 10,001 items" in str(EASE.too_large(Catalogue(one, pd.RangeIndex(MOST_ITEMS + 1))))
