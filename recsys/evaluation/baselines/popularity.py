"""Popularity: the same list for every user."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recsys.arrays import Float64Array
from recsys.data.durations import units_a_day
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.baselines.ranking_baseline import RankingBaseline


@dataclass(frozen=True)
class Popularity(RankingBaseline):
    """Ranks items by their number of positives, or by the sum of the pairs' weights.

    All users get the same list, without the items that they have seen.
    """

    name = "popularity"
    learns_from = "how many users chose each item"

    days: float = math.inf
    """The days before the latest time of the ratings that count; infinite for all."""

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """`days`, from one to all, if the parts of the split follow each other in time, and times have a known unit."""
        axes = super().axes(ratings)
        if not ratings.ordered or (days := _days_ago(ratings)) is None or days.max() <= 1:
            return axes
        return {**axes, "days": SearchRange(1, float(days.max()), log=True, stricter="high")}

    def learn(self, ratings: Ratings) -> LinearScores:
        """Count the positives of each item."""
        if (days := _days_ago(ratings)) is not None:
            ratings = ratings.alone.take(days <= self.days)
        pairs, (users, items) = self.pairs(ratings), (ratings.catalogue.users, ratings.catalogue.items)
        counts = np.bincount(pairs.items, pairs.weights, minlength=items + 1)
        return LinearScores(np.ones((users + 1, 1)), counts[None], history=pairs.history)


def _days_ago(ratings: Ratings) -> Float64Array | None:
    """The days from each rating to the latest one, (N,); None without times, or with times of no known unit."""
    times = ratings.timestamps
    units = None if times is None else units_a_day(times)
    return None if times is None or units is None else (times.max() - times) / units
