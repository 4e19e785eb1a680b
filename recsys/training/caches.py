"""How large a table may be before a step over all of it leaves the caches of this machine: measured once, and kept."""

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
"""Numbers of a table that are tried; the least of them are in reach of any processor."""
SLOWER = 1.3
"""How many times as long as in the smallest table a number may take: repeated measurements lie clear of it on both
sides, and so do the widths of MovieLens-100K that are quick in training and those that are not."""
_REPEATED = 2**23
"""Numbers that are gone through at least in measuring a size: some milliseconds."""


def numbers_in_reach() -> int:
    """The numbers of the largest table that Adam goes through nearly as quickly as through a small one."""
    path = cache_folder() / "caches.json"
    machine = f"{_processor()}, {cores()} cores"
    with locked(str(path), wait=True):
        kept = _kept(path)
        size = kept.get(machine)
        if size is None:
            size = measured()
            with suppress(OSError):  # no reason to end a sweep: it is measured again
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps({**kept, machine: size}, indent=1), encoding="utf-8")
    return size


def measured() -> int:
    """Measure it, in about a second."""
    seconds = [_seconds_a_number(size) for size in SIZES]
    slower = [each > SLOWER * seconds[0] for each in seconds]
    return SIZES[slower.index(True) - 1] if any(slower) else SIZES[-1]


def _kept(path: Path) -> dict[str, int]:
    """By machine, since a home folder may be that of several; nothing where the file is not what it was."""
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
    """What a step of Adam takes, the quickest of several."""
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
