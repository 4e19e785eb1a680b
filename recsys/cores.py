"""The number of cores that this process may use."""

from __future__ import annotations

import os


def cores() -> int:
    """Return `OMP_NUM_THREADS`, which limits a worker to its share of the machine, or else the number of all cores."""
    said = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, int(said)) if said.isdigit() else os.cpu_count() or 1
