"""Person: what a champion says of all items to one person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.errors import InputError
from recsys.serving.ask import Ask
from recsys.serving.belief import Belief

Doubles = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class Person:
    """Scores of all items, and how sure they are."""

    scores: Doubles
    """(I,); ratings that may lie outside the scale."""
    belief: Callable[[Codes], Belief | None]
    """Of items by their codes; None where the champion does not know how sure it is."""

    def ranked(self, ask: Ask) -> Doubles:
        """What a list is ranked by, (I,)."""
        if ask.by == "mean":
            return self.scores
        belief = known(self.belief(np.arange(len(self.scores))), f"by = {ask.by!r}")
        return belief.lower_bounds() if ask.by == "lower" else belief.one_draw(ask.seed)


def known(belief: Belief | None, wanted: str) -> Belief:
    """A belief that is wanted for something.

    Raises:
        InputError: There is none.
    """
    if belief is None:
        raise InputError(
            f"{wanted}: the champion does not know how sure it is; every model of it must be drawn from a posterior, "
            "as bayesian_mf is"
        )
    return belief
