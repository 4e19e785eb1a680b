"""What each kept draw of a posterior knows besides its columns: its share in the mean, and how sure it is."""

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
    """Keeps a row of numbers for each draw of each member, (K of all members, numbers), and lets ratings pass.

    The first number is the draw's share in the mean, 0 for a draw that there is not yet; the second the variance of a
    rating around what the draw predicts.

    Args:
        draws: K of each member.
        levels: The ratings that occur, such as the stars, rising; none where they are too many to tell apart.
    """

    def __init__(self, draws: Sequence[int], levels: Sequence[float] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.draws, self.levels = list(draws), [float(level) for level in levels]
        self.table = self.add_weight(name="table", shape=(sum(self.draws), self.numbers), initializer="zeros")

    @property
    def numbers(self) -> int:
        """Of a row: a share and a variance."""
        return 2

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides shapes."""
        return tuple(self.draws), tuple(self.levels)

    @property
    def midpoints(self) -> Float32Array:
        """The borders between neighbouring levels, (levels - 1,): a rating is all that would be rounded to it."""
        levels = np.array(self.levels)
        return np.asarray((levels[1:] + levels[:-1]) / 2, np.float32)

    @property
    def kept(self) -> IntpArray:
        """Which rows are of draws that there are, (kept draws,)."""
        return np.flatnonzero(np.asarray(self.table)[:, 0])

    def call(self, ratings: tf.Tensor) -> tf.Tensor:
        """Ratings (B, M) as they are."""
        return tf.identity(ratings)

    def mean(self, predicted: tf.Tensor) -> tf.Tensor:
        """What all draws together predict, (…), of what each does, (…, K), in a cohort of one."""
        return tf.linalg.matvec(predicted, self.table[:, 0])

    def cells(self, predicted: tf.Tensor, values: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The chance of a rating below each value's cell, and that of one below its end, (B,) each, in a cohort of one.

        The cell of a value is all that would be rounded to it; where there are no levels it has no width.

        Args:
            predicted: What each draw predicts, (B, K).
            values: Ratings, (B,).
        """
        if not self.levels:
            below = self.below(predicted, values)
            return below, below
        borders = tf.constant(np.concatenate([[-np.inf], self.midpoints, [np.inf]]).astype(np.float32))
        cell = tf.searchsorted(tf.constant(self.midpoints), values, side="right")
        return self.below(predicted, tf.gather(borders, cell)), self.below(predicted, tf.gather(borders, cell + 1))

    def below(self, predicted: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
        """The chance of a rating below each value, (B,): a mixture of the draws' normal distributions."""
        deviations = tf.sqrt(tf.where(self.table[:, 0] > 0, self.table[:, 1], 1.0))
        return tf.linalg.matvec(normal((values[:, None] - predicted) / deviations), self.table[:, 0])

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """A value per row, (K of all members, 1)."""
        return [tf.repeat(per_member, self.draws)[:, None]]

    def take(self, arrays: Sequence[Float32Array], member: int) -> list[Float32Array]:
        """The member's rows (K, numbers)."""
        return [array[self._rows(member)] for array in arrays]

    def put(self, arrays: Sequence[Float32Array], member: int, own: Sequence[Float32Array]) -> None:
        """Write the member's rows."""
        for array, rows in zip(arrays, own, strict=True):
            array[self._rows(member)] = rows

    def _rows(self, member: int) -> slice:
        first = sum(self.draws[:member])
        return slice(first, first + self.draws[member])

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
        return {**super().get_config(), "draws": self.draws, "levels": self.levels}


def normal(values: tf.Tensor) -> tf.Tensor:
    """The standard normal distribution function."""
    return 0.5 * tf.math.erfc(-values / np.float32(np.sqrt(2)))
