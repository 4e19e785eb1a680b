"""The features of the person of a request, as the champion encodes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scipy.sparse import csr_array

from recsys.data.features.encoder import FeatureEncoder
from recsys.data.ratings import Catalogue
from recsys.errors import InputError, shown
from recsys.reporter import Reporter, quiet
from recsys.serving.scorer import AnyScorer


class UserFeatures:
    """Encodes what a request says of its user.

    Args:
        scorer: The scorer of the champion.
        catalogue: Its catalogue.
        reporter: Receives notes on categories that are not known.
    """

    def __init__(self, scorer: AnyScorer, catalogue: Catalogue, reporter: Reporter = quiet) -> None:
        table = catalogue.user_features
        self._encoder = None if table is None else table.encoder
        self._read, self._reporter = scorer.reads_features, reporter

    def encode(self, given: Any) -> csr_array:
        """Return the features (1, F) of a user with a value for some of the columns.

        Raises:
            InputError: The champion reads no features of users, there is no such column, or a value is impossible.
        """
        if not isinstance(self._encoder, FeatureEncoder):
            raise InputError(
                "user_features: the champion has none: train with a table of users ([data.users]) and promote"
            )
        if not self._read:
            raise InputError("user_features: the champion's model reads none: promote one that does, such as mf")
        if not isinstance(given, Mapping):
            raise InputError(f"user_features = {shown(repr(given))}: expected an object with a value for each column")
        return self._encoder.encode_one(
            {str(name): each for name, each in given.items()}, "user_features", self._reporter
        )
