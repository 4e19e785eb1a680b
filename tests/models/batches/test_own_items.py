"""Tests of the filter of a user's own items: it has no false negatives, and few false positives."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from batch_samples import chosen_by
from hypothesis import given
from hypothesis import strategies as st

from recsys.data.ratings import Ratings
from recsys.models.batches.own_items import OwnItems

USERS, ITEMS = 50, 70
pairs = st.sets(st.tuples(st.integers(0, USERS - 1), st.integers(0, ITEMS - 1)), min_size=1, max_size=200)


def of_pairs(chosen: set[tuple[int, int]], users: int = USERS, items: int = ITEMS) -> Ratings:
    table: dict[int, dict[int, float]] = {}
    for user, item in sorted(chosen):
        table.setdefault(user, {})[item] = 1.0
    return chosen_by(table, users, items)


def held(positives: Ratings) -> np.ndarray:
    """What the filter takes for chosen, (U, I)."""
    own = OwnItems(positives)
    users, items = (tf.range(n, dtype=tf.int32) for n in (positives.catalogue.users, positives.catalogue.items))
    return np.asarray(own.among(own.words, users, items))


@given(pairs)
def test_it_never_misses_a_pair(chosen: set[tuple[int, int]]) -> None:
    found = held(of_pairs(chosen))
    assert all(found[pair] for pair in chosen)


def test_of_a_hundred_others_it_passes_over_about_one() -> None:
    random = np.random.default_rng(0)
    places = random.permutation(400 * 300)[:6000]
    positives = of_pairs(set(zip((places // 300).tolist(), (places % 300).tolist(), strict=True)), 400, 300)
    found = held(positives)
    assert found[positives.users, positives.items].all()
    strangers = np.ones_like(found)
    strangers[positives.users, positives.items] = False
    assert 0 < found[strangers].mean() < 1 / 60


def test_it_takes_the_same_memory_whoever_has_chosen() -> None:
    """64 to 128 bits a pair, whatever the number of users and items."""
    few = OwnItems(of_pairs({(user, user) for user in range(50)}))
    assert 64 * 50 <= few.size < 128 * 50
    assert few.words.shape == (few.size // 32,)
