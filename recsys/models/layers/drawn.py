"""Tables of draws from a posterior, with the prior of their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from recsys.arrays import Float32Array
from recsys.models.layers.embedding import MemberEmbedding


@keras.saving.register_keras_serializable("recsys")
class DrawnEmbedding(MemberEmbedding):
    """Holds the rows of all draws, and what the draws know of an id without ratings.

    The second table has the columns of the first. Its first rows are the coefficients of the ids' features, and its
    last ones a root of the covariance of the prior: see `recsys.posterior.draw_tables`.

    Args:
        prior: The number of rows of the second table.
        **kwargs: As of `MemberEmbedding`.
    """

    def __init__(self, prior: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.prior_rows = prior
        self.prior = self.add_weight(name="prior", shape=(prior, self.layout.width), initializer="zeros")

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """Spread a value per member (M,) over the columns (width,) of both tables."""
        return super().spread(per_member) * 2

    def put(self, arrays: Sequence[Float32Array], member: int, own: Sequence[Float32Array]) -> None:
        """Write the member's columns, in place. A member with fewer factors has fewer rows of its prior."""
        for array, columns in zip(arrays, own, strict=True):
            array[: len(columns), self.layout.columns[member]] = columns

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {**super().get_config(), "prior": self.prior_rows}
