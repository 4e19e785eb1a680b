"""Full score matrices: every item for a chunk of users, for all members at once."""

from __future__ import annotations

import keras
import tensorflow as tf

from recsys.models.layers import MemberEmbedding, MemberSum


def score_all(model: keras.Model, users: tf.Tensor, items: int) -> tf.Tensor:
    """Scores (M, B, I) of all items for user codes (B,), not clipped: clipping would make ties."""
    names = {layer.name: layer for layer in model.layers}
    if isinstance(names.get("dot"), MemberSum):  # Keras calls its own Dot layers so too
        return _factorised(names, users, items)
    pairs = tf.repeat(users, items), tf.tile(tf.range(items, dtype=users.dtype), [tf.shape(users)[0]])
    scores = model(list(pairs), training=False)
    return tf.transpose(tf.reshape(scores, [-1, items, scores.shape[-1]]), [2, 0, 1])


def _factorised(layers: dict[str, keras.layers.Layer], users: tf.Tensor, items: int) -> tf.Tensor:
    """One matrix product a member in place of B · I dot products."""
    user, item = layers["user_embedding"], layers["item_embedding"]
    members = tf.transpose(user.constants["membership"])
    own = tf.gather(user.table, users)[None] * members[:, None, :]
    scores = tf.einsum("mbw,iw->mbi", own, _table(item)[:items])
    if "user_bias" in layers:
        scores += tf.transpose(tf.gather(layers["user_bias"].table, users))[:, :, None]
        scores += tf.transpose(_table(layers["item_bias"])[:items])[:, None, :]
    if "global_mean" in layers:
        scores += layers["global_mean"].mean
    return scores


def _table(layer: MemberEmbedding) -> tf.Tensor:
    return tf.convert_to_tensor(layer.table)
