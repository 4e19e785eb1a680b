"""Tests of the text of a point."""

from __future__ import annotations

from recsys.spaces.formatting import format_point


def test_a_point_is_one_line_in_its_order() -> None:
    point = {
        "learning_rate": 0.00216666,
        "loss": "mse",
        "hidden_units": (64, 32),
        "embedding_size": 100_000,
        "l2": 1e-7,
    }
    assert format_point(point) == "learning_rate=0.00217, loss=mse, hidden_units=64-32, embedding_size=100000, l2=1e-07"
