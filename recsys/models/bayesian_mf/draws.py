"""Draws: what each draw of a posterior's model predicts by itself."""

from __future__ import annotations

import keras
import tensorflow as tf

from recsys.models.layers import MemberDraws


def draws_layer(model: keras.Model) -> MemberDraws | None:
    """What a posterior's model of one point keeps of its draws; None of any other model."""
    layer = next((layer for layer in model.layers if isinstance(layer, MemberDraws)), None)
    return layer if layer is not None and len(layer.draws) == 1 else None


def draws_of_pairs(model: keras.Model, users: tf.Tensor, items: tf.Tensor) -> tf.Tensor:
    """What each draw predicts for user and item codes (B,), a rating or what lies behind a star: (B, K)."""
    own, other = _rows(model, "user", users), _rows(model, "item", items)
    return _whole(model, tf.einsum("bkd,bkd->bk", own, other))


def draws_of_items(model: keras.Model, user: int | tf.Tensor, items: tf.Tensor) -> tf.Tensor:
    """What each draw predicts of items (B,) for one user: (B, K)."""
    own, other = _rows(model, "user", tf.reshape(user, [1]))[0], _rows(model, "item", items)
    return _whole(model, tf.einsum("kd,bkd->bk", own, other))


def _rows(model: keras.Model, side: str, codes: tf.Tensor) -> tf.Tensor:
    """Rows of a table by draw, (B, K, columns of a draw)."""
    table = model.get_layer(f"{side}_embedding").table
    (draws,) = model.get_layer("draws").draws
    return tf.reshape(tf.gather(table, codes), [-1, draws, table.shape[1] // draws])


def _whole(model: keras.Model, parts: tf.Tensor) -> tf.Tensor:
    """Predictions, (…, K), of the parts that they are of the mean; those of draws that there are not yet are 0."""
    mean = next((layer.mean for layer in model.layers if layer.name == "global_mean"), 0.0)
    return tf.math.divide_no_nan(parts, model.get_layer("draws").table[:, 0]) + mean
