"""Metrics as people read them, in a line."""

from __future__ import annotations

import math
from collections.abc import Mapping


def format_metrics(values: Mapping[str, float]) -> str:
    """Metrics in one line, and why some have no value."""
    from recsys.evaluation.metrics.table import missing_reason  # the command line, which shows them, starts at once

    why = missing_reason(values)
    there = {name: value for name, value in values.items() if not (why and math.isnan(value))}
    said = ", ".join(f"{name} {format_metric(name, value)}" for name, value in there.items())
    return f"{said}; {why}" if why else said


def format_metric(name: str, value: float) -> str:
    """One of them: with four digits behind the point, or whole where it is counted."""
    return f"{value:,.0f}" if name == "parameters" else f"{value:.4f}"
