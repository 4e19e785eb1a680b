"""Settings that must stand before the oracles are imported."""

from __future__ import annotations

import os

# ranx compiles for 40 seconds what runs on our small tables in a fraction of one
os.environ.setdefault("NUMBA_DISABLE_JIT", "1")
