"""Read a Parquet file or a folder of Parquet files. Tables with a transaction log are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from recsys.data.reading.content import read_bytes
from recsys.data.reading.formats import Format
from recsys.data.reading.rows import NoRowsError, Rows, Wanted, missing_column_error
from recsys.data.reading.signatures import (
    PARQUET_MAGIC,
    is_folder,
    refuse_broken_parquet,
    refuse_other_formats,
    unreadable_error,
)
from recsys.errors import InputError, NotFoundError, shown

_REMEDY = "write its live rows to a Parquet file and use that: "
_KINDS: tuple[tuple[str, Callable[[Path], bool], str], ...] = (
    (
        "a Delta table",
        lambda folder: (folder / "_delta_log").is_dir(),
        'deltalake.DeltaTable("FOLDER").to_pandas().to_parquet("ratings.parquet")',
    ),
    (
        "a Hudi table",
        lambda folder: (folder / ".hoodie").is_dir(),
        'spark.read.format("hudi").load("FOLDER").toPandas().to_parquet("ratings.parquet")',
    ),
    (
        "an Iceberg table",
        lambda folder: any((folder / "metadata").glob("*.metadata.json")),
        'pyiceberg.table.StaticTable.from_metadata("METADATA.json").scan().to_pandas().to_parquet("ratings.parquet")',
    ),
    (
        "a Lance data set",
        lambda folder: (folder / "_versions").is_dir() and (folder / "data").is_dir(),
        'lance.dataset("FOLDER").to_table().to_pandas().to_parquet("ratings.parquet")',
    ),
)
"""Each kind of table, how a folder is recognised as one, and the code that writes its live rows."""


def read_parquet(path: Path, form: Format, wanted: Wanted) -> Rows:
    """Read the wanted columns, including those of a pandas index. Files of a folder are read in name order.

    Raises:
        InputError: The file cannot be read, or a column is missing.
    """
    place = shown(path, 200)
    try:
        source, names = _open(path, form)
        index = _range_index(source)
        for column in wanted.values():
            if column not in names and column not in index:
                raise missing_column_error(place, column, [*names, *index])
        stored = sorted({str(column) for column in wanted.values() if column in names})
        table = source.to_table(columns=stored) if isinstance(source, ds.Dataset) else source.select(stored)
        columns = {
            role: table.column(column) if column in names else pa.array(index[column])
            for role, column in wanted.items()
        }
        rows = Rows(place, pa.table(columns), lambda: count(1), "row", columns=[str(name) for name in names])
    except (OSError, ValueError, pa.ArrowException) as error:
        raise unreadable_error(path, error) from None
    if not len(rows):
        raise NoRowsError(place)
    return rows


def names_of_parquet(path: Path, form: Format) -> list[str]:
    """The names of the columns, including those of a pandas index.

    Raises:
        InputError: The file cannot be read.
    """
    try:
        source, names = _open(path, form)
        return [*names, *(name for name in _range_index(source) if name is not None)]
    except (OSError, ValueError, pa.ArrowException) as error:
        raise unreadable_error(path, error) from None


def _open(path: Path, form: Format) -> tuple[Any, list[str]]:
    if is_folder(path):
        source = _open_folder(path)
    elif not path.is_file():
        raise NotFoundError(f"{shown(path, 200)}: no such file or folder")
    elif form.compression:
        content = read_bytes(path, form.compression)
        refuse_other_formats(content.removeprefix(PARQUET_MAGIC), shown(path, 200))
        source = pq.read_table(pa.BufferReader(content))
    else:
        refuse_broken_parquet(path)
        source = ds.dataset(str(path), format="parquet")
    return source, source.schema.names


def _open_folder(path: Path) -> Any:
    """The files of a folder and its subfolders. Subfolder names such as `day=7` become a text column."""
    listed = ds.dataset(str(path), format="parquet", schema=pa.schema([]))  # no file is looked into
    files = [Path(file) for file in listed.files]
    if not files:
        raise InputError(f"{shown(path, 200)}: no Parquet file is in this folder")
    for file in files:
        refuse_broken_parquet(file)
    folders = (part for file in files for part in file.relative_to(path).parent.parts if "=" in part)
    keys_in_names, own = dict.fromkeys(part.partition("=")[0] for part in folders), pq.read_schema(files[0]).names
    keys = pa.schema([(key, pa.string()) for key in keys_in_names if key not in own])
    return ds.dataset(str(path), format="parquet", partitioning=ds.partitioning(keys, flavor="hive"))


def _range_index(source: Any) -> dict[Any, range]:
    """The levels of a pandas index that are ranges, which have a name but no stored column."""
    stored = (source.schema.metadata or {}).get(b"pandas")
    levels = json.loads(stored)["index_columns"] if stored else []
    return {
        level["name"]: range(level["start"], level["stop"], level["step"])
        for level in levels
        if isinstance(level, dict) and level["kind"] == "range"
    }


def refuse_lake_tables(path: Path) -> None:
    """Refuse a folder that is, contains, or lies within a table with a transaction log.

    Only the log says which of the files are live; the others hold deleted rows.

    Raises:
        InputError: It is such a table. The message says how to extract the live rows.
    """
    above = path.resolve().parents[:2] if "=" in path.name or path.name == "data" else ()
    for folder in (path, *above, *(each for each in path.rglob("*") if each.is_dir())):
        for what, fits, code in _KINDS:
            if fits(folder):
                raise InputError(
                    f"{shown(folder, 200)}: is {what}, some of whose files may hold deleted rows: {_REMEDY}"
                    f"{code.replace('FOLDER', folder.name)}"
                )
