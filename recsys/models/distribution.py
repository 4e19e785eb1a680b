"""The predictive distribution of a model: the distribution of a rating, not only its mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import tensorflow as tf

    from recsys.posterior.predictive import Predictive


class RatingDistribution(Protocol):
    """Predictive distributions of ratings by an ordinary model, as mixtures of K draws.

    `of_pairs`, `mean` and `cells` work on tensors, also in compiled graphs.
    """

    def of_pairs(self, users: tf.Tensor, items: tf.Tensor) -> tf.Tensor:
        """Predict ratings of pairs with each draw.

        Args:
            users: User codes (B,).
            items: Item codes (B,).

        Returns:
            The predictions of each draw (B, K).
        """
        ...

    def mean(self, predicted: tf.Tensor) -> tf.Tensor:
        """Return the mean rating over all draws.

        Args:
            predicted: The predictions of each draw (…, K).

        Returns:
            The means (…).
        """
        ...

    def cells(self, predicted: tf.Tensor, values: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the probabilities of a rating below the start and below the end of each value's cell.

        The cell of a value is the interval of numbers that are rounded to it. It has no width if ratings are arbitrary
        numbers.

        Args:
            predicted: The predictions of each draw (B, K).
            values: Ratings (B,).

        Returns:
            Two tensors (B,): the probabilities of a rating below the start, and below the end.
        """
        ...

    def predictive_of_pairs(self, users: Any, items: Any) -> Predictive:
        """Return the predictive distributions of ratings by user and item codes (B,)."""
        ...

    def predictive_of_items(self, user: int, items: Any) -> Predictive:
        """Return the predictive distributions of one user's ratings of items (B,)."""
        ...

    @property
    def draws(self) -> int:
        """The number of draws kept so far."""
        ...

    @property
    def levels(self) -> Sequence[float]:
        """The ratings that occur, such as stars, in ascending order.

        It is empty if the data have more than `MOST_LEVELS` different ratings.
        """
        ...
