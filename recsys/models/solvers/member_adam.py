"""Adam (Kingma and Ba 2015) for a cohort: each member has its own rate, on whole tables or on the batch's rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7
"""The defaults of Keras."""


class MemberAdam:
    """Adam with a learning rate that broadcasts against each weight.

    The dense form is Keras's Adam: at every step moments decay and every row moves. In the row-wise form a table's
    moments and rows change only in steps whose batch contains the row. Duplicates in a batch are summed first. A row
    outside the batch neither decays nor moves. Both forms agree if every batch contains every row.

    Args:
        variables: The weights.
        non_negative: Whether each of them stays at 0 or above.
        row_wise: Whether an update changes only the batch's rows of a table.
    """

    def __init__(self, variables: Sequence[tf.Variable], non_negative: Sequence[bool], *, row_wise: bool) -> None:
        self.variables, self.non_negative, self.row_wise = list(variables), list(non_negative), row_wise
        self.means = [tf.Variable(tf.zeros_like(v), trainable=False) for v in self.variables]
        self.squares = [tf.Variable(tf.zeros_like(v), trainable=False) for v in self.variables]
        self.steps = tf.Variable(0.0, trainable=False)

    def reset(self) -> None:
        """Set all moments and the step counter to 0."""
        for slot in (*self.means, *self.squares, self.steps):
            slot.assign(tf.zeros_like(slot))

    def apply(self, gradients: Sequence[Any], rates: Sequence[tf.Tensor]) -> None:
        """Apply one step.

        Args:
            gradients: The gradient of each weight; None leaves a weight unchanged.
            rates: A learning rate for each weight, which broadcasts against it.
        """
        self.steps.assign_add(1.0)
        correction = tf.sqrt(1.0 - tf.pow(BETA_2, self.steps)) / (1.0 - tf.pow(BETA_1, self.steps))
        for index, (gradient, rate) in enumerate(zip(gradients, rates, strict=True)):
            if gradient is None:
                continue
            update = self._rows if self.row_wise and isinstance(gradient, tf.IndexedSlices) else self._whole
            update(index, gradient, rate * correction)

    def _whole(self, index: int, gradient: Any, rate: tf.Tensor) -> None:
        variable, mean, square = self.variables[index], self.means[index], self.squares[index]
        gradient = tf.convert_to_tensor(gradient)  # sums the duplicates of a batch before squaring
        new_mean = mean + (gradient - mean) * (1.0 - BETA_1)
        new_square = square + (tf.square(gradient) - square) * (1.0 - BETA_2)
        value = variable - rate * new_mean / (tf.sqrt(new_square) + EPSILON)
        mean.assign(new_mean)
        square.assign(new_square)
        variable.assign(tf.maximum(value, 0.0) if self.non_negative[index] else value)

    def _rows(self, index: int, gradient: tf.IndexedSlices, rate: tf.Tensor) -> None:
        variable, mean, square = self.variables[index], self.means[index], self.squares[index]
        rows, sums, real = _summed(gradient)
        old = [tf.gather(table, rows) for table in (variable, mean, square)]
        mean_change = (sums - old[1]) * (1.0 - BETA_1)
        square_change = (tf.square(sums) - old[2]) * (1.0 - BETA_2)
        change = -rate * (old[1] + mean_change) / (tf.sqrt(old[2] + square_change) + EPSILON)
        if self.non_negative[index]:
            change = tf.maximum(change, -old[0])
        for table, delta in ((variable, change), (mean, mean_change), (square, square_change)):
            table.scatter_nd_add(rows[:, None], tf.where(real, delta, 0.0))


def _summed(gradient: tf.IndexedSlices) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Sum a batch's gradients by distinct row.

    There are at most as many distinct rows as places. The other places have row 0 and are not real.

    Returns:
        The distinct rows of the batch (B,), the sums of their gradients (B, ΣD), and which places are real (B, 1).
    """
    order = tf.argsort(gradient.indices)
    ids = tf.gather(gradient.indices, order)
    segment = tf.cumsum(tf.concat([[0], tf.cast(ids[1:] != ids[:-1], tf.int32)], axis=0))
    count = tf.shape(ids)[0]
    sums = tf.math.unsorted_segment_sum(tf.gather(gradient.values, order), segment, count)
    rows = tf.math.unsorted_segment_max(ids, segment, count)
    return tf.maximum(rows, 0), sums, (rows >= 0)[:, None]
