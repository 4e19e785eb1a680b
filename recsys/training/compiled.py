"""Compilation of functions of tensors with XLA."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import tensorflow as tf

XLA_FLAGS: Mapping[str, str] = {
    "--xla_cpu_prefer_vector_width": "512",  # by default XLA uses half of AVX-512
    # the order with the least memory finds recent values in the cache; no core is free to run operations concurrently
    "--xla_cpu_enable_concurrency_optimized_scheduler": "false",
    # an unrolled loop over the columns of members is not vectorised: biases then take as long as embeddings
    "--xla_backend_extra_options": "xla_cpu_disable_loop_unrolling",
}
"""XLA's flags, unless `XLA_FLAGS` in the environment sets them. They save a quarter of an epoch's time.

`xla_cpu_use_multi_output_fusion` would compute Adam's moments in one pass, and save another tenth. With it, TensorFlow
2.21 crashes in the row-wise optimizer.
"""


Compile = Callable[[Callable[..., Any]], Callable[..., Any]]
"""Returns a function of tensors as one XLA program, compiled or found."""


def compiled(function: Callable[..., Any]) -> Any:
    """Return the function as one XLA program."""
    tell_xla()
    return tf.function(function, jit_compile=True, autograph=True)


def tell_xla() -> None:
    """Set `XLA_FLAGS`, which XLA reads at its first compilation in a process."""
    said = os.environ.get("XLA_FLAGS", "").split()
    ours = [f"{flag}={value}" for flag, value in XLA_FLAGS.items() if not any(flag in each for each in said)]
    os.environ["XLA_FLAGS"] = " ".join([*said, *ours])


def give_back() -> None:
    """Return freed memory to the system.

    Compilation frees half of the memory that it used, but glibc would keep it.
    """
    with suppress(AttributeError, OSError, TypeError):  # the C library is not glibc
        ctypes.CDLL(None).malloc_trim(0)
