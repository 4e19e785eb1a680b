"""Which file of a source is looked at, and how it is laid out."""

from __future__ import annotations

from pathlib import Path

from recsys.data.reading.content import is_folder
from recsys.data.reading.formats import Format
from recsys.data.reading.parts import parts_of
from recsys.data.reading.sniffing import form_of
from recsys.errors import NotFoundError, shown


def looked_at(path: Path) -> tuple[Path, Format]:
    """The file itself; of a folder its first part, or the folder as a whole where its parts are Parquet files.

    Raises:
        InputError: There is no such file or folder, or it cannot be read.
    """
    if is_folder(path):
        first, form = parts_of(path)[0]
        return (path, Format("parquet")) if form.kind == "parquet" else (first, form)
    known = form_of(path)
    if known is None:
        raise NotFoundError(f"{shown(path, 200)}: no such file or folder")
    return path, known
