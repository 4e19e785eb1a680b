"""What every model may add to its ratings: a bias for each user and item, and the mean training rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import tensorflow as tf

from recsys.models.factory import DataShape
from recsys.models.kind import ranks
from recsys.models.layers import AddMean, MemberEmbedding
from recsys.models.options import ModelOptions
from recsys.models.parts.tables import Layers, rows_of
from recsys.spaces.parameter import Value


def add_biases(
    ratings: keras.KerasTensor,
    users: keras.KerasTensor,
    items: keras.KerasTensor,
    shape: DataShape,
    points: Sequence[Mapping[str, Value]],
    options: ModelOptions,
) -> keras.KerasTensor:
    """Ratings (B, M) plus what `options` ask for.

    Scores of rankings are given no more than item biases, and none where they are solved for in closed form.
    """
    ranking = ranks(points)
    if options.biases and not (ranking and points[0].get("solver") == "als"):
        sizes, penalties = [1] * len(points), [float(point["bias_l2"]) for point in points]  # type: ignore[arg-type]
        sides = [(users, shape.users, "user"), (items, shape.items, "item")]
        for codes, rows, side in sides[ranking:]:
            biases = MemberEmbedding(rows + 1, sizes, sizes, (0.0, 0.0), penalties, name=f"{side}_bias")(codes)
            ratings = keras.layers.Add(name=f"add_{side}_bias")([ratings, biases])
    if options.global_mean and not ranking:
        ratings = AddMean(shape.mean, name="global_mean")(ratings)
    return ratings


def with_biases(scores: tf.Tensor, layers: Layers, users: tf.Tensor, items: tf.Tensor, *, whole: bool) -> tf.Tensor:
    """Scores (M, B, N) of items (N,) for users (B,) plus the biases and the mean that the layers have.

    Args:
        scores: Without them.
        layers: The model's.
        users: Codes.
        items: Codes.
        whole: The items are the catalogue in its order.
    """
    if "user_bias" in layers:
        scores += tf.transpose(tf.gather(layers["user_bias"].table, users))[:, :, None]
    if "item_bias" in layers:
        scores += tf.transpose(rows_of(layers["item_bias"], items, whole=whole))[:, None, :]
    if "global_mean" in layers:
        scores += layers["global_mean"].mean
    return scores
