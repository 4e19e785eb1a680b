"""Tests of SLIM against scikit-learn's elastic net, item by item."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from evaluation_samples import make_ratings
from scipy.sparse import csr_array
from sklearn.linear_model import ElasticNet

from recsys.algebra.sparse_weights import sparse_weights
from recsys.data.ratings import Catalogue
from recsys.evaluation.baselines.slim import MOST_ITEMS, SLIM

USERS, ITEMS = 40, 12
RATINGS = make_ratings(USERS, ITEMS, 250).with_positives_from(3)


def owned(seen_weight: float) -> np.ndarray:
    dense = np.zeros((USERS, ITEMS))
    dense[RATINGS.users, RATINGS.items] = np.where(RATINGS.values >= 3, 1, seen_weight)
    return dense


@pytest.mark.parametrize("seen_weight", [0.0, 0.4])
@pytest.mark.parametrize(("l1", "l2"), [(0.5, 2.0), (2.0, 0.1), (0.1, 30.0)])
def test_every_item_is_a_non_negative_elastic_net_on_all_the_others(l1: float, l2: float, seen_weight: float) -> None:
    histories, weights = owned(seen_weight), np.zeros((ITEMS, ITEMS))
    net = ElasticNet(
        alpha=(l1 + l2) / USERS, l1_ratio=l1 / (l1 + l2), positive=True, fit_intercept=False, max_iter=10_000, tol=1e-10
    )
    for item in range(ITEMS):
        others = np.delete(np.arange(ITEMS), item)
        weights[others, item] = net.fit(histories[:, others], histories[:, item]).coef_
    found = sparse_weights(csr_array(histories), l1, l2, sweeps=200, tolerance=1e-7)
    np.testing.assert_allclose(found, weights, atol=1e-5)
    scores = SLIM(l1, l2, seen_weight=seen_weight).fit(RATINGS).score_all(np.arange(USERS), ITEMS)
    np.testing.assert_allclose(scores, histories @ weights, atol=0.02)


def test_a_large_l1_penalty_leaves_no_weight() -> None:
    assert not sparse_weights(csr_array(owned(0.0)), 1000.0, 1.0, sweeps=5).any()


def test_a_catalogue_beyond_its_bound_is_told_so() -> None:
    one = pd.RangeIndex(1)
    assert SLIM.too_large(Catalogue(one, pd.RangeIndex(MOST_ITEMS))) is None
    assert "weights of 3,001 items one by one; 3,000" in str(SLIM.too_large(Catalogue(one, pd.RangeIndex(3001))))
