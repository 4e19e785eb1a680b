"""What a champion is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

DEFAULT_N = 10
By = Literal["mean", "lower", "draw"]
"""What lists are ranked by: the predicted rating, the lower bound of its interval, or one draw (Thompson sampling)."""
WAYS: tuple[By, ...] = ("mean", "lower", "draw")


@dataclass(frozen=True)
class History:
    """What a person has rated or done, who need not be in the data."""

    items: Sequence[Any]
    """Raw ids."""
    values: Sequence[float] | None = None
    """The ratings, or the weights of implicit events; None for items that are liked."""


@dataclass(frozen=True)
class Ask:
    """A rating of one item, or a list."""

    user: Any = None
    """A raw id; None for a person who has a history alone."""
    item: Any = None
    """A raw id; None asks for a list."""
    n: int = DEFAULT_N
    """How long the list is to be."""
    exclude: Sequence[Any] = ()
    """Raw ids of items that are not wanted in it."""
    history: History | None = None
    """Stands in place of what is known of the user."""
    by: By = "mean"
    """What a list is ranked by."""
    seed: int | None = None
    """Which draw a list is ranked by: always the same for the same number; any by default."""
    stars: bool = False
    """Whether the chance of each star is wanted."""
