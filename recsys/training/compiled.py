"""Compiling for XLA."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf


def compiled(function: Callable[..., Any]) -> Any:
    """The function as one XLA program."""
    return tf.function(function, jit_compile=True, autograph=True)
