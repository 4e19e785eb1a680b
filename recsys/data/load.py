"""Load ratings: MovieLens by name, synthetic ones, or a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from recsys.credentials import masked
from recsys.data.files import file_ratings
from recsys.data.movielens import ARCHIVES, movielens_ratings
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.data.synthetic import synthetic_ratings
from recsys.errors import InputError, shown


def load_ratings(settings: DataSettings, folder: Path, say: Callable[[str], None] = print) -> Ratings:
    """The ratings that `[data]` names.

    Args:
        settings: The section.
        folder: Where relative paths start: the experiment file's folder.
        say: Hears of downloads.

    Raises:
        InputError: There is no such source, or its content is wrong.
    """
    source = settings.source
    if source in ARCHIVES:
        return movielens_ratings(source, settings, say)
    if source == "synthetic":
        return synthetic_ratings(settings.synthetic)
    if "://" in source:
        raise InputError(f"data.source = {shown(masked(source))}: expected a name or a file, not an address")
    path = folder / source
    if path.suffix not in (".csv", ".tsv", ".parquet"):
        known = ", ".join([*ARCHIVES, "synthetic"])
        raise InputError(f"data.source = {shown(repr(source))}: expected {known}, or a .csv, .tsv or .parquet file")
    return file_ratings(path, settings, folder)
