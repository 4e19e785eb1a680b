"""The features of films and people in MovieLens (Harper and Konstan 2015)."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from recsys.data.features.settings import ColumnType, FeatureSettings
from recsys.data.features.source import FeatureSource
from recsys.data.movielens import ARCHIVES, MIRRORED, fetch, read_member
from recsys.data.reading.rows import Wanted, missing_column_error
from recsys.errors import InputError, RecsysError, shown
from recsys.reporter import Reporter

_GENRES = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama"),
    *("Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western"),
)
"""The genres of ML-100K, in the order of the flags in its u.item."""
_FIRST_GENRE = 6
_TYPES: Mapping[str, Mapping[str, ColumnType]] = MappingProxyType(
    {
        "items": {
            "genres": ColumnType(type="categories"),
            "year": ColumnType(type="date"),
            "title": ColumnType(type="text"),
        },
        "users": {
            "age": ColumnType(type="number"),
            "gender": ColumnType(type="category"),
            "occupation": ColumnType(type="category"),
        },
    }
)
_AGE_GROUPS = {"age": ColumnType(type="category")}
"""ML-1M has the lowest age of each group instead of the age."""
_DEFAULTS = {"items": ("genres", "year"), "users": ("age", "gender", "occupation")}


def movielens_source(name: str, side: str, settings: FeatureSettings, reporter: Reporter) -> FeatureSource:
    """Return the columns of films or people: genres, year and title; age, gender and occupation.

    Args:
        name: The data set.
        side: `items` or `users`.
        settings: Which columns, and types other than the known ones.
        reporter: Receives notes on downloads.

    Raises:
        InputError: There is no such column.
        RecsysError: The data set cannot be fetched, or its archive is damaged.
    """
    path = fetch(name, reporter=reporter)
    try:
        with zipfile.ZipFile(path) as files:
            table = (_items if side == "items" else _users)(files, path, name)
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, InputError) as error:
        raise RecsysError(f"{path} is damaged ({shown(error)}): delete it and try again") from None
    columns = settings.chosen or _DEFAULTS[side]
    for column in (*columns, *(settings.types or ())):
        if column not in table or column == "id":
            raise missing_column_error(name, column, [each for each in table if each != "id"])
    types = {**_TYPES[side], **(_AGE_GROUPS if name == "ml-1m" and side == "users" else {}), **(settings.types or {})}
    kept = {"id": table["id"], **{column: table[column] for column in columns}}
    return FeatureSource(name, kept, "id", settings.chosen is not None, types)


def _items(files: zipfile.ZipFile, path: Path, name: str) -> dict[str, pa.ChunkedArray]:
    archive = ARCHIVES[name]
    if path.suffix == ".whl":
        wanted: Wanted = {"id": 1, "feature.title": 2, "year": 3, "genres": 4}
        table = read_member(files, "ml-100k.item", name, wanted, MIRRORED).table
        years, genres = table.column("year"), _split(table.column("genres"), " ")
        years = pc.if_else(pc.match_substring_regex(years, "^[0-9]+$"), years, None)  # of two films it is "unkonwn"
        return {"id": table.column("id"), "title": table.column("feature.title"), "year": years, "genres": genres}
    if name == "ml-100k":
        flags = {genre: _FIRST_GENRE + at for at, genre in enumerate(_GENRES)}
        table = read_member(files, "u.item", name, {"id": 1, "title": 2, **flags}, archive.dialect("|")).table
        genres = _of_flags(table)
    else:
        wanted = {"id": 1, "title": 2, "genres": 3}
        table = read_member(files, archive.titles, name, wanted, archive.dialect(archive.separator)).table
        genres = _split(table.column("genres"), "|")
    dated = pc.extract_regex(table.column("title"), r"^(?P<title>.*?)\s*\((?P<year>[12][0-9]{3})\)\s*$")
    title = pc.coalesce(pc.struct_field(dated, "title"), table.column("title"))
    return {"id": table.column("id"), "title": title, "year": pc.struct_field(dated, "year"), "genres": genres}


def _users(files: zipfile.ZipFile, path: Path, name: str) -> dict[str, pa.ChunkedArray]:
    archive, columns = ARCHIVES[name], {"id": 1, "age": 2, "gender": 3, "occupation": 4}
    if path.suffix == ".whl":
        table = read_member(files, "ml-100k.user", name, columns, MIRRORED).table
    elif name == "ml-100k":
        table = read_member(files, "u.user", name, columns, archive.dialect("|")).table
    else:
        columns = {"id": 1, "gender": 2, "age": 3, "occupation": 4}
        table = read_member(files, "users.dat", name, columns, archive.dialect(archive.separator)).table
    return {column: table.column(column) for column in columns}


def _split(column: pa.ChunkedArray, separator: str) -> pa.ChunkedArray:
    """The genres of each film as a list, null where none are listed."""
    listed = pc.if_else(pc.equal(column, "(no genres listed)"), None, column)
    return pc.split_pattern(listed, separator)


def _of_flags(table: pa.Table) -> pa.ChunkedArray:
    """The genres of each film from one flag for each genre."""
    flags = [table.column(genre).to_pylist() for genre in _GENRES]
    lists = [
        [genre for genre, flag in zip(_GENRES, row, strict=True) if flag == "1"] for row in zip(*flags, strict=True)
    ]
    return pa.chunked_array([pa.array(lists, pa.list_(pa.string()))])
