"""The metrics of ranked lists, for M members and V cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recsys.arrays import BoolArray, Float64Array, Int32Array
from recsys.evaluation.metrics.descriptive import DESCRIPTIVE_METRICS, DescriptiveMetric
from recsys.evaluation.metrics.list_context import ListContext
from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.metrics.ranked_lists import RankedLists
from recsys.evaluation.metrics.table import LIST_METRICS, metric_at


@dataclass(frozen=True, eq=False)
class RankingEvaluation:
    """The ranking and exposure metrics of M members over V users."""

    users: Int32Array
    """The user of each case, (V,), ascending."""
    per_user: Mapping[str, Float64Array]
    """The value of each case, (M, V), by metric; without coverage, gini and entropy, which describe all lists."""
    values: Mapping[str, Float64Array]
    """The mean over the cases, (M,), by metric; NaN without users, and for a member with a NaN among its scores."""
    lists: RankedLists
    """The evaluated lists with their hits."""
    broken: BoolArray
    """Which members have a NaN among their scores, (M,)."""


def measure_lists(
    lists: RankedLists,
    users: Int32Array,
    broken: BoolArray,
    lengths: Sequence[int],
    named: Sequence[DescriptiveMetric],
    context: ListContext,
) -> RankingEvaluation:
    """Compute every ranking and exposure metric, and the named descriptive ones.

    Args:
        lists: The lists with their hits, at least as long as the longest length.
        users: The user of each case, (V,).
        broken: Which members have NaN for every metric, (M,).
        lengths: The length whose metrics have plain names, then others, whose metrics have names such as `ndcg_at_5`.
        named: The descriptive metrics to measure.
        context: What these compare lists with.
    """
    per_user: dict[str, Float64Array] = {}
    values: dict[str, Float64Array] = {}
    for length in lengths:
        for metric, found in _measured(lists.first(length), named, context):
            called = metric.name if length == lengths[0] else metric_at(metric.name, length)
            if not metric.of_all_lists:
                per_user[called] = np.where(broken[:, None], np.nan, found)
            values[called] = _mean(metric, found, broken)
    return RankingEvaluation(users, per_user, values, lists.first(lengths[0]), broken)


def describe_lists(evaluation: RankingEvaluation, context: ListContext) -> Mapping[str, Float64Array]:
    """The descriptive metrics that the data admit, of evaluated lists, (M,) by name."""
    return {
        name: _mean(metric, metric.of(evaluation.lists, context), evaluation.broken)
        for name, metric in DESCRIPTIVE_METRICS.items()
        if metric.least <= evaluation.lists.ranked.shape[-1] and not metric.lacks(context)
    }


def _measured(
    lists: RankedLists, named: Sequence[DescriptiveMetric], context: ListContext
) -> Iterator[tuple[Metric, Float64Array]]:
    for metric in LIST_METRICS.values():
        yield metric, metric.of(lists)
    for described in named:
        yield described, described.of(lists, context)


def _mean(metric: Metric, found: Float64Array, broken: BoolArray) -> Float64Array:
    """The value of each member, (M,), given that of each list, (M, V), or of all lists, (M,)."""
    return np.where(broken, np.nan, found if metric.of_all_lists else nan_mean(found))


def nan_mean(of_users: Float64Array) -> Float64Array:
    """The mean of (M, V) over the users with a value, (M,); NaN if no user has one."""
    known = ~np.isnan(of_users)
    count = known.sum(axis=1)
    total = np.where(known, of_users, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
