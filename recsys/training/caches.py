"""The largest table that a step can update within the caches of this machine, measured once and stored."""

from __future__ import annotations

import json
import platform
import time
from contextlib import suppress
from pathlib import Path

import numpy as np

from recsys.arrays import Float32Array
from recsys.cache import cache_folder
from recsys.cores import cores
from recsys.locks import locked

SIZES = tuple(1 << power for power in range(17, 25))
"""The table sizes that are measured, in float32 numbers. Every processor can hold the least of them in its caches."""
SLOWER = 1.3
"""The greatest acceptable time per number, relative to the smallest table. Repeated measurements fall clearly on one
side of this limit. So do the widths on MovieLens-100K, both those that train quickly and those that do not."""
_REPEATED = 2**23
"""The least count of numbers that a measurement of one size updates, which takes some milliseconds."""


def numbers_in_reach() -> int:
    """Return the size of the largest table that Adam updates at nearly the speed of a small one.

    The first call on a machine measures it and stores the result in the cache folder.

    Returns:
        A count of float32 numbers.
    """
    path = cache_folder() / "caches.json"
    machine = f"{_processor()}, {cores()} cores"
    with locked(str(path), wait=True):
        kept = _kept(path)
        size = kept.get(machine)
        if size is None:
            size = measured()
            with suppress(OSError):  # a sweep continues without the file, and the next one measures again
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps({**kept, machine: size}, indent=1), encoding="utf-8")
    return size


def measured() -> int:
    """Measure the size, which takes about a second."""
    seconds = [_seconds_a_number(size) for size in SIZES]
    slower = [each > SLOWER * seconds[0] for each in seconds]
    return SIZES[slower.index(True) - 1] if any(slower) else SIZES[-1]


def _kept(path: Path) -> dict[str, int]:
    """Return the stored sizes by machine.

    Several machines may share a home folder. The result is empty if the file is damaged.
    """
    with suppress(OSError, ValueError, AttributeError):
        kept: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))
        return {machine: size for machine, size in kept.items() if size in SIZES}
    return {}


def _processor() -> str:
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return platform.processor()


def _seconds_a_number(size: int) -> float:
    """Return the seconds of a step of Adam per number, the least of several measurements."""
    gradient, value, mean, square, rest = np.full((5, size), 0.5, np.float32)

    def approach(moment: Float32Array, target: Float32Array) -> None:
        np.subtract(target, moment, out=rest)
        np.multiply(rest, 0.01, out=rest)
        np.add(moment, rest, out=moment)

    def step() -> float:
        began = time.perf_counter()
        approach(mean, gradient)
        approach(square, np.square(gradient, out=rest))
        np.sqrt(square, out=rest)
        np.divide(mean, rest, out=rest)
        np.subtract(value, rest, out=value)
        return time.perf_counter() - began

    return min(step() for _ in range(max(5, _REPEATED // size))) / size
