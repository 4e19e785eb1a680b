"""The predictions of a champion for one person."""

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
    """The scores of all items for one person, and their predictive distributions."""

    scores: Float64Array
    """The scores (I,); ratings may lie outside the scale."""
    predictive: Callable[[IntArray], PredictiveDistribution | None]
    """Returns the distributions for item codes (B,); None if the champion has no posterior."""

    def ranked(self, ask: Ask) -> Float64Array:
        """Return the values (I,) that rank the list.

        Raises:
            InputError: `ask.by` needs a posterior, and the champion has none.
        """
        if ask.by == "mean":
            return self.scores
        predictive = known(self.predictive(np.arange(len(self.scores))), f"by = {ask.by!r}")
        return predictive.lower_bounds() if ask.by == "lower" else predictive.one_draw(ask.seed)


def known(predictive: PredictiveDistribution | None, wanted: str) -> PredictiveDistribution:
    """Return the distributions after a check that the champion has them.

    Args:
        predictive: The distributions, or None.
        wanted: The option that needs them, for the message.

    Raises:
        InputError: `predictive` is None.
    """
    if predictive is None:
        raise InputError(
            f"{wanted}: the champion does not know how sure it is; every model of it must be drawn from a posterior, "
            f"as {both([kind.name for kind in KINDS.values() if kind.sampled])} is"
        )
    return predictive
