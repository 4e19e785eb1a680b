"""Ranked lists for many users and all members of a cohort at once, and what the ranking metrics say of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from recsys.data.ratings import IntArray, Ratings
from recsys.evaluation import exposure_metrics, ranking_metrics

Scorer = Callable[[IntArray], npt.NDArray[Any]]
"""From user codes (B,) to a score for every item of the catalogue, (M, B, I): the higher, the earlier in the list.

Scores should not be clipped to the scale, which would make ties of what the model tells apart.
"""
Floats = npt.NDArray[np.float64]

_OF_EACH_LIST = {
    "ndcg": ranking_metrics.ndcg,
    "recall": ranking_metrics.recall,
    "precision": ranking_metrics.precision,
    "map": ranking_metrics.average_precision,
    "mrr": ranking_metrics.reciprocal_rank,
    "hit_rate": ranking_metrics.hit_rate,
}


@dataclass(frozen=True, eq=False)
class RankingValues:
    """The ranking and exposure metrics of M members over V users."""

    users: IntArray
    """The users measured, (V,), rising: those with a relevant held-out item. The others have no say in any value."""
    per_user: Mapping[str, Floats]
    """(M, V) by metric; not for coverage and gini, which only all lists together have."""
    values: Mapping[str, Floats]
    """(M,) by metric, the mean over the users; NaN without users, and for a member with a score that is no number."""


def rank_top_k(scores: npt.NDArray[Any], seen: npt.NDArray[np.bool_], k: int) -> IntArray:
    """The items of each user's list, best first, ties by item code, the lower first.

    Args:
        scores: (B, I) or (M, B, I); items scored -∞ or NaN are not ranked.
        seen: (B, I), True for items that must not be in the user's list, as those rated in training.
        k: The length of the lists.

    Returns:
        Item codes, (B, k) or (M, B, k); -1 past the end of a list that runs out of items.
    """
    items = scores.shape[-1]
    length = min(k, items)
    scores = np.where(seen | np.isnan(scores), -np.inf, scores)
    chosen = _choose(scores.reshape(-1, items), length)
    codes = np.nonzero(chosen)[1].reshape(*scores.shape[:-1], length)
    top = np.take_along_axis(scores, codes, axis=-1)
    order = np.argsort(-top, axis=-1, kind="stable")  # codes rise, so that equals keep the lower code first
    ranked = np.where(np.isneginf(top), -1, codes)
    ranked = np.take_along_axis(ranked, order, axis=-1).astype(np.int32)
    padding = [(0, 0)] * (ranked.ndim - 1) + [(0, k - length)]
    return np.pad(ranked, padding, constant_values=-1)


def _choose(scores: npt.NDArray[Any], k: int) -> npt.NDArray[np.bool_]:
    """True for the k best items of each row, (rows, I); of equals at the border those of lower code."""
    border = np.partition(scores, scores.shape[1] - k, axis=1)[:, -k][:, None]
    chosen = scores >= border
    crowded = chosen.sum(axis=1) > k  # only rows with a tie at the border need the costlier count
    if crowded.any():
        above = scores[crowded] > border[crowded]
        equal = scores[crowded] == border[crowded]
        room = k - above.sum(axis=1, keepdims=True)
        chosen[crowded] = above | (equal & (np.cumsum(equal, axis=1) <= room))
    return chosen


def ranking_values(
    scorer: Scorer, train: Ratings, held_out: Ratings, k: int, threshold: float, chunk: int = 64
) -> RankingValues:
    """Every ranking and exposure metric at k, from all scores, for all members.

    Candidates are all items of the catalogue that the user has not rated in `train`; relevant are the user's held-out
    items with a rating of at least `threshold`.

    Args:
        scorer: Scores all items for a chunk of users; always asked for `chunk` users, so that it compiles once.
        train: What the model has seen; also the popularity that novelty is measured by.
        held_out: The part to measure on, disjoint from `train`.
        k: The length of the lists.
        threshold: The lowest rating that makes an item relevant.
        chunk: Users scored at a time; M · chunk · I scores are in memory at once.
    """
    seen = _by_user(train)
    relevant = _by_user(held_out.take(held_out.values >= threshold))
    users = np.flatnonzero(relevant.sum(axis=1)).astype(np.int32)
    ranked, hits, broken = _rank(scorer, seen, relevant, users, k, chunk)
    per_user = _per_user(hits, relevant.sum(axis=1)[users])
    popularity = np.bincount(train.items, minlength=train.catalogue.items)[: train.catalogue.items]
    per_user["novelty"] = exposure_metrics.novelty(ranked, popularity, train.catalogue.users)
    exposure = exposure_metrics.exposure_of(ranked, train.catalogue.items)
    values = {name: _mean(of_users) for name, of_users in per_user.items()}
    values |= {"coverage": exposure_metrics.coverage(exposure), "gini": exposure_metrics.gini(exposure)}
    return RankingValues(
        users,
        {name: np.where(broken[:, None], np.nan, of_users) for name, of_users in per_user.items()},
        {name: np.where(broken, np.nan, of_members) for name, of_members in values.items()},
    )


def _rank(
    scorer: Scorer, seen: csr_array, relevant: csr_array, users: IntArray, k: int, chunk: int
) -> tuple[IntArray, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Lists (M, V, k), their hits (M, V, k), and which members gave a score that is no number (M,)."""
    padded = np.zeros(max(1, -(-len(users) // chunk)) * chunk, np.int32)
    padded[: len(users)] = users
    lists, hits, broken = [], [], []
    for some in padded.reshape(-1, chunk):
        scores = scorer(some)
        broken.append(np.isnan(scores).any(axis=(1, 2)))
        ranked = rank_top_k(scores, seen[some].toarray(), k)
        wanted = np.broadcast_to(relevant[some].toarray(), scores.shape)
        lists.append(ranked)
        hits.append(np.take_along_axis(wanted, np.maximum(ranked, 0), axis=-1) & (ranked >= 0))
    measured = slice(len(users))
    return (
        np.concatenate(lists, axis=1)[:, measured],
        np.concatenate(hits, axis=1)[:, measured],
        np.any(broken, axis=0),
    )


def _per_user(hits: npt.NDArray[np.bool_], relevant: npt.NDArray[Any]) -> dict[str, Floats]:
    return {name: measure(hits, np.broadcast_to(relevant, hits.shape[:-1])) for name, measure in _OF_EACH_LIST.items()}


def _by_user(ratings: Ratings) -> csr_array:
    """True where the user has rated the item, (U, I) sparse."""
    shape = (ratings.catalogue.users, ratings.catalogue.items)
    return csr_array((np.ones(len(ratings), bool), (ratings.users, ratings.items)), shape=shape)


def _mean(of_users: Floats) -> Floats:
    """The mean over the users (M, V) who have a value; NaN where nobody has one."""
    known = ~np.isnan(of_users)
    count = known.sum(axis=1)
    total = np.where(known, of_users, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
