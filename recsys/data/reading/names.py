"""The names of a table's columns, before any row is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from recsys.data.reading.content import is_folder
from recsys.data.reading.delimited import opened
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.json_records import names_of_json
from recsys.data.reading.parquet_files import names_of_parquet
from recsys.data.reading.parts import parts_of
from recsys.data.reading.rows import Wanted, no_column
from recsys.data.reading.sniffing import form_of
from recsys.errors import InputError, NotFoundError, shown
from recsys.reporter import Reporter


def names_of(path: Path, dialect: Dialect, wanted: Wanted, reporter: Reporter) -> tuple[list[str], Dialect]:
    """The columns' names, numbers counted from 1 without a header, and the dialect with what was found out.

    Args:
        path: A file, or a folder of parts, of which the first is looked at.
        dialect: What is said of a text.
        wanted: The columns of which some are looked for.
        reporter: Receives what was found out.

    Raises:
        InputError: The table cannot be read, or it has no column of the users' name.
    """
    file, form = (parts_of(path)[0]) if is_folder(path) else (path, form_of(path))
    if form is None:
        raise NotFoundError(f"{shown(path, 200)}: no such file or folder")
    if form.kind == "text":
        user = wanted["user"]
        named = isinstance(user, str) and user != "user"
        sought: Wanted = {"user": user} if named else {"user": 1, "item": 2}
        text = opened(file, form, sought, dialect, reporter)
        names = text.names if text.names is not None else [str(number) for number in range(1, text.width + 1)]
        first = next(text.rows(), None)
        if first is not None and text.width > len(names) and first.fields[-1]:
            raise InputError(
                f"{text.place}: its rows have {text.width} fields and its header {len(names)}: give the people's "
                "column a name"
            )
        dialect = replace(dialect, separator=text.separator)
    else:
        folder = path if form.kind == "parquet" else file
        names = [str(name) for name in (names_of_parquet if form.kind == "parquet" else names_of_json)(folder, form)]
    for column in wanted.values():
        if isinstance(column, str) and column not in names and (column, wanted["user"]) != ("user", "user"):
            raise no_column(shown(path, 200), column, names)
    return names, dialect
