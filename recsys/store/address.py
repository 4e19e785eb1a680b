"""Addresses of stores: the default, the registry's, and SQLite files."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from recsys.credentials import masked
from recsys.errors import InputError, shown

_OPTIONS = {
    *("timeout", "detect_types", "isolation_level", "check_same_thread", "cached_statements", "autocommit"),
    *("uri", "mode", "cache", "immutable", "nolock", "vfs", "psow"),
}
"""Options that Python's sqlite3 and SQLite accept after the ? of an address."""


def store_uri(uri: str | None = None, *, root: Path | None = None) -> str:
    """The address of the store: `uri`, else MLFLOW_TRACKING_URI, else SQLite under `mlruns/` of `root`.

    Raises:
        InputError: The text after its ? is not an option of SQLite.
    """
    given = uri or os.environ.get("MLFLOW_TRACKING_URI")
    return _checked(given) if given else default_uri(root)


def default_uri(root: Path | None = None) -> str:
    """The address of the default store: SQLite under `mlruns/` of `root`."""
    return sqlite_uri((root or Path.cwd()).resolve() / "mlruns" / "mlflow.db")


def registry_uri(tracking_uri: str) -> str:
    """The address of the store that holds the champions: MLFLOW_REGISTRY_URI, else the store of the sweeps.

    Raises:
        InputError: The text after its ? is not an option of SQLite.
    """
    return _checked(os.environ.get("MLFLOW_REGISTRY_URI") or tracking_uri)


def sqlite_uri(database: Path) -> str:
    """The address of a SQLite store, for a path with any characters.

    Raises:
        InputError: The installed SQLAlchemy has no address for the path.
    """
    path = str(database)
    plain = f"sqlite:///{path}"
    if _path_of(plain) == path:
        return plain
    from sqlalchemy import URL

    # with the driver's name, since MLflow takes the text after sqlite:/// for a path and creates its folders
    quoted = URL.create("sqlite+pysqlite", database=path).render_as_string()
    if _path_of(quoted) != path:
        raise InputError(f"{shown(path, 200)}: SQLAlchemy before 2.1 cannot open a database whose path has a ?")
    return quoted


def database_file(uri: str) -> Path:
    """The database file of a SQLite store."""
    return Path(_path_of(uri)).resolve()


def _path_of(uri: str) -> str:
    """The path of a SQLite store's file, as SQLAlchemy parses its address."""
    path = uri.partition(":///")[2]
    if "%" in path or "?" in path:
        from sqlalchemy import make_url

        path = make_url(uri).database or ""
    if path.startswith("file:"):  # SQLite's own form, which it reads with ?uri=true
        path = unquote(re.sub("^file:(//)?", "", path.partition("#")[0]))
    return path


def identity(uri: str) -> str:
    """The same text for all addresses of a store: a SQLite store's file, else the address without credentials."""
    return str(database_file(uri)) if uri.startswith("sqlite") else masked(uri)


def _checked(uri: str) -> str:
    """Return the address, unless SQLite would read only a part of its path."""
    if not uri.startswith("sqlite"):
        return uri
    path, mark, options = uri.partition("?")
    strange = [each for each in options.split("&") if each.partition("=")[0] not in _OPTIONS or "/" in each]
    if mark and strange:
        whole = f"{path}?{options}".partition(":///")[2]
        raise InputError(
            f"tracking URI {masked(uri)}: a ? begins options such as timeout=30, and {strange[0]!r} is none; if the "
            f"path has a ?, write {sqlite_uri(Path(whole))}"
        )
    return uri
