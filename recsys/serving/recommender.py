"""Recommender: users in, top-N out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from recsys.data.ratings import Catalogue, Ratings
from recsys.serving.scorer import Scorer


@dataclass(frozen=True)
class Recommendation:
    """One item for one user."""

    item: Any
    title: str | None
    rating: float


@dataclass(frozen=True)
class TopN:
    """What a user should see next."""

    items: Sequence[Recommendation]
    fallback: bool
    """Whether the user is unknown and was given the popular items."""


@dataclass(frozen=True, eq=False)
class Recommender:
    """A scorer that knows the catalogue and what everybody has rated, in any part of the data."""

    scorer: Scorer
    catalogue: Catalogue
    known: csr_array
    """Which items each user has rated, (U, I)."""

    @property
    def popularity(self) -> npt.NDArray[np.int64]:
        """How many users have rated each item, (I,)."""
        return np.asarray(self.known.sum(axis=0), np.int64)

    def user_id(self, text: str | float) -> Any:
        """The id as the data have it, from what was typed: ids that are numbers are found by their digits."""
        if isinstance(text, str) and pd.api.types.is_numeric_dtype(self.catalogue.user_ids):
            number = pd.to_numeric(pd.Series([text]), errors="coerce")[0]
            return text if pd.isna(number) else number.item()
        return text

    def rate(self, users: Any, items: Any) -> pd.DataFrame:
        """Ratings of raw ids: columns `rating` (missing for an item outside the catalogue) and `fallback`."""
        user_codes, item_codes = self.catalogue.user_codes(users), self.catalogue.item_codes(items)
        rating = self.scorer.clipped(self.scorer.predict(user_codes, item_codes))
        unknown = item_codes == self.catalogue.items
        # None where there is none, which is null in JSON; NaN would not be JSON at all
        ratings = pd.Series(rating)
        if unknown.any():
            ratings = ratings.astype(object).where(~unknown, None)
        return pd.DataFrame({"rating": ratings, "fallback": user_codes == self.catalogue.users})

    def recommend(self, user: Any, n: int = 10, exclude: Sequence[Any] = ()) -> TopN:
        """The best `n` items for a raw user id: nothing already rated, nothing in `exclude`; ties by item id.

        A user outside the catalogue is given the most rated items, marked as `fallback`.
        """
        code = self.catalogue.user_codes([user])
        fallback = bool(code[0] == self.catalogue.users)
        scores = self.scorer.score_all(code, self.catalogue.items)[0]
        order = self.popularity.astype(np.float64) if fallback else scores.copy()
        rating = self.scorer.clipped(scores)
        seen = np.zeros(self.catalogue.items, bool) if fallback else self.known[[code[0]]].toarray()[0].astype(bool)
        left_out = self.catalogue.item_codes(list(exclude)) if len(exclude) else np.zeros(0, np.int32)
        seen[left_out[left_out < self.catalogue.items]] = True
        order[seen] = -np.inf
        best = np.argsort(-order, kind="stable")[: min(n, int((~seen).sum()))]
        return TopN([self._item(item, rating[item]) for item in best], fallback)

    def recommend_all(self, n: int, chunk: int = 64) -> Iterator[pd.DataFrame]:
        """The best `n` items for every user, a frame a chunk of users: user, rank, item, title, rating."""
        for start in range(0, self.catalogue.users, chunk):
            users = np.arange(start, min(start + chunk, self.catalogue.users))
            scores = self.scorer.score_all(users, self.catalogue.items)
            scores[self.known[users].toarray().astype(bool)] = -np.inf
            best = np.argsort(-scores, axis=1, kind="stable")[:, :n]
            values = np.take_along_axis(scores, best, axis=1)
            frame = pd.DataFrame(
                {
                    "user": np.repeat(self.catalogue.user_ids.to_numpy()[users], best.shape[1]),
                    "rank": np.tile(np.arange(1, best.shape[1] + 1), len(users)),
                    "item": self.catalogue.item_ids.to_numpy()[best.ravel()],
                    "rating": self.scorer.clipped(values.ravel()),
                }
            )
            if self.catalogue.titles is not None:
                frame.insert(3, "title", self.catalogue.titles[best.ravel()])
            yield frame[np.isfinite(values.ravel())]

    def _item(self, code: int, rating: float) -> Recommendation:
        titles = self.catalogue.titles
        raw = self.catalogue.item_ids[code]
        title = None if titles is None else str(titles[code])
        return Recommendation(raw.item() if hasattr(raw, "item") else raw, title, float(rating))


def known_items(ratings: Ratings) -> csr_array:
    """Who has rated what, (U, I)."""
    shape = (ratings.catalogue.users, ratings.catalogue.items)
    return csr_array((np.ones(len(ratings), np.int32), (ratings.users, ratings.items)), shape=shape)
