"""Ranked lists for many users and all members of a cohort at once, and their ranking and exposure metrics.

`M` members, `V` evaluated users, `U` users and `I` items of the catalogue, `B` users of a chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import AnyArray, BoolArray, Float64Array, Int32Array, Int64Array
from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.fallback import Fallback, rank_top_k
from recsys.evaluation.metrics.ranked_lists import RankedLists
from recsys.evaluation.metrics.table import LIST_METRICS, metric_at
from recsys.evaluation.objective import ObjectiveSettings

Scorer = Callable[[Int32Array], AnyArray]
"""From user codes (B,) to a score for every item of the catalogue, (M, B, I); higher scores rank first.

Scores should not be clipped to the scale, which would turn different scores into ties.
"""
Ranker = Callable[[Int32Array, BoolArray, int], tuple[Int32Array, BoolArray]]
"""From user codes (B,), the items each user has seen (B, I) and k to lists (M, B, k), padded with -1, and whether any
score of a member was NaN (M,). Equal scores are in the order of `Fallback.order`."""
CHUNK = 64
"""Users ranked at a time."""
SEED = 0
"""The seed of the sample of users, which is the same for every model that is evaluated on a part."""
_PAIRS = 32_000_000
"""User-item pairs that are looked up at once."""
MOST_SCORES = 200_000_000
"""User-item pairs up to which lists are evaluated for all users."""
LEAST = 1000
"""The smallest sample of users: the standard error of a mean NDCG is then about 0.01."""


@dataclass(frozen=True, eq=False)
class RankingEvaluation:
    """The ranking and exposure metrics of M members over V users."""

    users: Int32Array
    """The evaluated users, (V,), ascending: those with a relevant held-out item."""
    per_user: Mapping[str, Float64Array]
    """The value of each user, (M, V), by metric; without coverage and gini, which describe all lists together."""
    values: Mapping[str, Float64Array]
    """The mean over the users, (M,), by metric; NaN without users, and for a member with a NaN among its scores."""
    lists: RankedLists
    """The evaluated lists with their hits."""


def evaluate_ranking(
    scorer: Scorer,
    train: Ratings,
    held_out: Ratings,
    k: int,
    threshold: float | None,
    chunk: int = CHUNK,
    *,
    rates: bool = False,
) -> RankingEvaluation:
    """Compute every ranking and exposure metric at k for all members, from the scores of all items.

    Candidates are all items of the catalogue that the user has not rated in `train`; relevant are the user's held-out
    items with a rating of at least `threshold`, or with what the data define as positive.

    Args:
        scorer: Scores all items for `chunk` users. The chunk has a fixed size, so that a graph is compiled once.
        train: The ratings that the model has seen; novelty measures popularity in them.
        held_out: The part to evaluate on, disjoint from `train`.
        k: The length of the lists.
        threshold: The lowest rating that makes an item relevant, if the data do not define it.
        chunk: Users scored at a time; M · chunk · I scores are in memory at once.
        rates: Whether the scores are ratings, which decides which users are cold; see `Fallback`.
    """
    part = RankingPart.of(train, held_out, threshold)
    return part.values(score_ranker(scorer, part.fallback), k, chunk=chunk, rates=rates)


def score_ranker(scorer: Scorer, fallback: Fallback) -> Ranker:
    """A ranker that sorts the scores of a scorer."""

    def rank(users: Int32Array, seen: BoolArray, k: int) -> tuple[Int32Array, BoolArray]:
        scores = scorer(users)
        return rank_top_k(scores, seen, k, fallback.order), np.asarray(np.isnan(scores).any(axis=(1, 2)))

    return rank


@dataclass(frozen=True, eq=False)
class RankingPart:
    """A held-out part as the ranking metrics use it; built once for all models that are evaluated on it."""

    users: Int32Array
    """The evaluated users, (V,), ascending: those with a relevant held-out item, or a sample of them."""
    seen: csr_array
    """Whether an evaluated user has rated the item in training, (U, I)."""
    relevant: csr_array
    """Whether a held-out item is relevant to an evaluated user, (U, I)."""
    popularity: Int64Array
    """The number of training ratings of each item, (I,)."""
    fallback: Fallback
    """The lists of cold users and the order of ties."""
    _of_cold: dict[tuple[bool, int], Int32Array] = field(default_factory=dict, init=False, repr=False)
    """A cache of the lists of C cold users, (C, k), by `rates` and k."""

    @classmethod
    def of(cls, train: Ratings, held_out: Ratings, threshold: float | None, most: int | None = None) -> RankingPart:
        """The part for a model that has seen `train` and nothing else.

        Args:
            train: The ratings that the model has seen.
            held_out: The part to evaluate on.
            threshold: The lowest rating that makes an item relevant, if the data do not define it.
            most: The maximal number of evaluated users, sampled with a fixed seed; all by default.
        """
        relevant = held_out.take(held_out.values >= held_out.relevant_from(threshold))
        users = np.unique(relevant.users)
        if most is not None:
            users = np.sort(np.random.default_rng(SEED).permutation(users)[:most])
        popularity = np.bincount(train.items, minlength=train.catalogue.items)[: train.catalogue.items]
        return cls(
            users.astype(np.int32),
            _by_user(train, users),
            _by_user(relevant, users),
            popularity,
            Fallback.of(train.with_positives_from(threshold)),
        )

    def values(
        self, rank: Ranker, k: int, also_at: Sequence[int] = (), chunk: int = CHUNK, *, rates: bool
    ) -> RankingEvaluation:
        """Compute every metric of the lists that `rank` makes, `chunk` users at a time.

        Args:
            rank: Makes the lists.
            k: The length of the lists.
            also_at: Further lengths, whose metrics have names such as `ndcg_at_5`.
            chunk: Users ranked at a time.
            rates: Whether predicted ratings rank the lists, which decides which users are cold; see `Fallback`.
        """
        longest = max(k, *also_at, 0)
        padded = np.zeros(max(1, -(-len(self.users) // chunk)) * chunk, np.int32)
        padded[: len(self.users)] = self.users
        lists, broken = zip(
            *(rank(some, self.seen[some].toarray(), longest) for some in padded.reshape(-1, chunk)), strict=True
        )
        ranked = np.concatenate(lists, axis=1)[:, : len(self.users)]
        return self.evaluate_lists(ranked, np.any(broken, axis=0), k, also_at, rates=rates)

    def evaluate_lists(
        self, ranked: Int32Array, broken: BoolArray, k: int, also_at: Sequence[int] = (), *, rates: bool
    ) -> RankingEvaluation:
        """Compute every metric of given lists. Lists of popular items replace those of cold users.

        Args:
            ranked: Lists of at least k items, (M, V, ≥ k).
            broken: Which members have NaN for every metric, (M,).
            k: The number of items that metrics use.
            also_at: Further numbers of items.
            rates: Whether predicted ratings rank the lists.
        """
        ranked = self._served(ranked, rates=rates)
        hits = self._hits(ranked)
        relevant = np.broadcast_to(self.relevant.sum(axis=1)[self.users], hits.shape[:-1])
        lists = RankedLists(ranked, hits, relevant, self.popularity, self.seen.shape[0])
        per_user: dict[str, Float64Array] = {}
        values: dict[str, Float64Array] = {}
        for length in (k, *also_at):
            first = lists.first(length)
            for name, metric in LIST_METRICS.items():
                called, found = name if length == k else metric_at(name, length), metric.of(first)
                if not metric.of_all_lists:
                    per_user[called] = np.where(broken[:, None], np.nan, found)
                    found = nan_mean(found)
                values[called] = np.where(broken, np.nan, found)
        return RankingEvaluation(self.users, per_user, values, lists.first(k))

    def _served(self, ranked: Int32Array, *, rates: bool) -> Int32Array:
        """The lists as they would be served, (M, V, k): cold users have the popular items."""
        cold = self.fallback.cold(rates=rates)[self.users]
        if not cold.any():
            return ranked
        key = rates, ranked.shape[-1]
        if key not in self._of_cold:
            self._of_cold[key] = self._popular_lists(self.users[cold], key[1])
        served = ranked.copy()
        served[:, cold] = self._of_cold[key]
        return served

    def _popular_lists(self, users: Int32Array, k: int) -> Int32Array:
        """The k most popular items that each of C users has not rated, (C, k)."""
        lists = np.tile(self.fallback.popular(k), (len(users), 1))
        seen = self.seen[users]
        for place in np.flatnonzero(np.diff(seen.indptr)):  # users with ratings but without a positive
            own = seen.indices[seen.indptr[place] : seen.indptr[place + 1]]
            lists[place] = self.fallback.popular(k, own)
        return lists

    def _hits(self, ranked: Int32Array) -> BoolArray:
        """Whether the item at each rank is relevant, (M, V, k)."""
        hits = np.zeros(ranked.shape, bool)
        chunk = max(1, _PAIRS // len(self.popularity))
        for start in range(0, len(self.users), chunk):
            some = slice(start, start + chunk)
            wanted = self.relevant[self.users[some]].toarray()
            codes = ranked[:, some]
            hits[:, some] = wanted[np.arange(len(wanted))[:, None], np.maximum(codes, 0)] & (codes >= 0)
        return hits


def _by_user(ratings: Ratings, some: AnyArray) -> csr_array:
    """Whether one of the given users has rated the item, sparse (U, I)."""
    shape = (ratings.catalogue.users, ratings.catalogue.items)
    chosen = np.zeros(shape[0], bool)
    chosen[some] = True
    rows = chosen[ratings.users]
    users, items = ratings.users[rows], ratings.items[rows]
    return csr_array((np.ones(len(users), bool), (users, items)), shape=shape)


def nan_mean(of_users: Float64Array) -> Float64Array:
    """The mean of (M, V) over the users with a value, (M,); NaN if no user has one."""
    known = ~np.isnan(of_users)
    count = known.sum(axis=1)
    total = np.where(known, of_users, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def sample_size(objective: ObjectiveSettings, catalogue: Catalogue) -> int | None:
    """The number of users to evaluate lists on; None means all.

    It is `objective.users`, or else as many as give `MOST_SCORES` scores, and at least `LEAST`.
    """
    size = objective.users
    if size is None and catalogue.users * catalogue.items > MOST_SCORES:
        size = max(LEAST, MOST_SCORES // catalogue.items)
    return size if size is not None and size < catalogue.users else None


def ranking_part(train: Ratings, held_out: Ratings, objective: ObjectiveSettings) -> RankingPart:
    """The part of `held_out` for the ranking metrics of a model that has seen `train`, as the objective defines it."""
    part = RankingPart.of(train, held_out, objective.threshold, sample_size(objective, train.catalogue))
    # with repeats, an item that the user had before is a candidate like any other
    return replace(part, seen=csr_array(part.seen.shape, dtype=bool)) if train.repeats else part
