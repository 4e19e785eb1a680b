"""The predictive distribution of a model: what it says of a rating besides its mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import tensorflow as tf

if TYPE_CHECKING:
    from recsys.posterior.predictive import Predictive


class RatingDistribution(Protocol):
    """Distributions of ratings by an ordinary model, as a mixture of K draws.

    The first three work on tensors, in compiled graphs too.
    """

    def of_pairs(self, users: tf.Tensor, items: tf.Tensor) -> tf.Tensor:
        """What each draw predicts for user and item codes (B,): (B, K)."""
        ...

    def mean(self, predicted: tf.Tensor) -> tf.Tensor:
        """The mean rating, (…), of what each draw predicts, (…, K)."""
        ...

    def cells(self, predicted: tf.Tensor, values: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The chance of a rating below each value's cell, and that of one below its end, (B,) each.

        The cell of a value is all that would be rounded to it; of ratings that are any numbers it has no width.

        Args:
            predicted: What each draw predicts, (B, K).
            values: Ratings, (B,).
        """
        ...

    def predictive_of_pairs(self, users: Any, items: Any) -> Predictive:
        """The distributions of ratings by user and item codes, (B,) each."""
        ...

    def predictive_of_items(self, user: int, items: Any) -> Predictive:
        """The distributions of one user's ratings of items (B,)."""
        ...

    @property
    def draws(self) -> int:
        """How many draws there are so far."""
        ...

    @property
    def levels(self) -> Sequence[float]:
        """The ratings that occur, such as the stars, rising; none where they are too many to tell apart."""
        ...
