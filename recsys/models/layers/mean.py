"""The mean rating, which a model may start from."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from recsys.models.layers.member import MemberLayer


@keras.saving.register_keras_serializable("recsys")
class AddMean(MemberLayer):
    """Adds the mean training rating to ratings.

    Args:
        mean: The mean training rating.
    """

    def __init__(self, mean: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mean = mean

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides the shapes of weights and constants."""
        return (self.mean,)

    def call(self, ratings: tf.Tensor) -> tf.Tensor:
        """Return ratings (B, M) plus the mean."""
        return ratings + self.mean

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {**super().get_config(), "mean": self.mean}
