"""The sections of a report about histories: how good lists are by what the user did before, and how long ago."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recsys.arrays import BoolArray, Float64Array, IntArray
from recsys.data.durations import units_a_day
from recsys.evaluation.cases import Cases
from recsys.evaluation.groups import CaseGroup, case_groups
from recsys.evaluation.ranking import ranking_part
from recsys.evaluation.scoring import EvaluationResult
from recsys.workflows.comparison.report_groups import by_group
from recsys.workflows.comparison.report_sections import Section
from recsys.workflows.search.prepare import Prepared

_LENGTHS = (0, 1, 5, 10, 20, 50, 100, 200)
"""The least lengths of the groups of histories."""
_GAPS = {"within an hour": 1 / 24, "within a day": 1.0, "within a week": 7.0, "within 30 days": 30.0, "later": np.inf}
"""The greatest number of days of each group of gaps."""


def sections_of_histories(prepared: Prepared, scored: EvaluationResult) -> list[Section]:
    """Return the sections about histories; empty unless the parts of the split follow each other in time.

    Args:
        prepared: The data and settings of the sweep.
        scored: The evaluation of the best trial on validation.
    """
    split, metric = prepared.split, prepared.metric.name
    if not split.train.ordered or prepared.metric.family == "rating":
        return []
    cases, values = ranking_part(split.train, split.validation, prepared.experiment.objective).cases, scored.samples
    lengths = by_length(cases, values[metric].values)
    text = f"Validation {metric} by the number of positives that the user had before, with 95 % intervals."
    sections = [Section("Quality by length of the history", text, by_group(lengths, metric, "positives before"))]
    if gaps := by_gap(cases, values[metric].values):
        text = f"Validation {metric} by the time since the user's last positive, with 95 % intervals."
        sections.append(Section("Quality by time since the last choice", text, by_group(gaps, metric, "last positive")))
    return sections


def by_length(cases: Cases, values: Float64Array) -> list[CaseGroup]:
    """Return the metric by length of history, without empty groups.

    Args:
        cases: The cases of the part.
        values: The metric of each case (V,).
    """
    lengths, ends = cases.histories.positives.lengths, [*_LENGTHS[1:], np.inf]
    named = [
        (
            f"{low:,}" if high == low + 1 else f"{low:,} or more" if high == np.inf else f"{low:,} to {high - 1:,}",
            low,
            high,
        )
        for low, high in zip(_LENGTHS, ends, strict=True)
    ]
    return _defined_groups(
        [(name, (lengths >= low) & (lengths < high)) for name, low, high in named], values, cases.users
    )


def by_gap(cases: Cases, values: Float64Array) -> list[CaseGroup]:
    """Return the metric by time since the last positive, without empty groups; none if the times have no unit.

    Args:
        cases: The cases of the part.
        values: The metric of each case (V,).
    """
    days = _days_since_last(cases)
    if days is None:
        return []
    groups, least = [], -np.inf
    for name, most in _GAPS.items():
        groups.append((name, (days > least) & (days <= most)))
        least = most
    return _defined_groups(groups, values, cases.users)


def _days_since_last(cases: Cases) -> Float64Array | None:
    """Return the days between the last positive of each history and its case (V,); NaN without a history."""
    histories = cases.histories.positives
    unit = None if cases.times is None else units_a_day(cases.times)
    if unit is None or cases.times is None or histories.times is None:
        return None
    found, known = np.full(len(cases.users), np.nan), histories.lengths > 0
    last = histories.times[histories.starts[1:][known] - 1]
    found[known] = (cases.times[known] - last) / unit
    return found


def _defined_groups(masks: Sequence[tuple[str, BoolArray]], values: Float64Array, users: IntArray) -> list[CaseGroup]:
    """Return the metric of each group, over the lists that have a value."""
    return case_groups([(name, inside & ~np.isnan(values)) for name, inside in masks], values, users)
