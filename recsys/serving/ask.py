"""The requests that a champion answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from scipy.sparse import csr_array

DEFAULT_N = 10
By = Literal["mean", "lower", "draw"]
"""The value that ranks a list: the mean rating, the lower bound of its interval, or one draw (Thompson sampling)."""
WAYS: tuple[By, ...] = ("mean", "lower", "draw")
"""All values of `By`."""


@dataclass(frozen=True)
class History:
    """The items that a person rated or used. The person need not be in the data."""

    items: Sequence[Any]
    """The raw ids of the items, in the order of time, the oldest first."""
    values: Sequence[float] | None = None
    """The ratings, or the weights of implicit events; None for items that the person likes."""


@dataclass(frozen=True)
class Ask:
    """A request for the rating of one item, or for a list."""

    user: Any = None
    """A raw id; None for a person with only a history or features."""
    item: Any = None
    """A raw id; None requests a list."""
    n: int = DEFAULT_N
    """The length of the list."""
    exclude: Sequence[Any] = ()
    """Raw ids of the items that the list must not contain."""
    history: History | None = None
    """What the person did, the oldest first. For a user of the data it follows the stored history."""
    by: By = "mean"
    """The value that ranks the list."""
    seed: int | None = None
    """Selects the draw for `by = "draw"`. The same number gives the same draw; None gives a random one."""
    stars: bool = False
    """Whether to return the probability of each star."""
    user_features: csr_array | None = None
    """What is known of the person (1, F), in place of what is stored; None if the request says nothing."""
    new_share: float = 0.0
    """The least share of new items in the list, see `recsys.serving.new_items`. With 0, the list does not mark them."""

    @property
    def describes(self) -> bool:
        """Return whether the request says something of the person, so that the person is folded in."""
        return self.history is not None or self.user_features is not None
