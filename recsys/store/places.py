"""Where the files of a store are that was moved or copied: MLflow records absolute addresses.

The files of a SQLite store stand beside its database. An address that lies elsewhere is read as the same place beside
the database, where that holds MLflow's runs.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from recsys.store.address import database_file

_RUN = re.compile(r"[0-9a-f]{32}")
"""The folder that MLflow makes for a run in that of its experiment; a logged model's is `models/m-…`."""


def local_path(address: str) -> Path | None:
    """The folder of an address of this machine; None of any other."""
    if address.startswith("/"):
        return Path(address)
    parts = urlsplit(address)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def present_address(uri: str, address: str) -> str:
    """Where the files are that a store has recorded at an address.

    Args:
        uri: The store's address.
        address: Of a run's artifacts, or of something among them.
    """
    path = local_path(address)
    if not uri.startswith("sqlite") or path is None:
        return address
    location = location_of(path)
    present = present_location(database_file(uri).parent, location)
    return address if present == location else (present / path.relative_to(location)).as_uri()


def present_location(home: Path, location: Path) -> Path:
    """Where an experiment's folder of artifacts is.

    Args:
        home: The folder of the store's database.
        location: What the store has recorded.
    """
    if location.is_relative_to(home):
        return location
    parts = location.parts
    for first in range(1, len(parts)):
        place = home.joinpath(*parts[first:])
        if _holds_runs(place):
            return place
    if location.parent.name == "artifacts" and not location.is_dir():
        return home.joinpath(*parts[-2:])  # nothing was written yet: where the suite has it in a new store
    return location


def former_home(home: Path, location: Path) -> Path | None:
    """Where the database was when it recorded an experiment's folder; None where it has not moved since.

    Args:
        home: The folder of the store's database.
        location: What the store has recorded.
    """
    present = present_location(home, location)
    if present == location:
        return None
    inside = len(present.relative_to(home).parts)
    return Path(*location.parts[:-inside])


def moved_root(old: Path, new: Path) -> tuple[Path, Path]:
    """The outermost folders of which one became the other, where what they hold in common was moved with them."""
    while old.name == new.name and old.name:
        old, new = old.parent, new.parent
    return old, new


def location_of(path: Path) -> Path:
    """The experiment's folder of a path among its artifacts; the path itself where it is none of these."""
    parts = path.parts
    for place in range(len(parts) - 2, 0, -1):
        if parts[place + 1] == "artifacts" and _RUN.fullmatch(parts[place].removeprefix("m-")):
            return Path(*parts[: place - 1 if parts[place].startswith("m-") else place])
    return path


def _holds_runs(folder: Path) -> bool:
    try:
        return any(_RUN.fullmatch(each.name) for each in folder.iterdir())
    except OSError:
        return False
