"""The Keras model of weights between items: a table of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

from recsys.models.layers import ItemWeights
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    from recsys.models.inputs import DataShape


def build_item_weights(kind: str, shape: DataShape, point: Point) -> keras.Model:
    """Build the model of one point.

    Args:
        kind: The name of the kind, which the model gets.
        shape: The shape of the data.
        point: The point.

    Returns:
        A model from histories (B, L) and item codes (B,) to scores (B, 1).
    """
    history = keras.Input((int(point["history_length"]),), dtype="int32", name="history")  # type: ignore[arg-type]
    items = keras.Input((), dtype="int32", name="item")
    half_life = float(point["history_half_life"])  # type: ignore[arg-type]
    scores = ItemWeights(shape.items, half_life, name="item_weights")(history, items)
    return keras.Model([history, items], scores, name=kind)
