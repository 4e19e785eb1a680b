"""Metrics as text for tables, cards and reports, rounded."""

from __future__ import annotations

import math
from collections.abc import Mapping


def format_metrics(values: Mapping[str, float]) -> str:
    """All metrics in one line, with the reason why some have no value."""
    from recsys.evaluation.metrics.table import missing_reason  # the command line, which shows them, starts at once

    why = missing_reason(values)
    there = {name: value for name, value in values.items() if not (why and math.isnan(value))}
    said = ", ".join(f"{name} {format_metric(name, value)}" for name, value in there.items())
    return f"{said}; {why}" if why else said


def format_metric(name: str, value: float) -> str:
    """One metric, with four decimals; a number of parameters as an integer."""
    return f"{value:,.0f}" if name == "parameters" else f"{value:.4f}"


def interval_text(interval: tuple[float, float] | None) -> str:
    """Format a confidence interval; empty for None."""
    return "" if interval is None else "{:.4f} to {:.4f}".format(*interval)
