"""Person: what a champion says of all items to one person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from recsys.arrays import Float64Array, IntArray
from recsys.errors import InputError
from recsys.models.hyperparameters import both
from recsys.models.kinds import KINDS
from recsys.serving.ask import Ask
from recsys.serving.predictive import PredictiveDistribution


@dataclass(frozen=True, eq=False)
class Person:
    """Scores of all items, and how sure they are."""

    scores: Float64Array
    """(I,); ratings that may lie outside the scale."""
    predictive: Callable[[IntArray], PredictiveDistribution | None]
    """Of items by their codes; None where the champion does not know how sure it is."""

    def ranked(self, ask: Ask) -> Float64Array:
        """What a list is ranked by, (I,)."""
        if ask.by == "mean":
            return self.scores
        predictive = known(self.predictive(np.arange(len(self.scores))), f"by = {ask.by!r}")
        return predictive.lower_bounds() if ask.by == "lower" else predictive.one_draw(ask.seed)


def known(predictive: PredictiveDistribution | None, wanted: str) -> PredictiveDistribution:
    """A belief that is wanted for something.

    Raises:
        InputError: There is none.
    """
    if predictive is None:
        raise InputError(
            f"{wanted}: the champion does not know how sure it is; every model of it must be drawn from a posterior, "
            f"as {both([kind.name for kind in KINDS.values() if kind.sampled])} is"
        )
    return predictive
