"""Tables of a lakehouse: folders whose log says which of their files are live; the others are dead rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from recsys.errors import InputError, shown

_REMEDY = "write its live rows to a Parquet file and name that: "
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
"""What a folder may be, how that is told, and the code that writes its live rows."""


def refuse_lake_tables(path: Path) -> None:
    """Refuse a folder that is such a table, a folder within one, and a folder that holds one.

    Raises:
        InputError: It says what the folder is, and how to get at its live rows.
    """
    above = path.resolve().parents[:2] if "=" in path.name or path.name == "data" else ()
    for folder in (path, *above, *(each for each in path.rglob("*") if each.is_dir())):
        for what, fits, code in _KINDS:
            if fits(folder):
                raise InputError(
                    f"{shown(folder, 200)}: is {what}, of whose files some may be dead: {_REMEDY}"
                    f"{code.replace('FOLDER', folder.name)}"
                )
