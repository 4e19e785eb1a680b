"""Small files for the tests of data, and functions that read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.documents import validate

HEADER = "user,item,rating"


def write(folder: Path, *lines: str, name: str = "r.csv", end: str = "\n") -> str:
    """A text of these lines in UTF-8."""
    (folder / name).write_bytes("".join(line + end for line in lines).encode())
    return name


def load(folder: Path, name: str = "r.csv", said: list[str] | None = None, **data: Any) -> Ratings:
    """The ratings of a file, as `[data]` says."""
    settings = validate(DataSettings, {"source": name, **data}, "data")
    return load_ratings(settings, folder, [].append if said is None else said.append)


def rows_of(ratings: Ratings) -> list[tuple[Any, Any, float]]:
    """User, item and rating of every row."""
    catalogue = ratings.catalogue
    ids = catalogue.user_ids[ratings.users].tolist(), catalogue.item_ids[ratings.items].tolist()
    return list(zip(*ids, ratings.values.tolist(), strict=True))
