"""In-memory tables of pandas, polars or pyarrow, stored as Parquet files named by their content."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from recsys.errors import InputError, RecsysError, shown

Table = Any
"""A `pandas.DataFrame`, a `pyarrow.Table`, or any object that exports an Arrow stream, such as polars frames."""
_DIGITS = 12
"""Digits of the digest in the file's name."""


def kept_table(given: Table, folder: Path) -> Path:
    """Return the Parquet file of a table, and write it if it does not exist. Equal tables share a file.

    Args:
        given: The table. The index of a pandas frame is stored as pandas does in any Parquet file.
        folder: The folder of the file; created if it does not exist.

    Raises:
        InputError: It is not a table, or a column has no type. The message names the column.
        RecsysError: The folder cannot be written.
    """
    import pyarrow.parquet as pq

    table = as_arrow(given)
    path = folder / f"table-{_digest(table)[:_DIGITS]}.parquet"
    part = folder / f"{path.name}.{os.getpid()}.part"
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, part)
            part.replace(path)
    except OSError as error:
        why = error.strerror or shown(error)
        raise RecsysError(f"{shown(path, 200)}: the table cannot be kept there: {why}") from None
    finally:
        with suppress(OSError):
            part.unlink()
    return path


def as_arrow(given: Table) -> Any:
    """Return the table as a `pyarrow.Table` with types that Parquet supports.

    Raises:
        InputError: It is not a table, or a column has no type.
    """
    import pandas as pd
    import pyarrow as pa

    if isinstance(given, pd.DataFrame):
        table = _of_pandas(given)
    elif isinstance(given, pa.Table):
        table = given
    elif isinstance(given, pa.RecordBatch):
        table = pa.Table.from_batches([given])
    elif hasattr(given, "__arrow_c_stream__") and not isinstance(given, pd.Series):
        table = _of_stream(given)
    else:
        raise InputError(f"data: expected a table of pandas, polars or pyarrow, or a file, not {_kind(given)}")
    twice = [name for name, times in Counter(table.column_names).items() if times > 1]
    if twice:
        raise InputError(f"data: {len(twice)} names are of more than one column: {shown(', '.join(twice))}")
    return _in_types_of_files(table).combine_chunks()


def _kind(given: object) -> str:
    kind = f"{type(given).__module__.partition('.')[0]}.{type(given).__name__}"
    hints = {"LazyFrame": "collect it: data.collect()", "Series": "make a frame of it: data.reset_index()"}
    hint = hints.get(type(given).__name__)
    return f"{kind}; {hint}" if hint else kind


def _of_pandas(frame: Any) -> Any:
    import pandas as pd
    import pyarrow as pa

    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"data: two columns are called {shown(repr(twice))}")
    try:
        counted = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
        return pa.Table.from_pandas(frame.set_axis(names, axis=1), preserve_index=False if counted else None)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise InputError(f"data: {_column_in(frame, names)}: {shown(_first(error), 200)}") from None


def _column_in(frame: Any, names: list[str]) -> str:
    """The column without a type."""
    import pyarrow as pa

    for place, name in enumerate(names):
        try:
            pa.Array.from_pandas(frame.iloc[:, place])
        except (pa.ArrowException, ValueError, TypeError):
            return f"column {shown(repr(name))} has values of more than one kind"
    return "the index has values of more than one kind"


def _first(error: Exception) -> str:
    return str(error.args[0] if error.args else error).splitlines()[0]


def _of_stream(given: Any) -> Any:
    import pyarrow as pa

    try:
        return pa.table(given)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise InputError(f"data: the {_kind(given)} cannot be read: {shown(_first(error), 200)}") from None


def _in_types_of_files(table: Any) -> Any:
    """Replace views, which polars uses for text, by plain text, also in categories."""
    import pyarrow as pa

    plain = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}
    for place, field in enumerate(table.schema):
        is_category = pa.types.is_dictionary(field.type)
        kind = plain.get(field.type.value_type if is_category else field.type)
        if kind is not None:
            chunks = table.column(place).chunks
            columns = [_decoded(chunk, kind) if is_category else chunk.cast(kind) for chunk in chunks]
            table = table.set_column(place, field.with_type(kind), pa.chunked_array(columns, kind))
    return table


def _decoded(categories: Any, kind: Any) -> Any:
    return categories.dictionary.cast(kind).take(categories.indices)


def _digest(table: Any) -> str:
    """SHA-256 of the table's rows, names and types, independent of its chunks."""
    import pyarrow as pa

    hashed = hashlib.sha256()

    class Sink:
        closed = False

        def write(self, content: Any) -> int:
            hashed.update(content)
            return len(content)

        def writable(self) -> bool:
            return True

        def flush(self) -> None: ...

        def close(self) -> None: ...

    with pa.ipc.new_stream(pa.PythonFile(Sink(), "w"), table.schema) as writer:
        writer.write_table(table, max_chunksize=1 << 16)
    return hashed.hexdigest()
