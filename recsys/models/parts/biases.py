"""The terms that every model may add to its ratings: biases of users and items, and the mean training rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import tensorflow as tf

from recsys.models.inputs import DataShape, Input
from recsys.models.kind import ranks
from recsys.models.layers import AddMean, MemberEmbedding
from recsys.models.options import ModelOptions
from recsys.models.parts.tables import Layers, looked_up, rows_of
from recsys.spaces.parameter import Value


def add_biases(
    ratings: keras.KerasTensor,
    users: keras.KerasTensor,
    items: keras.KerasTensor,
    shape: DataShape,
    points: Sequence[Mapping[str, Value]],
    options: ModelOptions,
) -> keras.KerasTensor:
    """Add the biases and the mean that `options` ask for to ratings (B, M).

    A ranking loss gets item biases only, so that the users do not matter. The solver `als` with a ranking loss gets no
    biases.

    Args:
        ratings: Symbolic ratings (B, M).
        users: Symbolic user codes (B,), or histories (B, L).
        items: Symbolic item codes (B,).
        shape: The shape of the data.
        points: One point for each member.
        options: Whether the model has biases and a mean.

    Returns:
        Symbolic ratings (B, M).
    """
    ranking = ranks(points)
    if options.biases and not (ranking and points[0].get("solver") == "als"):
        sizes, penalties = [1] * len(points), [float(point["bias_l2"]) for point in points]  # type: ignore[arg-type]
        sides = [
            (users, shape.users, "user", Input.USER_FEATURES),
            (items, shape.items, "item", Input.ITEM_FEATURES),
        ]
        for codes, rows, side, known in sides[ranking:]:
            table = MemberEmbedding(rows + 1, sizes, sizes, (0.0, 0.0), penalties, name=f"{side}_bias")
            biases = looked_up(table, codes, shape.features(known), points)
            ratings = keras.layers.Add(name=f"add_{side}_bias")([ratings, biases])
    if options.global_mean and not ranking:
        ratings = AddMean(shape.mean, name="global_mean")(ratings)
    return ratings


def with_biases(
    scores: tf.Tensor,
    layers: Layers,
    users: tf.Tensor | None,
    items: tf.Tensor,
    *,
    whole: bool,
    training: bool,
) -> tf.Tensor:
    """Add the biases and the mean of the layers to scores (M, B, N) of items (N,) for users (B,).

    Args:
        scores: Scores (M, B, N) without them.
        layers: The layers of the model.
        users: User codes (B,); None for a model without biases of users.
        items: Item codes (N,).
        whole: Whether the items are the catalogue in its order.
        training: Whether dropout is on.

    Returns:
        Scores (M, B, N).
    """
    if "user_bias" in layers:
        scores += tf.transpose(rows_of(layers, "user_bias", users, training=training))[:, :, None]
    if "item_bias" in layers:
        biases = rows_of(layers, "item_bias", items, whole=whole, training=training)
        scores += tf.transpose(biases)[:, None, :]
    if "global_mean" in layers:
        scores += layers["global_mean"].mean
    return scores
