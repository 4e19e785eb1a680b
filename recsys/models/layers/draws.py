"""The numbers of each kept draw of a posterior besides its columns: its share in the mean, and its uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import Float32Array, IntpArray
from recsys.models.layers.member import MemberLayer


@keras.saving.register_keras_serializable("recsys")
class MemberDraws(MemberLayer):
    """Holds a row of numbers for each draw of each member, and passes ratings through unchanged.

    The rows of all members form one table. The first number of a row is the draw's share in the mean, which is 0 for a
    draw that is not kept yet. The second is the variance of a rating around the draw's prediction.

    Args:
        draws: The number of draws K of each member.
        levels: The ratings that occur, such as stars, in ascending order; empty beyond `MOST_LEVELS` of them.
    """

    def __init__(self, draws: Sequence[int], levels: Sequence[float] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.draws, self.levels = list(draws), [float(level) for level in levels]
        self.table = self.add_weight(name="table", shape=(sum(self.draws), self.numbers), initializer="zeros")

    @property
    def numbers(self) -> int:
        """The numbers of a row: a share and a variance."""
        return 2

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides the shapes of weights and constants."""
        return tuple(self.draws), tuple(self.levels)

    @property
    def midpoints(self) -> Float32Array:
        """The borders between neighbouring levels (levels - 1,), at which ratings are rounded."""
        levels = np.array(self.levels)
        return np.asarray((levels[1:] + levels[:-1]) / 2, np.float32)

    @property
    def kept(self) -> IntpArray:
        """The rows of the draws kept so far (kept draws,)."""
        return np.flatnonzero(np.asarray(self.table)[:, 0])

    def call(self, ratings: tf.Tensor) -> tf.Tensor:
        """Return ratings (B, M) unchanged."""
        return tf.identity(ratings)

    def mean(self, predicted: tf.Tensor) -> tf.Tensor:
        """Return the mean (…) of the draws' predictions (…, K), in a cohort of one."""
        return tf.linalg.matvec(predicted, self.table[:, 0])

    def cells(self, predicted: tf.Tensor, values: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the probabilities of a rating below the start and below the end of each value's cell.

        The cell of a value is the interval of numbers that are rounded to it. It has no width if there are no levels.
        The method serves a cohort of one.

        Args:
            predicted: The predictions of each draw (B, K).
            values: Ratings (B,).

        Returns:
            Two tensors (B,): the probabilities of a rating below the start, and below the end.
        """
        if not self.levels:
            below = self.below(predicted, values)
            return below, below
        borders = tf.constant(np.concatenate([[-np.inf], self.midpoints, [np.inf]]).astype(np.float32))
        cell = tf.searchsorted(tf.constant(self.midpoints), values, side="right")
        return self.below(predicted, tf.gather(borders, cell)), self.below(predicted, tf.gather(borders, cell + 1))

    def below(self, predicted: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
        """Return the probability of a rating below each value (B,).

        The predictive distribution is a mixture of the draws' normal distributions.
        """
        deviations = tf.sqrt(tf.where(self.table[:, 0] > 0, self.table[:, 1], 1.0))
        return tf.linalg.matvec(normal((values[:, None] - predicted) / deviations), self.table[:, 0])

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """Repeat a value per member (M,) for each row: (K of all members, 1)."""
        return [tf.repeat(per_member, self.draws)[:, None]]

    def take(self, arrays: Sequence[Float32Array], member: int) -> list[Float32Array]:
        """Return the member's rows (K, numbers)."""
        return [array[self._rows(member)] for array in arrays]

    def put(self, arrays: Sequence[Float32Array], member: int, own: Sequence[Float32Array]) -> None:
        """Write the member's rows, in place."""
        for array, rows in zip(arrays, own, strict=True):
            array[self._rows(member)] = rows

    def _rows(self, member: int) -> slice:
        first = sum(self.draws[:member])
        return slice(first, first + self.draws[member])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {**super().get_config(), "draws": self.draws, "levels": self.levels}


def normal(values: tf.Tensor) -> tf.Tensor:
    """Return the standard normal distribution function of the values."""
    return 0.5 * tf.math.erfc(-values / np.float32(np.sqrt(2)))
