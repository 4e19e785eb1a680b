"""Choose the items of a list: the best ones, with a least share of new items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import AnyArray, BoolArray, Float64Array, Int32Array
from recsys.evaluation.fallback import Fallback, rank_top_k
from recsys.serving.ask import Ask
from recsys.serving.new_items import least_count, spread


@dataclass(frozen=True, eq=False)
class ItemChoice:
    """Chooses the items of lists."""

    fallback: Fallback
    """The popular items, and the order of items with equal scores."""
    new: BoolArray
    """Whether nobody in the data has rated or chosen an item (I,)."""

    def of(self, ask: Ask, ranked: Float64Array, hidden: BoolArray, *, popular: bool) -> Int32Array:
        """Return the codes of a list: the best items, or the best new ones spread among the best others.

        Args:
            ask: The request.
            ranked: The value of each item that ranks the list (I,).
            hidden: The items to leave out (I,).
            popular: Whether popularity ranks the items, the new ones excepted.
        """
        values = self.fallback.popularity if popular else ranked
        new = self._best(ranked, hidden | ~self.new, least_count(ask.new_share, ask.n))
        others = hidden.copy()
        others[new] = True
        return spread(new, self._best(values, others, ask.n - len(new)))

    def _best(self, values: AnyArray, hidden: BoolArray, n: int) -> Int32Array:
        """Return the codes of the `n` best items by value.

        Infinite, NaN and hidden (I,) items are omitted, so that there may be fewer than `n`.
        """
        finite = np.where(np.isfinite(values), values, -np.inf)
        (codes,) = rank_top_k(finite[None], hidden[None], min(n, len(finite)), self.fallback.order)
        return np.asarray(codes[codes >= 0])
