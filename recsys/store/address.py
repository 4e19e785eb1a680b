"""What the address of a store says."""

from __future__ import annotations

import os
from pathlib import Path

from recsys.credentials import masked


def store_uri(uri: str | None = None, *, root: Path | None = None) -> str:
    """The address of the store: `uri`, else MLFLOW_TRACKING_URI, else SQLite under `mlruns/` of `root`."""
    default = f"sqlite:///{(root or Path.cwd()).resolve() / 'mlruns' / 'mlflow.db'}"
    return uri or os.environ.get("MLFLOW_TRACKING_URI") or default


def database_file(uri: str) -> Path:
    """The file of a SQLite store."""
    return Path(uri.partition(":///")[2].partition("?")[0]).resolve()


def identity(uri: str) -> str:
    """What is the same however a store's address is written: a SQLite store's file, else all but the credentials."""
    return str(database_file(uri)) if uri.startswith("sqlite") else masked(uri)
