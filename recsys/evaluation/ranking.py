"""Ranked lists for many users and all members of a cohort at once.

`M` members, `V` cases, `U` users and `I` items of the catalogue, `B` cases of a chunk. A case is a user at a moment:
see `Cases`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from recsys.arrays import AnyArray, BoolArray, Int32Array, Int64Array
from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.cases import LEAST, MOST_SCORES, Cases, cases_of
from recsys.evaluation.fallback import Fallback, rank_top_k
from recsys.evaluation.gains import gains_of
from recsys.evaluation.metrics.descriptive import DESCRIPTIVE_METRICS, DescriptiveMetric
from recsys.evaluation.metrics.list_context import ListContext
from recsys.evaluation.metrics.ranked_lists import RankedLists
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking_evaluation import RankingEvaluation, measure_lists

Scorer = Callable[[Int32Array], AnyArray]
"""From user codes, or positions of cases, (B,) to a score for every item of the catalogue, (M, B, I); higher scores
rank first.

Scores should not be clipped to the scale, which would turn different scores into ties.
"""
Ranker = Callable[[Int32Array, BoolArray, int], tuple[Int32Array, BoolArray]]
"""From positions of cases (B,), the items that each list leaves out (B, I) and k to lists (M, B, k), padded with -1,
and whether any score of a member was NaN (M,). Equal scores are in the order of `Fallback.order`."""
CHUNK = 64
"""Cases ranked at a time."""
_PAIRS = 32_000_000
"""Pairs of cases and items that are looked up at once."""
_NONE = np.zeros(0, np.int32)


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

    Candidates are all items of the catalogue that the user has not rated in `train`, or the new items of a part by
    items; relevant are the user's held-out items with a rating of at least `threshold`, or with what the data define as
    positive.

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
    rank = score_ranker(lambda cases: scorer(part.users[cases]), part.fallback)
    return part.values(rank, k, chunk=chunk, rates=rates)


def score_ranker(scorer: Scorer, fallback: Fallback) -> Ranker:
    """A ranker that sorts the scores of a scorer of cases."""

    def rank(cases: Int32Array, hidden: BoolArray, k: int) -> tuple[Int32Array, BoolArray]:
        scores = scorer(cases)
        return rank_top_k(scores, hidden, k, fallback.order), np.asarray(np.isnan(scores).any(axis=(1, 2)))

    return rank


@dataclass(frozen=True, eq=False)
class RankingPart:
    """A held-out part as the ranking metrics use it; built once for all models that are evaluated on it."""

    cases: Cases
    """The users, their histories, and the relevant items."""
    popularity: Int64Array
    """The number of training ratings of each item, (I,)."""
    fallback: Fallback
    """The lists of cold users and the order of ties."""
    context: ListContext
    """What descriptive metrics compare lists with."""
    named: Sequence[DescriptiveMetric] = ()
    """The descriptive metrics to measure too, because they are objectives."""
    _of_cold: dict[tuple[bool, bool, bool, int], Int32Array] = field(default_factory=dict, init=False, repr=False)
    """A cache of the lists of C cold cases, (C, k), by `rates`, `reads`, `features` and k."""

    @classmethod
    def of(
        cls,
        train: Ratings,
        held_out: Ratings,
        threshold: float | None,
        most: int | None = None,
        named: Sequence[DescriptiveMetric] = (),
    ) -> RankingPart:
        """The part for a model that has seen `train` and nothing else.

        Args:
            train: The ratings that the model has seen.
            held_out: The part to evaluate on.
            threshold: The lowest rating that makes an item relevant, if the data do not define it.
            most: The maximal number of evaluated users: see `cases_of`.
            named: The descriptive metrics to measure too.
        """
        cases = cases_of(train, held_out, threshold, most)
        popularity = np.bincount(train.items, minlength=train.catalogue.items)[: train.catalogue.items]
        fallback = Fallback.of(train.with_positives_from(threshold))
        context = ListContext(
            train,
            popularity,
            fallback.order,
            cases.candidates,
            cases.seen,
            lambda: cases.histories,
            lambda: gains_of(cases, held_out),
        )
        return cls(cases, popularity, fallback, context, named)

    @property
    def users(self) -> Int32Array:
        """The user of each case, (V,)."""
        return self.cases.users

    @cached_property
    def warm(self) -> BoolArray:
        """Which cases have a user with a training rating, and a relevant item with one, (V,).

        Of the other cases a model without features has no user, or no item that it could find.
        """
        reachable: BoolArray = self.cases.relevant @ (self.popularity > 0) > 0
        return reachable & ~self.fallback.unrated[self.users]

    def cold(self, *, rates: bool, reads: bool, features: bool = False) -> BoolArray:
        """Which cases get the popular items, (V,).

        Args:
            rates: Whether predicted ratings rank the lists.
            reads: Whether the lists come from histories, so that a user without a training positive has a list after
                the first positive of the held-out part.
            features: Whether the lists come from features of users, so that a user with features is not cold.
        """
        if reads and self.cases.grow:
            known = self.fallback.known_by(features=features)[self.users]
            return np.asarray(self.cases.histories.positives.lengths == 0) & ~known
        return self.fallback.cold(rates=rates, features=features)[self.users]

    def values(
        self,
        rank: Ranker,
        k: int,
        also_at: Sequence[int] = (),
        chunk: int = CHUNK,
        *,
        rates: bool,
        reads: bool = False,
        features: bool = False,
    ) -> RankingEvaluation:
        """Compute every metric of the lists that `rank` makes, `chunk` cases at a time.

        Args:
            rank: Makes the lists.
            k: The length of the lists.
            also_at: Further lengths, whose metrics have names such as `ndcg_at_5`.
            chunk: Cases ranked at a time.
            rates: Whether predicted ratings rank the lists.
            reads: Whether the lists come from histories; see `cold`.
            features: Whether the lists come from features of users; see `cold`.
        """
        longest = max(k, *also_at, 0)
        lists, broken = zip(
            *(rank(some, self.cases.hidden(some), longest) for some in _chunks(len(self.users), chunk)),
            strict=True,
        )
        ranked = np.concatenate(lists, axis=1)[:, : len(self.users)]
        return self.evaluate_lists(
            ranked, np.any(broken, axis=0), k, also_at, rates=rates, reads=reads, features=features
        )

    def evaluate_lists(
        self,
        ranked: Int32Array,
        broken: BoolArray,
        k: int,
        also_at: Sequence[int] = (),
        *,
        rates: bool,
        reads: bool = False,
        features: bool = False,
    ) -> RankingEvaluation:
        """Compute every metric of given lists. Lists of popular items replace those of cold cases.

        Args:
            ranked: Lists of at least k items, (M, V, ≥ k).
            broken: Which members have NaN for every metric, (M,).
            k: The number of items that metrics use.
            also_at: Further numbers of items.
            rates: Whether predicted ratings rank the lists.
            reads: Whether the lists come from histories; see `cold`.
            features: Whether the lists come from features of users; see `cold`.
        """
        ranked = self._served(ranked, rates=rates, reads=reads, features=features)
        hits = self._hits(ranked)
        relevant = np.broadcast_to(self.cases.relevant.sum(axis=1), hits.shape[:-1])
        lists = RankedLists(ranked, hits, relevant, self.popularity, len(self.fallback.unrated), self.cases.candidates)
        return measure_lists(lists, self.users, broken, (k, *also_at), self.named, self.context)

    def _served(self, ranked: Int32Array, *, rates: bool, reads: bool, features: bool) -> Int32Array:
        """The lists as they would be served, (M, V, k): cold cases have the popular items."""
        cold = self.cold(rates=rates, reads=reads, features=features)
        if not cold.any():
            return ranked
        key = rates, reads, features, ranked.shape[-1]
        if key not in self._of_cold:
            self._of_cold[key] = self._popular_lists(np.flatnonzero(cold), ranked.shape[-1])
        served = ranked.copy()
        served[:, cold] = self._of_cold[key]
        return served

    def _popular_lists(self, cases: AnyArray, k: int) -> Int32Array:
        """The k most popular candidates that each of C users has not rated, (C, k)."""
        candidates = self.cases.candidates
        barred = _NONE if candidates is None else np.flatnonzero(~candidates)
        lists = np.tile(self.fallback.popular(k, barred), (len(cases), 1))
        seen = self.cases.seen[cases]
        for place in np.flatnonzero(np.diff(seen.indptr)):  # users with ratings but without a positive
            own = seen.indices[seen.indptr[place] : seen.indptr[place + 1]]
            lists[place] = self.fallback.popular(k, np.concatenate([own, barred]))
        return lists

    def _hits(self, ranked: Int32Array) -> BoolArray:
        """Whether the item at each rank is relevant, (M, V, k)."""
        hits = np.zeros(ranked.shape, bool)
        chunk = max(1, _PAIRS // len(self.popularity))
        for start in range(0, len(self.users), chunk):
            some = slice(start, start + chunk)
            wanted = self.cases.relevant[some].toarray()
            codes = ranked[:, some]
            hits[:, some] = wanted[np.arange(len(wanted))[:, None], np.maximum(codes, 0)] & (codes >= 0)
        return hits


def _chunks(count: int, size: int) -> list[Int32Array]:
    """Positions of `count` cases, `size` at a time, the last ones completed with 0; an empty chunk for no cases."""
    if not count:
        return [np.zeros(0, np.int32)]
    padded = np.zeros(-(-count // size) * size, np.int32)
    padded[:count] = np.arange(count)
    return list(padded.reshape(-1, size))


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
    named = [DESCRIPTIVE_METRICS[name] for name in objective.named if name in DESCRIPTIVE_METRICS]
    return RankingPart.of(train, held_out, objective.threshold, sample_size(objective, train.catalogue), named)
