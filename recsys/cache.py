"""Where the suite keeps what it need not fetch or make again."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """`RECSYS_CACHE`, else the user's cache folder."""
    import platformdirs

    return Path(os.environ.get("RECSYS_CACHE") or platformdirs.user_cache_dir("recsys"))
