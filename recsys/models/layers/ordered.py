"""The draws of a posterior of ordinal ratings."""

from __future__ import annotations

import keras
import tensorflow as tf

from recsys.models.layers.draws import MemberDraws, normal


@keras.saving.register_keras_serializable("recsys")
class OrderedDraws(MemberDraws):
    """Maps the columns of all draws (B, width) to the mean expected rating over draws (B, 1), for one member.

    Each row of its table has the draw's share and its cut points: (K, levels).
    """

    @property
    def numbers(self) -> int:
        """The numbers of a row: a share, and a cut point between each two neighbouring levels."""
        return len(self.levels)

    def call(self, columns: tf.Tensor) -> tf.Tensor:
        """Map columns (B, width) to mean ratings (B, 1)."""
        (draws,) = self.draws
        parts = tf.reduce_sum(tf.reshape(columns, [-1, draws, columns.shape[1] // draws]), axis=2)
        return self.mean(tf.math.divide_no_nan(parts, self.table[:, 0]))[:, None]

    def mean(self, predicted: tf.Tensor) -> tf.Tensor:
        """Return the mean rating (…) over draws, from the latent value that each draw predicts (…, K)."""
        gaps = [after - before for before, after in zip(self.levels, self.levels[1:], strict=False)]
        chances = tf.unstack(self._below(predicted), axis=-1)
        return self.levels[-1] - tf.add_n([gap * chance for gap, chance in zip(gaps, chances, strict=True)])

    def cells(self, predicted: tf.Tensor, values: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the probabilities of a lower rating than each value, and of a rating up to each value.

        Args:
            predicted: The latent value that each draw predicts (B, K).
            values: Ratings (B,).

        Returns:
            Two tensors (B,): the probabilities of a lower rating, and of a rating up to the value.
        """
        ends = tf.pad(self._below(predicted), [[0, 0], [1, 0]])
        ends = tf.pad(ends, [[0, 0], [0, 1]], constant_values=1.0)
        cell = tf.searchsorted(tf.constant(self.midpoints), values, side="right")
        return tf.gather(ends, cell, batch_dims=1), tf.gather(ends, cell + 1, batch_dims=1)

    def _below(self, predicted: tf.Tensor) -> tf.Tensor:
        """Return the probability of a rating below each cut point (…, levels - 1)."""
        cuts = tf.unstack(self.table[:, 1:], axis=1)
        return tf.stack([tf.linalg.matvec(normal(cut - predicted), self.table[:, 0]) for cut in cuts], axis=-1)
