"""The best of many are those of a full sort."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from recsys.serving.top import top

SCORES = arrays.arrays(np.float64, 12, elements=st.sampled_from([0.0, 1.0, 1.5, -2.0, np.nan, np.inf, -np.inf]))


@given(SCORES, arrays.arrays(bool, 12), st.integers(0, 20))
def test_the_best_are_those_of_a_stable_sort(scores: np.ndarray, hidden: np.ndarray, n: int) -> None:
    allowed = [place for place in range(12) if not hidden[place] and np.isfinite(scores[place])]
    assert top(scores, hidden, n).tolist() == sorted(allowed, key=lambda place: -scores[place])[:n]
