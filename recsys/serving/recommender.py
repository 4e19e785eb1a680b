"""The recommender, which predicts ratings and top-N lists for raw ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from recsys.arrays import AnyArray, BoolArray, Float64Array, Int32Array
from recsys.data.histories import Histories
from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.fallback import Fallback
from recsys.serving.ask import DEFAULT_N, Ask, History
from recsys.serving.feedback import Feedback
from recsys.serving.ids import codes_of
from recsys.serving.item_choice import ItemChoice
from recsys.serving.lists import Recommendation, Recommendations
from recsys.serving.new_items import checked_share
from recsys.serving.people import People
from recsys.serving.person import Person, known
from recsys.serving.predictive import PredictiveDistribution, predictive_of_items, predictive_of_pairs
from recsys.serving.rated import chunks, rated
from recsys.serving.rows import plain
from recsys.serving.scorer import AnyScorer, Scorer
from recsys.serving.user_features import UserFeatures

_USERS = 64
"""The number of users whose lists are computed together."""


@dataclass(frozen=True, eq=False)
class Recommender:
    """A scorer with the catalogue and the items that each user has rated in any part of the data."""

    scorer: AnyScorer
    catalogue: Catalogue
    known: csr_array
    """The rated items of each user (U, I)."""
    feedback: Feedback
    fallback: Fallback
    """The popular items and the cold users, from the ratings that the scorer was trained on."""
    histories: Histories | None = None
    """What each user did, in the order of time (U rows); None for a package of an earlier version."""
    added: int = 0
    """The number of items at the end of the catalogue that were added after training."""

    @property
    def word(self) -> str:
        """Return the name of the predicted value: `rating`, or `score` for a scorer trained on rankings."""
        return "rating" if self.scorer.rates else "score"

    @property
    def has_uncertainty(self) -> bool:
        """Return whether the scorer is drawn from posteriors, so that its ratings have distributions."""
        return isinstance(self.scorer, Scorer) and self.scorer.draws > 0

    def warm_up(self) -> None:
        """Load what a server's requests may need before the first one."""
        if isinstance(self.scorer, Scorer):
            self.scorer.warm_up()

    @cached_property
    def _people(self) -> People:
        return People(self.scorer, self.catalogue, self.feedback, self.histories, self.added)

    def rate(self, users: Any, items: Any, *, stars: bool = False) -> pd.DataFrame:
        """Predict the values of pairs of raw ids (B,).

        Args:
            users: The user ids (B,).
            items: The item ids (B,).
            stars: Whether to return the probability of each star.

        Returns:
            A frame with B rows. `rating` or `score` is missing for an unknown item, and `fallback` marks cold users. A
            posterior adds `deviation`, `low` and `high`: the standard deviation and the 90 % interval of a rating. With
            `stars` it adds `stars`, a mapping from the text of each star to its probability.

        Raises:
            InputError: `stars` is true, and the champion has no posterior or its ratings are not stars.
        """
        user_codes, item_codes = self._users(users), self._items(items)
        parts = [
            self._rated(
                self.scorer.predict(some_users, some_items),
                some_items,
                predictive_of_pairs(self.scorer, some_users, some_items),
                stars=stars,
            )
            for some_users, some_items in chunks(user_codes, item_codes)
        ]
        return pd.concat(parts, ignore_index=True).assign(fallback=self._cold[user_codes])

    def recommend(
        self,
        user: Any = None,
        n: int = DEFAULT_N,
        exclude: Sequence[Any] = (),
        history: History | None = None,
        user_features: Mapping[str, Any] | None = None,
        new_share: float = 0.0,
    ) -> Recommendations:
        """Return the best `n` items for a raw user id.

        The list omits `exclude` and all items that the user already has, unless the data allow repeats
        (`split.repeats`). `Fallback` orders items with equal scores. A cold or unknown user gets the most popular
        items, marked as `fallback`. If a history with known items is given, or features of the user, the list is based
        on these.

        Args:
            user: The raw id; None for a person with only a history or features.
            n: The length of the list.
            exclude: The raw ids of items to omit.
            history: What the user did since the data end, the oldest first; see `Ask`.
            user_features: What is known of the user, by column, in place of what is stored.
            new_share: The least share of new items, which nobody in the data has rated or chosen. They stand at evenly
                spaced places.

        Raises:
            InputError: A history is given, and the scorer cannot fold in a person; or the champion does not know such
                features; or the share is not from 0 to 1.
        """
        given = None if user_features is None else UserFeatures(self.scorer, self.catalogue).encode(user_features)
        share = checked_share(new_share)
        ask = Ask(user, n=n, exclude=exclude, history=history, user_features=given, new_share=share)
        return next(self.recommend_each([ask]))

    def recommend_each(self, asks: Sequence[Ask]) -> Iterator[Recommendations]:
        """Yield one list for each request, in their order."""
        for start in range(0, len(asks), _USERS):
            some = asks[start : start + _USERS]
            codes = self._users([ask.user for ask in some])
            scores = self.scorer.score_all(codes, self.catalogue.items)
            for ask, code, row in zip(some, codes, scores, strict=True):
                yield self._of_person(ask, code, row) if ask.describes else self._of_user(ask, code, row)

    def person(self, history: History | None, user: Any = None, features: csr_array | None = None) -> Person | None:
        """Return the predictions for a person with a history or features; None if they do not inform the scorer.

        Args:
            history: What the person did, the oldest first.
            user: The raw id of a person of the data, whose stored history comes before.
            features: What is known of the person (1, F); what is stored by default.

        Raises:
            InputError: The scorer cannot fold in a person.
        """
        return self._people.person(history, user, features)

    def rate_person(
        self,
        history: History | None,
        item: Any,
        user: Any = None,
        features: csr_array | None = None,
        *,
        stars: bool = False,
    ) -> pd.DataFrame:
        """Predict one item for a person; arguments as of `person`, columns as of `rate`."""
        person, codes = self.person(history, user, features), self._items([item])
        if person is None:
            return self.rate([None], [item], stars=stars)
        known_ = np.minimum(codes, self.catalogue.items - 1)
        return self._rated(person.scores[known_], codes, person.predictive(known_), stars=stars).assign(fallback=False)

    def _rated(
        self, values: AnyArray, items: Int32Array, predictive: PredictiveDistribution | None, *, stars: bool
    ) -> pd.DataFrame:
        return rated(self.scorer.clipped(values), self.word, items == self.catalogue.items, predictive, stars=stars)

    def _of_user(self, ask: Ask, code: int, scores: Float64Array) -> Recommendations:
        return self._list(ask, self._user(code, scores), self._seen(code), popular=bool(self._cold[code]))

    def _of_person(self, ask: Ask, code: int, scores: Float64Array) -> Recommendations:
        seen = self._seen(code)
        if ask.history is not None and not self.feedback.repeats:
            self._mark(seen, ask.history.items)
        person = self.person(ask.history, ask.user, ask.user_features)
        return self._list(ask, person or self._user(code, scores), seen, popular=person is None)

    def _seen(self, code: int) -> BoolArray:
        """Return whether a list must leave an item out because the user has it (I,)."""
        seen = np.zeros(self.catalogue.items, bool)
        if code < self.catalogue.users and not self.feedback.repeats:
            seen[self.known.indices[self.known.indptr[code] : self.known.indptr[code + 1]]] = True
        return seen

    def _user(self, code: int, scores: Float64Array) -> Person:
        return Person(scores, lambda items: predictive_of_items(self.scorer, code, items))

    def _list(self, ask: Ask, person: Person, seen: BoolArray, *, popular: bool) -> Recommendations:
        self._mark(seen, ask.exclude)
        best = self._choice.of(ask, person.ranked(ask), seen, popular=popular)
        predictive = person.predictive(best)
        columns = {self.word: self.scorer.clipped(person.scores[best])}
        columns |= {} if predictive is None else predictive.uncertainty()
        stars = known(predictive, "stars").stars() if ask.stars else [None] * len(best)
        items = [
            Recommendation(
                plain(self.catalogue.item_ids[code]),
                self._title(code),
                **{name: float(column[place]) for name, column in columns.items()},
                stars=stars[place],
                new=bool(self._choice.new[code]) if ask.new_share else None,
            )
            for place, code in enumerate(best)
        ]
        return Recommendations(ask.user, items, popular)

    @cached_property
    def _choice(self) -> ItemChoice:
        return ItemChoice(self.fallback, np.bincount(self.known.indices, minlength=self.catalogue.items) == 0)

    @cached_property
    def _cold(self) -> BoolArray:
        """Return the mask of cold users (U + 1,); the last entry is for unknown users.

        A champion that reads histories knows whoever has a positive in what is stored, and one that reads features
        whoever has some.
        """
        features = self.scorer.reads_features
        if isinstance(self.scorer, Scorer) and self.scorer.reads_histories and self.histories is not None:
            known = self.fallback.known_by(features=features)
            return np.append((self.histories.positives.lengths == 0) & ~known, True)
        return np.append(self.fallback.cold(rates=self.scorer.rates, features=features), True)

    def _mark(self, seen: BoolArray, items: Sequence[Any]) -> None:
        codes = self._items(items)
        seen[codes[codes < self.catalogue.items]] = True

    def _users(self, ids: Sequence[Any]) -> Int32Array:
        return codes_of(self.catalogue.user_ids, ids)

    def _items(self, ids: Sequence[Any]) -> Int32Array:
        return codes_of(self.catalogue.item_ids, ids)

    def _title(self, code: int) -> str | None:
        titles = self.catalogue.titles
        return None if titles is None else str(titles[code]) or None


def known_items(ratings: Ratings) -> csr_array:
    """Return the matrix of rated pairs (U, I)."""
    shape = (ratings.catalogue.users, ratings.catalogue.items)
    known = csr_array((np.ones(len(ratings), np.int32), (ratings.users, ratings.items)), shape=shape)
    known.sum_duplicates()
    return known
