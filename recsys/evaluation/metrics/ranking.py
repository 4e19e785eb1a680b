"""Ranking metrics of each user's list.

Every function takes `hits`, bool of shape (…, k): whether the item at each rank of a list is relevant, False past the
end of a short list; and `relevant`, shape (…): the number of relevant items of the user. It returns a value for each
list, shape (…), between 0 and 1, higher is better; NaN for a user without relevant items, whom averages leave out.

Relevance is binary: a held-out rating of at least the threshold. Ranks count from 1 in the formulas; rel(j) is 1 where
the item at rank j is relevant, else 0; R is the number of relevant items.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recsys.arrays import AnyArray, BoolArray, Float64Array, IntArray
from recsys.evaluation.metrics.metric import by_name
from recsys.evaluation.metrics.ranked_lists import ListMetric


def ndcg(hits: BoolArray, relevant: IntArray) -> Float64Array:
    """Normalised discounted cumulative gain: DCG = Σ_j rel(j) / log₂(j + 1), over that of a perfect list of k.

    Järvelin and Kekäläinen 2002. The perfect list has min(R, k) hits at its head.
    """
    k = hits.shape[-1]
    discounts = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discounts)])[np.minimum(relevant, k)]
    return _ratio(hits @ discounts, ideal)


def recall(hits: BoolArray, relevant: IntArray) -> Float64Array:
    """The share of the relevant items that the list shows: Σ_j rel(j) / R (Herlocker et al. 2004)."""
    return _ratio(hits.sum(axis=-1), relevant)


def precision(hits: BoolArray, relevant: IntArray) -> Float64Array:
    """The share of relevant items in the list: Σ_j rel(j) / k, also for a list shorter than k."""
    return _where_relevant(hits.mean(axis=-1, dtype=np.float64), relevant)


def average_precision(hits: BoolArray, relevant: IntArray) -> Float64Array:
    """Average precision: 1/R Σ_j rel(j) · precision@j (Manning et al. 2008, section 8.4); its mean is MAP.

    The divisor is R, not min(R, k), as in trec_eval and ranx, so the value reaches 1 only if R ≤ k.
    """
    precisions: Float64Array = np.cumsum(hits, axis=-1) / np.arange(1, hits.shape[-1] + 1)
    return _ratio((precisions * hits).sum(axis=-1), relevant)


def reciprocal_rank(hits: BoolArray, relevant: IntArray) -> Float64Array:
    """One over the rank of the first relevant item, 0 without one in the list (Voorhees 1999); its mean is MRR."""
    first = hits.argmax(axis=-1)
    return _where_relevant(np.asarray(hits.any(axis=-1) / (first + 1)), relevant)


def hit_rate(hits: BoolArray, relevant: IntArray) -> Float64Array:
    """1 where the list shows at least one relevant item, else 0 (Deshpande and Karypis 2004)."""
    return _where_relevant(np.asarray(hits.any(axis=-1), np.float64), relevant)


def rank_biased_precision(hits: BoolArray, relevant: IntArray, persistence: float = 0.8) -> Float64Array:
    """Rank-biased precision: (1 - p) Σ_j rel(j) p^(j - 1) (Moffat and Zobel 2008).

    It is the rate at which a user finds relevant items who goes on from each rank to the next with probability p, the
    `persistence`. A list of k hits has 1 - p^k, however many relevant items there are.
    """
    weights = (1 - persistence) * persistence ** np.arange(hits.shape[-1])
    return _where_relevant(hits @ weights, relevant)


def _ratio(part: AnyArray, whole: AnyArray) -> Float64Array:
    return _where_relevant(part / np.maximum(whole, np.finfo(np.float64).tiny), whole)


def _where_relevant(values: AnyArray, relevant: AnyArray) -> Float64Array:
    return np.where(relevant > 0, values, np.nan)


def _metric(name: str, of: Callable[[BoolArray, IntArray], Float64Array]) -> ListMetric:
    return ListMetric(name, "maximize", "ranking", lambda lists: of(lists.hits, lists.relevant))


RANKING_METRICS = by_name(
    _metric("ndcg", ndcg),
    _metric("recall", recall),
    _metric("precision", precision),
    _metric("map", average_precision),
    _metric("mrr", reciprocal_rank),
    _metric("hit_rate", hit_rate),
    _metric("rbp", rank_biased_precision),
)
