"""Compiling for XLA."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import tensorflow as tf

XLA_FLAGS: Mapping[str, str] = {
    "--xla_cpu_prefer_vector_width": "512",  # by itself XLA stops at half of AVX-512
    # the order of the least memory finds in the cache what was just written; for more at once there are no free cores
    "--xla_cpu_enable_concurrency_optimized_scheduler": "false",
    # unrolled, a loop over as many columns as there are members is no vector: biases then take as long as embeddings
    "--xla_backend_extra_options": "xla_cpu_disable_loop_unrolling",
}
"""What XLA is told, unless `XLA_FLAGS` in the environment says otherwise: a quarter less of an epoch's time.

Told also to `xla_cpu_use_multi_output_fusion`, it makes Adam's moments in one pass, for another tenth; but TensorFlow
2.21 then crashes over the row-wise optimizer.
"""


Compile = Callable[[Callable[..., Any]], Callable[..., Any]]
"""Makes one XLA program of a function of tensors, or finds it."""


def compiled(function: Callable[..., Any]) -> Any:
    """The function as one XLA program."""
    tell_xla()
    return tf.function(function, jit_compile=True, autograph=True)


def tell_xla() -> None:
    """Set `XLA_FLAGS`, which XLA reads when it compiles for the first time in a process."""
    said = os.environ.get("XLA_FLAGS", "").split()
    ours = [f"{flag}={value}" for flag, value in XLA_FLAGS.items() if not any(flag in each for each in said)]
    os.environ["XLA_FLAGS"] = " ".join([*said, *ours])


def give_back() -> None:
    """Let the system have the memory that compiling has freed, half of what it took, where glibc would keep it."""
    with suppress(AttributeError, OSError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
