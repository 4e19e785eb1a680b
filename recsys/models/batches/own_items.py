"""Own items: whether a user has chosen an item, asked a million times a step in bounded memory."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from recsys.arrays import Int32Array
from recsys.data.ratings import Ratings
from recsys.models.layers.hashing import mixed

_BITS_A_PAIR = 64
_WORD = 32
_MOST = 32
"""The hashes have so many bits."""


class OwnItems:
    """A Bloom filter (Bloom 1970) of one hash over the pairs of user and item that were chosen.

    It never misses a pair: whatever it holds for not chosen was not. About one in `_BITS_A_PAIR` of the others it takes
    for chosen, which as a negative is passed over. A pair costs `_BITS_A_PAIR` to twice as many bits.
    """

    def __init__(self, positives: Ratings) -> None:
        self.size = 1 << min(_MOST, int(np.ceil(np.log2(max(len(positives), 1) * _BITS_A_PAIR))))
        places = _places(positives.users, positives.items, self.size)
        words = np.zeros(self.size // _WORD, np.uint32)
        np.bitwise_or.at(words, places // _WORD, np.uint32(1) << (places % _WORD))
        self.words = tf.constant(words)

    def among(self, words: tf.Tensor, users: tf.Tensor, items: tf.Tensor) -> tf.Tensor:
        """Whether each of the users (B,) has chosen each of the items (N,), bool (B, N); `words` are the filter's."""
        places = _places(users[:, None], items[None, :], self.size)
        found = tf.gather(words, tf.cast(places // _WORD, tf.int32))
        return tf.bitwise.right_shift(found, places % _WORD) % 2 == 1


def _places(users: Int32Array | tf.Tensor, items: Int32Array | tf.Tensor, size: int) -> tf.Tensor:
    """The bit of each pair."""
    if tf.is_tensor(users):
        return mixed(mixed(tf.cast(users, tf.uint32)) + tf.cast(items, tf.uint32)) & tf.constant(size - 1, tf.uint32)
    with np.errstate(over="ignore"):
        return mixed(mixed(users.astype(np.uint32)) + items.astype(np.uint32)) & np.uint32(size - 1)
