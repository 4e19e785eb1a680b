"""What descriptive metrics compare lists with: the users' own items, the popular lists, and the items' features."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array, diags_array, hstack

from recsys.arrays import BoolArray, Float64Array, Int32Array, IntArray
from recsys.data.histories import Histories
from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.metrics.item_similarity import ItemSimilarity


@dataclass(frozen=True, eq=False)
class ListContext:
    """What is known of V cases and of I items besides the lists. Each part is computed when a metric first reads it."""

    train: Ratings
    """The ratings that the model has seen."""
    popularity: IntArray
    """The number of training ratings of each item, (I,)."""
    order: Int32Array
    """All item codes, the most popular first, (I,)."""
    candidates: BoolArray | None
    """Which items a list may have, (I,); None for all."""
    seen: csr_array
    """Which items the lists of a case leave out, (V, I)."""
    _before: Callable[[], Histories]
    _gains: Callable[[], csr_array]

    @cached_property
    def gains(self) -> csr_array:
        """The gain of each relevant item, (V, I); see `gains_of`."""
        return self._gains()

    @cached_property
    def profiles(self) -> csr_array:
        """How often each item is among the user's positives before the moment, (V, I)."""
        own = self._before().positives
        return csr_array((np.ones(len(own.items)), own.items, own.starts), shape=(len(own), len(self.popularity)))

    @cached_property
    def profile_popularity(self) -> Float64Array:
        """The mean popularity of the items in each profile, (V,); NaN for an empty one."""
        count = self.profiles.sum(axis=1)
        return np.where(count > 0, self.profiles @ self.popularity / np.maximum(count, 1), np.nan)

    @cached_property
    def profile_categories(self) -> csr_array:
        """The sum of the category shares of the items in each profile, (V, C)."""
        return self.profiles @ self.category_shares

    @cached_property
    def category_shares(self) -> csr_array:
        """The share of each category in each item, (I, C); see `category_shares`."""
        return category_shares(self.train.catalogue)

    @cached_property
    def item_similarity(self) -> ItemSimilarity:
        """The cosines of items, by their features or, if the data have none, by who has rated them in training."""
        catalogue, train = self.train.catalogue, self.train
        if catalogue.item_features is not None:
            return ItemSimilarity.of(catalogue.item_features.rows.astype(np.float64))
        shape = catalogue.items, catalogue.users
        return ItemSimilarity.of(csr_array((np.ones(len(train)), (train.items, train.users)), shape=shape))

    def popular(self, ranked: IntArray) -> BoolArray:
        """Whether each item is also in the popular list of that length, for lists (M, V, k).

        The popular list has the k most popular candidates that the user has not seen.
        """
        items, cases = len(self.popularity), np.arange(ranked.shape[-2])[:, None]
        place = self._places[ranked]
        seen_before = np.searchsorted(self._seen_places, cases * (items + 1) + place) - self.seen.indptr[cases]
        return np.asarray((place < items) & (place - seen_before < ranked.shape[-1]))

    @cached_property
    def _places(self) -> IntArray:
        """The place of each candidate by popularity, (I + 1,); I for other items and for code -1."""
        order = self.order if self.candidates is None else self.order[self.candidates[self.order]]
        places = np.full(len(self.popularity) + 1, len(self.popularity))
        places[order] = np.arange(len(order))
        return places

    @cached_property
    def _seen_places(self) -> IntArray:
        """The places of the seen items of each case, ascending; those of case v are after v (I + 1)."""
        cases = np.repeat(np.arange(self.seen.shape[0]), np.diff(self.seen.indptr))
        return np.sort(cases * (len(self.popularity) + 1) + self._places[self.seen.indices])


def category_shares(catalogue: Catalogue) -> csr_array:
    """The share of each category in each item, (I, C): rows that sum to 1, or are empty if no category is known.

    All source columns in which the item has a category weigh the same, and in a column its categories do (Steck 2018).
    """
    table = catalogue.item_features
    if table is None or not table.categorical:
        return csr_array((catalogue.items, 0))
    columns = [_shares(table.rows[:, places].astype(bool)) for places in table.categorical.values()]
    return _shares(hstack(columns, format="csr"))


def _shares(rows: csr_array) -> csr_array:
    """The rows, divided by their sums."""
    total = rows.sum(axis=1)
    return csr_array(diags_array(1 / np.where(total > 0, total, 1)) @ rows)
