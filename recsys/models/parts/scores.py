"""Scores of many items for each of many users, for all members at once, without going through all the pairs."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import tensorflow as tf

from recsys.models.bayesian_mf.draws import draws_of_items
from recsys.models.layers import MemberDense, MemberEmbedding, MemberSum, OrderedDraws

Layers = Mapping[str, keras.layers.Layer]


def score_all(model: keras.Model, users: tf.Tensor, items: int, *, training: bool = False) -> tf.Tensor:
    """Scores (M, B, I) of all items for user codes (B,), not clipped: clipping would make ties."""
    return score_some(model, users, tf.range(items, dtype=users.dtype), whole=True, training=training)


def score_some(
    model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, whole: bool = False, training: bool = False
) -> tf.Tensor:
    """Scores (M, B, N) of items (N,) for user codes (B,).

    Args:
        model: A model of a kind of ours is taken apart; one of the user's own is asked for all pairs.
        users: Codes.
        items: Codes.
        whole: The items are the catalogue in its order, so that tables need not be gathered.
        training: Whether dropout is on; it drops dimensions of a user, for all items alike.
    """
    layers = {layer.name: layer for layer in model.layers}
    if isinstance(layers.get("draws"), OrderedDraws):
        return _of_draws(model, users, items)
    if not decomposes(model):
        return _of_pairs(model, users, items, training=training)
    score = _factorised if "dot" in layers else _perceptron
    scores = score(layers, users, items, whole=whole, training=training)
    if "user_bias" in layers:
        scores += tf.transpose(tf.gather(layers["user_bias"].table, users))[:, :, None]
    if "item_bias" in layers:
        scores += tf.transpose(_rows(layers["item_bias"], items, whole=whole))[:, None, :]
    if "global_mean" in layers:
        scores += layers["global_mean"].mean
    return scores


def _of_draws(model: keras.Model, users: tf.Tensor, items: tf.Tensor) -> tf.Tensor:
    """The mean of what each draw expects, a user at a time, since there are as many predictions as draws."""
    mean = model.get_layer("draws").mean
    scores = tf.map_fn(lambda user: mean(draws_of_items(model, user, items)), users, fn_output_signature=tf.float32)
    return scores[None]


def decomposes(model: keras.Model) -> bool:
    """Whether scores are made from users' rows and items' rows; Keras calls its own Dot layers `dot` too."""
    layers = {layer.name: layer for layer in model.layers}
    return isinstance(layers.get("dot"), MemberSum) or isinstance(layers.get("output"), MemberDense)


def _of_pairs(model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, training: bool) -> tf.Tensor:
    count = tf.shape(items)[0]
    pairs = tf.repeat(users, count), tf.tile(items, [tf.shape(users)[0]])
    scores = model(list(pairs), training=training)
    return tf.transpose(tf.reshape(scores, [tf.shape(users)[0], count, scores.shape[-1]]), [2, 0, 1])


def _factorised(layers: Layers, users: tf.Tensor, items: tf.Tensor, *, whole: bool, training: bool) -> tf.Tensor:
    """One matrix product a member in place of B · N dot products."""
    user, item = layers["user_embedding"], layers["item_embedding"]
    own, other = tf.gather(user.table, users), _rows(item, items, whole=whole)
    if "dropout" in layers:
        own = layers["dropout"](own, training=training)
    if user.width is not None:
        members, width = len(user.sizes), user.width
        own = tf.transpose(tf.reshape(own, [-1, members, width]), [1, 0, 2])
        return tf.matmul(own, tf.transpose(tf.reshape(other, [-1, members, width]), [1, 2, 0]))
    membership = tf.transpose(user.constants["membership"])
    return tf.einsum("mbw,iw->mbi", own[None] * membership[:, None, :], other)


def _perceptron(layers: Layers, users: tf.Tensor, items: tf.Tensor, *, whole: bool, training: bool) -> tf.Tensor:
    """The first layer's product is the sum of an item's and a user's, which are computed once each."""
    sides = []
    for side, rows in (
        ("item", _rows(layers["item_embedding"], items, whole=whole)),
        ("user", tf.gather(layers["user_embedding"].table, users)),
    ):
        slices = layers[f"{side}_slices"](rows)
        sides.append(layers[f"{side}_dropout"](slices, training=training) if f"{side}_dropout" in layers else slices)
    dense = [layer for layer in layers.values() if isinstance(layer, MemberDense)]
    first, *others = dense
    width = sides[0].shape[-1]
    of_items = tf.matmul(sides[0], first.kernel[:, :width])
    of_users = tf.matmul(sides[1], first.kernel[:, width:]) + first.bias[:, None, :]
    x = first.activate(of_users[:, :, None, :] + of_items[:, None, :, :])
    for layer in others:
        x = layer(x)
    product = layers.get("dot_product")
    return x[..., 0] if product is None else x[..., 0] + product.of_all(sides)


def _rows(layer: MemberEmbedding, items: tf.Tensor, *, whole: bool) -> tf.Tensor:
    table = tf.convert_to_tensor(layer.table)
    return table[: layer.rows - 1] if whole else tf.gather(table, items)
