"""What every model may add to its ratings: a bias for each user and item, and the mean training rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras

from recsys.models.factory import DataShape, ModelSettings
from recsys.models.layers import AddMean, MemberEmbedding
from recsys.spaces.parameter import Value


def add_biases(
    ratings: keras.KerasTensor,
    users: keras.KerasTensor,
    items: keras.KerasTensor,
    shape: DataShape,
    points: Sequence[Mapping[str, Value]],
    settings: ModelSettings,
) -> keras.KerasTensor:
    """Ratings (B, M) plus what `settings` asks for."""
    if settings.biases:
        sizes, penalties = [1] * len(points), [float(point["bias_l2"]) for point in points]  # type: ignore[arg-type]
        for codes, rows, side in ((users, shape.users, "user"), (items, shape.items, "item")):
            biases = MemberEmbedding(rows + 1, sizes, sizes, (0.0, 0.0), penalties, name=f"{side}_bias")(codes)
            ratings = keras.layers.Add(name=f"add_{side}_bias")([ratings, biases])
    if settings.global_mean:
        ratings = AddMean(shape.mean, name="global_mean")(ratings)
    return ratings
