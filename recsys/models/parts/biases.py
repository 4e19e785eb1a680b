"""What every model may add to its ratings: a bias for each user and item, and the mean training rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras

from recsys.models.factory import DataShape
from recsys.models.kind import ranks
from recsys.models.layers import AddMean, MemberEmbedding
from recsys.models.settings import ModelSettings
from recsys.spaces.parameter import Value


def add_biases(
    ratings: keras.KerasTensor,
    users: keras.KerasTensor,
    items: keras.KerasTensor,
    shape: DataShape,
    points: Sequence[Mapping[str, Value]],
    settings: ModelSettings,
) -> keras.KerasTensor:
    """Ratings (B, M) plus what `settings` asks for.

    Scores of rankings are given no more than item biases, and none where they are solved for in closed form.
    """
    ranking = ranks(points)
    if settings.biases and not (ranking and points[0].get("solver") == "als"):
        sizes, penalties = [1] * len(points), [float(point["bias_l2"]) for point in points]  # type: ignore[arg-type]
        sides = [(users, shape.users, "user"), (items, shape.items, "item")]
        for codes, rows, side in sides[ranking:]:
            biases = MemberEmbedding(rows + 1, sizes, sizes, (0.0, 0.0), penalties, name=f"{side}_bias")(codes)
            ratings = keras.layers.Add(name=f"add_{side}_bias")([ratings, biases])
    if settings.global_mean and not ranking:
        ratings = AddMean(shape.mean, name="global_mean")(ratings)
    return ratings
