"""All metrics, keyed by name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from recsys.errors import InputError
from recsys.evaluation.metrics.descriptive import DESCRIPTIVE_METRICS
from recsys.evaluation.metrics.exposure import EXPOSURE_METRICS
from recsys.evaluation.metrics.metric import Metric, by_name
from recsys.evaluation.metrics.ranked_lists import ListMetric
from recsys.evaluation.metrics.ranking import RANKING_METRICS
from recsys.evaluation.metrics.rating import RATING_METRICS

LIST_METRICS: Mapping[str, ListMetric] = {**RANKING_METRICS, **EXPOSURE_METRICS}
"""The metrics of lists that are measured after every epoch, if one is an objective."""
METRICS: Mapping[str, Metric] = {**RATING_METRICS, **LIST_METRICS, **DESCRIPTIVE_METRICS}
COSTS = by_name(Metric("seconds", "minimize", "cost"), Metric("parameters", "minimize", "cost"))
"""Objectives that can follow a metric: `seconds` of training, the trial's share of its cohort's time, and
`parameters`, the number of trained parameters of its model."""
_AT = "_at_"


def metric_at(name: str, k: int) -> str:
    """The name of a list metric at another length than the objective's k, such as `ndcg_at_5`."""
    return f"{name}{_AT}{k}"


def at_other_lengths(name: str, names: Iterable[str]) -> list[str]:
    """Those of `names` that are the metric `name` at other lengths, in their order."""
    return [other for other in names if other.startswith(f"{name}{_AT}")]


def missing_reason(values: Mapping[str, float]) -> str:
    """Which list metrics have no value, and why; empty if all have one, or if no metric has."""
    none = [name for name, value in values.items() if math.isnan(value)]
    if not none or len(none) == len(values) or any(name.partition(_AT)[0] not in LIST_METRICS for name in none):
        return ""
    have = "has" if len(none) == 1 else "have"
    why = "no user has an item there that is relevant by objective.threshold or data.positive_from"
    return f"{', '.join(none)} {have} no value: {why}"


def metric_of(name: str) -> Metric:
    """The metric of that name.

    Raises:
        InputError: There is no such metric; the message lists the metrics.
    """
    base, _, k = name.partition(_AT)
    if k.isdecimal() and base in METRICS and base not in RATING_METRICS:
        return replace(METRICS[base], name=name)
    if name not in METRICS:
        raise InputError(f"no metric is called {name!r}; there are {', '.join(METRICS)}")
    return METRICS[name]
