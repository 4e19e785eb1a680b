"""The base of baselines whose lists come from histories, in which later items may count more."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from recsys.data.histories import Histories
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import SearchRange
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.baselines.ranking_baseline import RankingBaseline


@dataclass(frozen=True, kw_only=True)
class HistoryBaseline(RankingBaseline):
    """Scores items for a person from the person's history alone.

    Learning does not depend on the half-life, so that one fit serves for all half-lives.
    """

    needs_known_items = True
    after_fit: ClassVar[tuple[str, ...]] = ("history_half_life",)
    each_time: ClassVar[bool] = False
    """Whether an item counts each time that a history has it, in ratings with repeats."""

    history_half_life: float = math.inf
    """The number of later items of a history that halves the weight of an item; infinite for equal weights."""

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:
        """`history_half_life` if the parts of the split follow each other in time: from the last item to hundreds."""
        axes = super().axes(ratings)
        if not ratings.ordered or ratings.timestamps is None:
            return axes
        return {**axes, "history_half_life": SearchRange(0.5, 200, log=True, stricter="high")}

    @abstractmethod
    def learn(self, ratings: Ratings) -> LinearScores:
        """Learn the scores of items, and the row of a person without a history, the only row of `left`."""

    def adapt(self, learned: LinearScores, ratings: Ratings) -> LinearScores:
        """Weigh the history of every user by the half-life."""
        history = replace(learned.history, half_life=self.history_half_life)
        return replace(learned, history=history).with_people(self.histories(ratings))

    def histories(self, ratings: Ratings) -> Histories:
        """The histories of all users; the rows of a pair are separate entries only if each of them counts."""
        each_time = self.each_time
        return ratings.once(
            ("histories", each_time), lambda: Histories.of(ratings if each_time else replace(ratings, repeats=False))
        )
