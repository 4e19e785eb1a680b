"""A hash with equal values in NumPy and in compiled graphs."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf


def mixed(x: Any) -> Any:
    """Apply MurmurHash3's finaliser (Appleby 2011) to unsigned 32-bit integers of NumPy or TensorFlow."""
    shift, number = (
        (tf.bitwise.right_shift, lambda n: tf.constant(n, tf.uint32))
        if tf.is_tensor(x)
        else (np.right_shift, np.uint32)
    )
    with np.errstate(over="ignore"):
        x = (x ^ shift(x, number(16))) * number(0x85EBCA6B)
        x = (x ^ shift(x, number(13))) * number(0xC2B2AE35)
        return x ^ shift(x, number(16))
