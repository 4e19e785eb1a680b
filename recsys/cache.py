"""The folder for downloads and other cached files."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """The folder that `RECSYS_CACHE` names, or else the user's cache folder for recsys."""
    import platformdirs

    return Path(os.environ.get("RECSYS_CACHE") or platformdirs.user_cache_dir("recsys"))
