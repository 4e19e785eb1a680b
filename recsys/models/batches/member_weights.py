"""What each member makes of the choices."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf

from recsys.models.solvers.solver import Member


class MemberWeights:
    """The weights of what was not observed, and of what was seen without being a positive, of each member."""

    def __init__(self, model: keras.Model) -> None:
        members = model.output_shape[-1]
        self.unobserved = tf.Variable(tf.zeros(members), trainable=False)
        self.seen = tf.Variable(tf.zeros(members), trainable=False)

    def load(self, members: Sequence[Member]) -> None:
        """Take them from the members' points; what a point leaves out has no say in its loss."""
        for variable, name in ((self.unobserved, "unobserved_weight"), (self.seen, "seen_weight")):
            variable.assign([float(member.point.get(name, 0.0)) for member in members])  # type: ignore[arg-type]

    def weigh(self, values: tf.Tensor) -> tf.Tensor:
        """From choices (…), negative for `SEEN`, to each member's weights (M, …)."""
        seen = tf.reshape(self.seen, [-1, *[1] * values.shape.rank])
        return tf.where(values >= 0, values, seen)
