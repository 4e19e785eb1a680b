"""The dot product of embeddings: scores of all items as one matrix product, and the fold-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
import tensorflow as tf

from recsys.models.fold_in.descent import DescentFoldIn
from recsys.models.fold_in.least_squares import LeastSquaresFoldIn
from recsys.models.parts.biases import with_biases
from recsys.models.parts.tables import Layers, rows_of
from recsys.models.solvers.method import SQUARED_LOSSES
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
    method = LeastSquaresFoldIn if point.get("loss") in SQUARED_LOSSES else DescentFoldIn
    return method(kind, model, point, items, added)


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
