"""Points as text for tables, cards and reports, rounded; the record has the exact values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recsys.spaces.parameter import Value


def format_point(point: Mapping[str, Value]) -> str:
    """A point in one line: `embedding_size=32, learning_rate=0.00217, hidden_units=64-32`."""
    return ", ".join(f"{name}={_value(value)}" for name, value in point.items())


def _value(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return "-".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
