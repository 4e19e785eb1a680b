"""The cores of this process."""

from __future__ import annotations

import os

import tensorflow as tf


def cores() -> int:
    """The cores that TensorFlow was given, which is a worker's share."""
    return int(tf.config.threading.get_intra_op_parallelism_threads()) or os.cpu_count() or 1
