"""People of whom a request says something: what they did and what is known of them, as fold-in takes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import AnyArray
from recsys.data.histories import Histories
from recsys.data.ratings import Catalogue
from recsys.models.fold_in.user_history import UserHistory
from recsys.serving.ask import History
from recsys.serving.feedback import Feedback
from recsys.serving.folding import Folding, folding
from recsys.serving.ids import codes_of
from recsys.serving.person import Person
from recsys.serving.predictive import PredictiveDistribution
from recsys.serving.scorer import AnyScorer
from recsys.serving.user_history import after, user_history_of


@dataclass(frozen=True, eq=False)
class People:
    """Folds people into a scorer."""

    scorer: AnyScorer
    catalogue: Catalogue
    feedback: Feedback
    histories: Histories | None
    """What each user did (U rows); None for a package of an earlier version."""
    added: int
    """The number of items at the end of the catalogue that were added after training."""

    def person(self, history: History | None, user: Any, features: csr_array | None) -> Person | None:
        """Return the predictions for a person: see `Recommender.person`."""
        (code,) = codes_of(self.catalogue.user_ids, [user])
        given = self._user_history(history, code, self._stored_features(code) if features is None else features)
        says = given.items if self.scorer.rates else given.positives()[0]
        if not len(says):
            given = given.without_items
            if given.features is None or not given.features.nnz:
                return None

        def predictive(items: AnyArray) -> PredictiveDistribution | None:
            whole = self._folding.predictive(given)
            return None if whole is None else whole.take(items)

        return Person(self._folding.scores(given), predictive)

    @cached_property
    def _folding(self) -> Folding:
        return folding(self.scorer, self.catalogue.items, self.added)

    def _user_history(self, history: History | None, code: int, features: csr_array | None) -> UserHistory:
        """Return what the user with a code did, then what is new."""
        new = user_history_of(history or History([]), self.catalogue, self.feedback)
        if self.histories is not None:
            new = after(self.histories.of_users(np.array([code])), new, repeats=self.feedback.repeats)
        return replace(new, features=features)

    def _stored_features(self, code: int) -> csr_array | None:
        """Return what is known of the user with a code (1, F); None if the scorer reads no features."""
        table = self.catalogue.user_features
        if table is None or not self.scorer.reads_features or code == self.catalogue.users:
            return None
        return table.rows[[code]]
