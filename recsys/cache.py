"""The folder for downloads and other cached files."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder that `RECSYS_CACHE` names, or the user's cache folder of recsys by default."""
    import platformdirs

    return Path(os.environ.get("RECSYS_CACHE") or platformdirs.user_cache_dir("recsys"))
