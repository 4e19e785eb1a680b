"""Tests of decayed sums: they are the sum written out."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.arrays import AnyArray, Float64Array
from recsys.models.layers import DecayedSums

PADDING = 9


def written_out(rows: AnyArray, history: AnyArray, decays: AnyArray) -> Float64Array:
    """The states (B, L, D) of one member, a sum for each place and column."""
    found = np.zeros(rows.shape)
    for person in range(len(history)):
        for place in range(history.shape[1]):
            for column in range(rows.shape[2]):
                decay, total, weight = decays[column % len(decays)], 0.0, 0.0
                for earlier in range(place + 1):
                    if history[person, earlier] != PADDING:
                        total += decay ** (place - earlier) * rows[person, earlier, column]
                        weight += decay ** (place - earlier)
                found[person, place, column] = total / np.sqrt(weight) if weight else 0.0
    return found


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 4), st.integers(1, 3))
def test_each_state_is_the_sum_written_out(seed: int, length: int, size: int, heads: int) -> None:
    random = np.random.default_rng(seed)
    layer = DecayedSums([size, size], size, heads, PADDING)
    layer.logits.assign(random.normal(size=(2, heads)))
    rows = random.normal(size=(3, length, 2 * size)).astype(np.float32)
    history = np.sort(random.choice([1, PADDING], size=(3, length)), axis=1)[:, ::-1].astype(np.int32)
    states = np.asarray(layer(tf.constant(rows), tf.constant(history)))
    decays = 1 / (1 + np.exp(-np.asarray(layer.logits)))
    for member in range(2):
        own = rows[:, :, member * size : (member + 1) * size]
        np.testing.assert_allclose(states[member], written_out(own, history, decays[member]), rtol=2e-4, atol=1e-5)


def test_a_long_history_neither_overflows_nor_vanishes() -> None:
    layer = DecayedSums([4], 4, 2, PADDING)
    layer.logits.assign([[-8.0, 8.0]])
    states = np.asarray(layer(tf.ones((1, 300, 4)), tf.ones((1, 300), tf.int32)))
    assert states[0, 0, -1, 0] == pytest.approx(1.0, rel=1e-3)
    assert states[0, 0, -1, 1] == pytest.approx(np.sqrt(300), rel=0.05)
