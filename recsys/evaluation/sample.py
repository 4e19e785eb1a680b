"""Sample: the users that lists are measured on where there are too many to rank every item for each."""

from __future__ import annotations

from dataclasses import replace

from scipy.sparse import csr_array

from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import RankingPart

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
