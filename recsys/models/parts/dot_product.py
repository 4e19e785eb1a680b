"""The dot product of embeddings: scores of all items as one matrix product, and the fold-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import Float32Array
from recsys.models.factors import Factors
from recsys.models.fold_in.descent import DescentFoldIn
from recsys.models.inputs import OF_FEATURES
from recsys.models.parts.biases import with_biases
from recsys.models.parts.tables import Layers, rows_of
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    from recsys.models.fold_in.protocol import FoldIn
    from recsys.models.kind import ModelKind


def dot_product_scores(
    model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, whole: bool, training: bool
) -> tf.Tensor:
    """Return scores (M, B, N) as matrix products, with biases and mean.

    Args:
        model: A model of M members with a dot product.
        users: User codes (B,).
        items: Item codes (N,).
        whole: Whether the items are the catalogue in its order.
        training: Whether dropout is on.
    """
    layers: Layers = {layer.name: layer for layer in model.layers}
    products = _products(layers, users, items, whole=whole, training=training)
    return with_biases(products, layers, users, items, whole=whole, training=training)


def dot_product_fold_in(kind: ModelKind, model: keras.Model, point: Point, items: int, added: int) -> FoldIn:
    """Return the fold-in of a dot product: least squares for squared losses, else descent."""
    solved = kind.folding(dot_product_factors(model), point, items, added)
    return solved or DescentFoldIn(kind, model, point, items, added)


def dot_product_factors(model: keras.Model) -> Factors:
    """Return the factors of an ordinary model with a dot product."""
    layers: Layers = {layer.name: layer for layer in model.layers}
    biases = {side: _column(_all_rows(layers, f"{side}_bias")) for side in ("user", "item")}
    users, items = (_all_rows(layers, f"{side}_embedding") for side in ("user", "item"))
    if users is None or items is None:
        raise ValueError(f"the model {model.name} has no embeddings of users and items")
    return Factors(
        users,
        items,
        biases["user"],
        biases["item"],
        float(layers["global_mean"].mean) if "global_mean" in layers else 0.0,
        _of_features(layers, "user_embedding"),
        _column(_of_features(layers, "user_bias")),
        bool(layers["user_embedding"].non_negative),
    )


def _all_rows(layers: Layers, name: str) -> Float32Array | None:
    """Return the rows (n + 1, D) of all ids and the spare one; None if there is no such table."""
    return np.asarray(rows_of(layers, name, tf.range(layers[name].rows))) if name in layers else None


def _of_features(layers: Layers, name: str) -> Float32Array | None:
    """Return the rows of the features (F, D) that a table's rows consist of besides their own; None without them."""
    found = layers.get(name + OF_FEATURES)
    return None if found is None else np.asarray(found.table)[:-1]


def _column(table: Float32Array | None) -> Float32Array | None:
    return None if table is None else table[:, 0]


def _products(layers: Layers, users: tf.Tensor, items: tf.Tensor, *, whole: bool, training: bool) -> tf.Tensor:
    """Return dot products (M, B, N) as one matrix product per member, in place of B · N dot products."""
    user, item = layers["user_embedding"], layers["item_embedding"]
    own = rows_of(layers, user.name, users, training=training)
    other = rows_of(layers, item.name, items, whole=whole, training=training)
    if "dropout" in layers:
        own = layers["dropout"](own, training=training)
    if user.width is not None:
        members, width = len(user.sizes), user.width
        own, other = (tf.transpose(tf.reshape(rows, [-1, members, width]), [1, 0, 2]) for rows in (own, other))
        return tf.matmul(own, other, transpose_b=True)  # a copy of the table with columns first takes longer
    membership = tf.transpose(user.constants["membership"])
    return tf.einsum("mbw,iw->mbi", own[None] * membership[:, None, :], other)
