"""The cores of this process."""

from __future__ import annotations

import os


def cores() -> int:
    """As many as `OMP_NUM_THREADS` says, where a worker has its share of a machine, or else all."""
    said = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, int(said)) if said.isdigit() else os.cpu_count() or 1
