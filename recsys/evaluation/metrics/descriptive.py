"""Descriptive metrics: what lists are like, compared with the users' own items, the popular lists and the features.

They cost more than ranking and exposure metrics. They are measured once for a model that is promoted or reported, and
after every epoch only if they are objectives.

`ranked` holds item codes, shape (M, V, k) for M members and V cases, padded with -1. An empty list has NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from recsys.arrays import BoolArray, Float64Array, IntArray
from recsys.evaluation.metrics.metric import Metric, by_name
from recsys.evaluation.metrics.ranked_lists import RankedLists

if TYPE_CHECKING:  # commands that only need the names of metrics start without SciPy and pandas
    from scipy.sparse import csr_array

    from recsys.evaluation.metrics.item_similarity import ItemSimilarity
    from recsys.evaluation.metrics.list_context import ListContext

_ENTRIES = 4_000_000
"""Shares of categories in lists that are in memory at once."""


def _nothing(_context: ListContext) -> str:
    return ""


@dataclass(frozen=True)
class DescriptiveMetric(Metric):
    """A metric of ranked lists and of what is known besides them."""

    of: Callable[[RankedLists, ListContext], Float64Array]
    """The value of each list, (M, V), NaN if undefined; with `of_all_lists`, the value of each member, (M,)."""
    lacks: Callable[[ListContext], str] = _nothing
    """What the data lack for the metric, in words; empty if it can be measured."""
    least: int = field(default=1, kw_only=True)
    """The length of the shortest list that has a value."""


def graded_ndcg(hits: BoolArray, ranked: IntArray, gains: csr_array) -> Float64Array:
    """NDCG with a gain for each rating: DCG = Σ_j gain(j) / log₂(j + 1), over that of the best list of k.

    The gain of a relevant item is 2^g - 1, where g puts its rating on five grades from 0 to 4 (Burges et al. 2005), see
    `gains_of`; that of other items is 0. Without ratings all gains are equal, and the value is that of `ndcg`.

    Args:
        hits: Whether the item at each rank is relevant, (M, V, k).
        ranked: The item at each rank, (M, V, k).
        gains: The gain of each relevant item, (V, I).

    Returns:
        The value of each list, (M, V) in 0…1; NaN for a case whose relevant items all have the gain 0.
    """
    k, cases = hits.shape[-1], np.repeat(np.arange(gains.shape[0]), np.diff(gains.indptr))
    discounts = 1 / np.log2(np.arange(2, k + 2))
    order = np.lexsort((-gains.data, cases))
    rank = np.arange(len(cases)) - gains.indptr[cases]
    ideal = np.bincount(cases, gains.data[order] * np.append(discounts, 0.0)[np.minimum(rank, k)], gains.shape[0])
    found = np.zeros(hits.shape)
    found[hits] = _entries(gains, np.nonzero(hits)[1], ranked[hits])
    return np.where(ideal > 0, found @ discounts / np.where(ideal > 0, ideal, 1), np.nan)


def diversity(ranked: IntArray, similarity: ItemSimilarity) -> Float64Array:
    """Intra-list diversity: 1 - the mean cosine of the n (n - 1) / 2 pairs of items in a list.

    Smyth and McClave 2001; Ziegler et al. 2005. At 0 all items are alike. It is at most 1, or 2 for vectors with
    negative numbers.

    Args:
        ranked: The lists.
        similarity: The cosines. An item of which nothing is known is left out, so that n may be less than k.

    Returns:
        The value of each list, (M, V); NaN for a list with fewer than two items of which something is known.
    """
    n = similarity.known[ranked].sum(axis=-1)
    pairs = n * (n - 1) / 2
    return np.where(pairs > 0, np.maximum(1 - similarity.pair_sums(ranked) / np.maximum(pairs, 1), 0.0), np.nan)


def calibration(ranked: IntArray, shares: csr_array, wanted: csr_array) -> Float64Array:
    """The Jensen-Shannon divergence between the categories of a list and those of the user's own items.

    Steck 2018 with the divergence of Lin 1991: ½ Σ_c p(c) log₂(p(c) / m(c)) + ½ Σ_c q(c) log₂(q(c) / m(c)), where p is
    the distribution over the user's positives before the moment, q that over the list, and m = (p + q) / 2. Unlike the
    Kullback-Leibler divergence it needs no smoothing for a category that the list lacks, and has a bound.

    Args:
        ranked: The lists.
        shares: The share of each category in each item, (I, C). Items with an empty row are left out.
        wanted: The sums of the shares of the user's own items, (V, C).

    Returns:
        The value of each list in bits, (M, V) in 0…1, lower is better; NaN for a user without positives, and if no
        category is known of these or of the list.
    """
    from recsys.evaluation.metrics.lists_as_rows import lists_as_rows

    cases, lists = ranked.shape[1], lists_as_rows(ranked, shares.shape[0]) @ shares
    step, found = max(1, _ENTRIES // max(1, shares.shape[1])), [np.zeros(0)]
    for start in range(0, lists.shape[0], step):
        part = lists[start : start + step]
        places = np.arange(start, start + part.shape[0]) % cases
        found.append(_divergence(_distributions(wanted[places]), _distributions(part)))
    return np.concatenate(found).reshape(ranked.shape[:2])


def serendipity(hits: BoolArray, popular: BoolArray) -> Float64Array:
    """The share of the list that is relevant and unexpected: Σ_j rel(j) (1 - pop(j)) / k, also for a shorter list.

    Ge et al. 2010. pop(j) is 1 if the item at rank j is in the user's popular list of k items. The value is at most the
    precision, and 0 for popular lists, such as those of cold users.

    Args:
        hits: Whether the item at each rank is relevant, (M, V, k).
        popular: Whether the popular list has the item at each rank, (M, V, k).

    Returns:
        The value of each list, (M, V) in 0…1, higher is better.
    """
    return np.asarray((hits & ~popular).mean(axis=-1, dtype=np.float64))


def entropy(exposure: IntArray) -> Float64Array:
    """The Shannon entropy of the items' shares of all recommendations: -Σ_i p(i) log₂ p(i).

    Shani and Gunawardana 2011. It is log₂ n bits if n items are shown equally often, and 0 if all lists show one.

    Args:
        exposure: The number of lists that show each item, (M, I).

    Returns:
        The value of each member in bits, (M,), higher is better; NaN if nothing is shown.
    """
    total = exposure.sum(axis=-1)
    shares = exposure / np.maximum(total, 1)[:, None]
    return np.where(total > 0, 0.0 - _information(shares, np.ones_like(shares)).sum(axis=-1), np.nan)


def popularity_lift(ranked: IntArray, popularity: IntArray, own: Float64Array) -> Float64Array:
    """How much more popular the list is than the user's own items: p(list) / p(profile) - 1.

    p is the mean number of training ratings of the items; the profile is the user's positives before the moment. At 0
    they are equally popular, at 1 the list is twice as popular. Abdollahpouri et al. 2019 divide means over groups of
    users; here each user has a value.

    Args:
        ranked: The lists.
        popularity: The number of training ratings of each item, (I,).
        own: The mean popularity of each profile, (V,); NaN for an empty one.

    Returns:
        The value of each list, (M, V), at least -1, lower is better; NaN for a user without positives, and if none of
        these has a training rating.
    """
    length = (ranked >= 0).sum(axis=-1)
    shown = np.append(popularity, 0)[ranked].sum(axis=-1) / np.maximum(length, 1)
    usual = np.where(own > 0, own, np.nan)
    return np.where(length > 0, shown / usual - 1, np.nan)


def _distributions(rows: csr_array) -> Float64Array:
    """The rows, divided by their sums; NaN for an empty row."""
    dense, total = rows.toarray(), rows.sum(axis=1)[:, None]
    return np.where(total > 0, dense / np.where(total > 0, total, 1), np.nan)


def _divergence(one: Float64Array, other: Float64Array) -> Float64Array:
    """The Jensen-Shannon divergence of each pair of rows, in bits."""
    middle = (one + other) / 2
    sums: Float64Array = (_information(one, middle) + _information(other, middle)).sum(axis=1)
    return sums / 2


def _information(shares: Float64Array, of: Float64Array) -> Float64Array:
    """The information p log₂(p / q) of each share p against its q; 0 for p = 0."""
    ratios: Float64Array = np.divide(shares, of, out=np.ones_like(shares), where=shares > 0)
    return shares * np.log2(ratios)


def _entries(matrix: csr_array, rows: IntArray, columns: IntArray) -> Float64Array:
    """The entries of a matrix at N places, (N,)."""
    return np.asarray(matrix[rows, columns]).ravel()


def _lacks_profiles(context: ListContext) -> str:
    return "" if context.profiles.nnz else "users with positives before the part that is measured"


def _lacks_categories(context: ListContext) -> str:
    table = context.train.catalogue.item_features
    return (
        _lacks_profiles(context) if table is not None and table.categorical else "a column of categories in data.items"
    )


DESCRIPTIVE_METRICS = by_name(
    DescriptiveMetric(
        "graded_ndcg",
        "maximize",
        "ranking",
        lambda lists, context: graded_ndcg(lists.hits, lists.ranked, context.gains),
    ),
    DescriptiveMetric(
        "serendipity",
        "maximize",
        "ranking",
        lambda lists, context: serendipity(lists.hits, context.popular(lists.ranked)),
    ),
    DescriptiveMetric(
        "diversity",
        "maximize",
        "exposure",
        lambda lists, context: diversity(lists.ranked, context.item_similarity),
        least=2,
    ),
    DescriptiveMetric(
        "calibration",
        "minimize",
        "exposure",
        lambda lists, context: calibration(lists.ranked, context.category_shares, context.profile_categories),
        _lacks_categories,
    ),
    DescriptiveMetric(
        "popularity_lift",
        "minimize",
        "exposure",
        lambda lists, context: popularity_lift(lists.ranked, context.popularity, context.profile_popularity),
        _lacks_profiles,
    ),
    DescriptiveMetric("entropy", "maximize", "exposure", lambda lists, _: entropy(lists.exposure), of_all_lists=True),
)
