"""The weights that each member gives to items other than positives."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf

from recsys.models.solvers.solver import Member


class MemberWeights:
    """The weights of unobserved items, and of rated items that are not positives, for each member.

    Args:
        model: The model of M members.
    """

    def __init__(self, model: keras.Model) -> None:
        members = model.output_shape[-1]
        self.unobserved = tf.Variable(tf.zeros(members), trainable=False)
        self.seen = tf.Variable(tf.zeros(members), trainable=False)

    def load(self, members: Sequence[Member]) -> None:
        """Load the weights from the members' points. A weight that a point lacks is 0."""
        for variable, name in ((self.unobserved, "unobserved_weight"), (self.seen, "seen_weight")):
            variable.assign([float(member.point.get(name, 0.0)) for member in members])  # type: ignore[arg-type]

    def weigh(self, values: tf.Tensor) -> tf.Tensor:
        """Map values (…), which are negative for `SEEN`, to each member's weights (M, …)."""
        seen = tf.reshape(self.seen, [-1, *[1] * values.shape.rank])
        return tf.where(values >= 0, values, seen)
