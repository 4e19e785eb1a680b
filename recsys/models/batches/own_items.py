"""Own items: a test whether an item is one of a user's positives, in bounded memory."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from recsys.arrays import Int32Array
from recsys.data.ratings import Ratings
from recsys.models.layers.hashing import mixed

_BITS_A_PAIR = 64
_WORD = 32
_MOST = 32
"""The number of bits of a hash."""


class OwnItems:
    """A Bloom filter (Bloom 1970) with one hash over the pairs of user and item that are positives.

    The filter finds every positive. It also reports about one in `_BITS_A_PAIR` other pairs as a positive, and such a
    pair is not used as a negative. A pair takes from `_BITS_A_PAIR` to twice as many bits.

    Args:
        positives: The positives of training.
    """

    def __init__(self, positives: Ratings) -> None:
        self.size = 1 << min(_MOST, int(np.ceil(np.log2(max(len(positives), 1) * _BITS_A_PAIR))))
        places = _places(positives.users, positives.items, self.size)
        words = np.zeros(self.size // _WORD, np.uint32)
        np.bitwise_or.at(words, places // _WORD, np.uint32(1) << (places % _WORD))
        self.words = tf.constant(words)

    def among(self, words: tf.Tensor, users: tf.Tensor, items: tf.Tensor) -> tf.Tensor:
        """Return whether each item is a positive of each user, bool (B, N).

        Args:
            words: The words of the filter.
            users: User codes (B,).
            items: Item codes (N,).
        """
        places = _places(users[:, None], items[None, :], self.size)
        found = tf.gather(words, tf.cast(places // _WORD, tf.int32))
        return tf.bitwise.right_shift(found, places % _WORD) % 2 == 1


def _places(users: Int32Array | tf.Tensor, items: Int32Array | tf.Tensor, size: int) -> tf.Tensor:
    """Return the bit of each pair."""
    if tf.is_tensor(users):
        return mixed(mixed(tf.cast(users, tf.uint32)) + tf.cast(items, tf.uint32)) & tf.constant(size - 1, tf.uint32)
    with np.errstate(over="ignore"):
        return mixed(mixed(users.astype(np.uint32)) + items.astype(np.uint32)) & np.uint32(size - 1)
