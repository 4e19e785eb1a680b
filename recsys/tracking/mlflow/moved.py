"""The files that a stored experiment names, found beside a store that was moved with them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomlkit

from recsys.store.address import database_file
from recsys.store.places import former_home, local_path, location_of, moved_root
from recsys.store.relocation import Move
from recsys.tracking.tracker import Header


def at_present_place(header: Header, uri: str, artifacts: str) -> Header:
    """The header with the files of its experiment where they are, if the project was moved or copied as a whole.

    Args:
        header: What is stored of a sweep.
        uri: The store's address.
        artifacts: The address of the sweep's artifacts as it was recorded.
    """
    path = local_path(artifacts)
    if not uri.startswith("sqlite") or path is None:
        return header
    home = database_file(uri).parent
    former = former_home(home, location_of(path))
    if former is None:
        return header
    old, new = moved_root(former, home)
    moved = with_paths(header.experiment, lambda name: _there(Move(str(old), str(new)).path(name)))
    return header if moved is None else replace(header, experiment=moved)


def _there(path: str | None) -> str | None:
    return path if path is not None and Path(path).exists() else None


def with_paths(experiment: str, place: Callable[[str], str | None]) -> str | None:
    """A stored experiment with its paths elsewhere; None where none is.

    Args:
        experiment: As TOML; every path in it is absolute.
        place: Where a path is now; None where that has not changed.
    """
    document = tomllib.loads(experiment)
    moved = _moved(document, place)
    return None if moved == document else tomlkit.dumps(moved)


def _moved(value: Any, place: Callable[[str], str | None]) -> Any:
    if isinstance(value, dict):
        return {key: _moved(inner, place) for key, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, place) for inner in value]
    return (place(value) or value) if isinstance(value, str) else value
