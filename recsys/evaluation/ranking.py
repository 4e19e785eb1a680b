"""Ranked lists for many users and all members of a cohort at once, and what the ranking metrics say of them."""

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
"""From user codes (B,) to a score for every item of the catalogue, (M, B, I): the higher, the earlier in the list.

Scores should not be clipped to the scale, which would make ties of what the model tells apart.
"""
Ranker = Callable[[Int32Array, BoolArray, int], tuple[Int32Array, BoolArray]]
"""From user codes (B,), the items each has seen (B, I) and k to lists (M, B, k), -1 past the end of one that runs out
of items, and whether any score of a member was no number (M,). Equal scores stand in the order of `Fallback.order`."""
CHUNK = 64
"""Users that are ranked at a time."""
SEED = 0
"""Of the sample of users: whoever measures the same part measures the same users."""
_PAIRS = 32_000_000
"""Users times items that are looked up at once."""


@dataclass(frozen=True, eq=False)
class RankingEvaluation:
    """The ranking and exposure metrics of M members over V users."""

    users: Int32Array
    """The users measured, (V,), rising: those with a relevant held-out item. The others have no say in any value."""
    per_user: Mapping[str, Float64Array]
    """(M, V) by metric; not for coverage and gini, which only all lists together have."""
    values: Mapping[str, Float64Array]
    """(M,) by metric, the mean over the users; NaN without users, and for a member with a score that is no number."""
    lists: RankedLists
    """What was measured."""


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
    """Every ranking and exposure metric at k, from all scores, for all members.

    Candidates are all items of the catalogue that the user has not rated in `train`; relevant are the user's held-out
    items with a rating of at least `threshold`, or what the data themselves say makes a positive.

    Args:
        scorer: Scores all items for a chunk of users; always asked for `chunk` users, so that it compiles once.
        train: What the model has seen; also the popularity that novelty is measured by.
        held_out: The part to measure on, disjoint from `train`.
        k: The length of the lists.
        threshold: The lowest rating that makes an item relevant, where the data do not say.
        chunk: Users scored at a time; M · chunk · I scores are in memory at once.
        rates: Whether the scores are ratings, which decides who is cold: see `Fallback`.
    """
    part = RankingPart.of(train, held_out, threshold)
    return part.values(score_ranker(scorer, part.fallback), k, chunk=chunk, rates=rates)


def score_ranker(scorer: Scorer, fallback: Fallback) -> Ranker:
    """A ranker that sorts what a scorer says."""

    def rank(users: Int32Array, seen: BoolArray, k: int) -> tuple[Int32Array, BoolArray]:
        scores = scorer(users)
        return rank_top_k(scores, seen, k, fallback.order), np.asarray(np.isnan(scores).any(axis=(1, 2)))

    return rank


@dataclass(frozen=True, eq=False)
class RankingPart:
    """A held-out part as lists are judged by it; made once, however many models are measured on it."""

    users: Int32Array
    """Those measured, (V,), rising: the users with a relevant held-out item, or a sample of them."""
    seen: csr_array
    """True where one of them has rated the item in what the model has seen, (U, I)."""
    relevant: csr_array
    """True where a held-out item is relevant to one of them, (U, I)."""
    popularity: Int64Array
    """How many ratings each item has in what the model has seen, (I,)."""
    fallback: Fallback
    """What cold users are shown."""
    _of_cold: dict[tuple[bool, int], Int32Array] = field(default_factory=dict, init=False, repr=False)
    """Lists of cold users that were made, (C, k), by whether ratings are predicted and by their length."""

    @classmethod
    def of(cls, train: Ratings, held_out: Ratings, threshold: float | None, most: int | None = None) -> RankingPart:
        """The part of `held_out`, for a model that has seen `train` and nothing else.

        Args:
            train: What the model has seen.
            held_out: The part to measure on.
            threshold: The lowest rating that makes an item relevant, where the data do not say.
            most: Measure so many users at most, drawn at random, the same ones for everybody; all by default.
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
        """What every metric says of the lists that `rank` makes, `chunk` users at a time.

        Args:
            rank: Makes lists.
            k: How long the lists are that metrics look at.
            also_at: Other lengths; a metric of the first five items is then called `ndcg_at_5`.
            chunk: Users ranked at a time.
            rates: Whether the lists are ranked by predicted ratings, which decides who is cold: see `Fallback`.
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
        """What every metric says of the users' lists. Cold users have the popular items in place of theirs.

        Args:
            ranked: Lists (M, V, at least k).
            broken: Which members have no value at all, (M,).
            k: How many items of them metrics look at.
            also_at: Other lengths.
            rates: Whether the lists are ranked by predicted ratings.
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
        """The lists with those of cold users as they would be served, (M, V, k)."""
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
        """The k most popular items for each of some users, (C, k), without those that the user has rated."""
        lists = np.tile(self.fallback.popular(k), (len(users), 1))
        seen = self.seen[users]
        for place in np.flatnonzero(np.diff(seen.indptr)):  # who has rated, and liked nothing
            own = seen.indices[seen.indptr[place] : seen.indptr[place + 1]]
            lists[place] = self.fallback.popular(k, own)
        return lists

    def _hits(self, ranked: Int32Array) -> BoolArray:
        """Whether the item at each place of the lists is relevant, (M, V, k)."""
        hits = np.zeros(ranked.shape, bool)
        chunk = max(1, _PAIRS // len(self.popularity))
        for start in range(0, len(self.users), chunk):
            some = slice(start, start + chunk)
            wanted = self.relevant[self.users[some]].toarray()
            codes = ranked[:, some]
            hits[:, some] = wanted[np.arange(len(wanted))[:, None], np.maximum(codes, 0)] & (codes >= 0)
        return hits


def _by_user(ratings: Ratings, some: AnyArray) -> csr_array:
    """True where one of some users has rated the item, (U, I) sparse."""
    shape = (ratings.catalogue.users, ratings.catalogue.items)
    chosen = np.zeros(shape[0], bool)
    chosen[some] = True
    rows = chosen[ratings.users]
    users, items = ratings.users[rows], ratings.items[rows]
    return csr_array((np.ones(len(users), bool), (users, items)), shape=shape)


def nan_mean(of_users: Float64Array) -> Float64Array:
    """The mean over the users (M, V) who have a value; NaN where nobody has one."""
    known = ~np.isnan(of_users)
    count = known.sum(axis=1)
    total = np.where(known, of_users, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


MOST_SCORES = 200_000_000
"""Users times items up to which lists are measured for all users."""
LEAST = 1000
"""Users that a sample has at least: the standard error of a mean NDCG is then about 0.01."""


def sample_size(objective: ObjectiveSettings, catalogue: Catalogue) -> int | None:
    """How many users lists are measured on at most; None where it is all.

    `objective.users`, or as many as make `MOST_SCORES` scores.
    """
    size = objective.users
    if size is None and catalogue.users * catalogue.items > MOST_SCORES:
        size = max(LEAST, MOST_SCORES // catalogue.items)
    return size if size is not None and size < catalogue.users else None


def ranking_part(train: Ratings, held_out: Ratings, objective: ObjectiveSettings) -> RankingPart:
    """The part of `held_out` that lists are judged by, for a model that has seen `train`."""
    part = RankingPart.of(train, held_out, objective.threshold, sample_size(objective, train.catalogue))
    # where repeats are asked for, what a user had before is a candidate as any other item
    return replace(part, seen=csr_array(part.seen.shape, dtype=bool)) if train.repeats else part
