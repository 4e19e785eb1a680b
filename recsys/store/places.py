"""Find the files of a store that was moved or copied, although MLflow records absolute addresses.

The files of a SQLite store are beside its database. A recorded address elsewhere is read as the same relative place
beside the database, if that has MLflow's runs.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from recsys.store.address import database_file

_RUN = re.compile(r"[0-9a-f]{32}")
"""The name of a run's folder in that of its experiment; a logged model's folder is `models/m-…`."""


def local_path(address: str) -> Path | None:
    """The folder of an address on this machine; None for any other address."""
    if address.startswith("/"):
        return Path(address)
    parts = urlsplit(address)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def present_address(uri: str, address: str) -> str:
    """The present address of files that a store has recorded at an address.

    Args:
        uri: The store's address.
        address: The recorded address of a run's artifacts, or of one of them.
    """
    path = local_path(address)
    if not uri.startswith("sqlite") or path is None:
        return address
    location = location_of(path)
    present = present_location(database_file(uri).parent, location)
    return address if present == location else (present / path.relative_to(location)).as_uri()


def present_location(home: Path, location: Path) -> Path:
    """The present folder of an experiment's artifacts.

    Args:
        home: The folder of the store's database.
        location: The recorded folder.
    """
    if location.is_relative_to(home):
        return location
    parts = location.parts
    for first in range(1, len(parts)):
        place = home.joinpath(*parts[first:])
        if _holds_runs(place):
            return place
    if location.parent.name == "artifacts" and not location.is_dir():
        return home.joinpath(*parts[-2:])  # nothing was written yet: the place in a new store
    return location


def former_home(home: Path, location: Path) -> Path | None:
    """The folder of the database when it recorded an experiment's folder; None if it has not moved since.

    Args:
        home: The present folder of the store's database.
        location: The recorded folder.
    """
    present = present_location(home, location)
    if present == location:
        return None
    inside = len(present.relative_to(home).parts)
    return Path(*location.parts[:-inside])


def moved_root(old: Path, new: Path) -> tuple[Path, Path]:
    """The outermost folders, old and new, that differ in name: the folders inside them moved along."""
    while old.name == new.name and old.name:
        old, new = old.parent, new.parent
    return old, new


def location_of(path: Path) -> Path:
    """The folder of the experiment to which an artifact's path belongs; the path itself if it is no artifact's."""
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
