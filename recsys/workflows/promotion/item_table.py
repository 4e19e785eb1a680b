"""Read a table of items to add to a champion."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from recsys.data.features.encoder import FeatureEncoder
from recsys.data.features.settings import FeatureSettings
from recsys.data.features.source import FeatureSource, read_source
from recsys.data.ids import encode_ids
from recsys.data.reading.rows import missing_column_error
from recsys.errors import InputError, shown
from recsys.reporter import Reporter

if TYPE_CHECKING:
    from recsys.serving.more_items import MoreItems

_TITLE = "title"
_ID = ("item", "item_id", "itemid", "movieid", "id")
"""The names in lower case that a column of ids may have, the most likely first."""
_SHOWN = 3
"""The number of ids that a message shows."""


def read_items(
    path: Path, ids: pd.Index[Any], encoder: FeatureEncoder, id_column: str | None, reporter: Reporter
) -> MoreItems:
    """Read the ids, the titles and the features of a table of items.

    Args:
        path: A file, as for `data.items.path`.
        ids: The ids of the champion's items.
        encoder: The encoder of the champion's features of items.
        id_column: The column of ids; found by its name by default.
        reporter: Receives notes on columns and categories that are not known or missing.

    Raises:
        InputError: The table cannot be read, lacks ids or features, or has a value that is impossible.
    """
    from recsys.serving.more_items import MoreItems

    source = read_source(path, FeatureSettings(path=str(path)), "items", reporter)
    own = _id_column(source, encoder) if id_column is None else _named(source, id_column)
    found = _ids(source, own, ids)
    names = {each.column for each in encoder.encoders}
    given = {name: column for name, column in source.columns.items() if name in names and name != own}
    _report(source, own, given, names, reporter)
    rows = encoder.encode(pa.table(given), source.place, reporter)
    if nothing := int((rows.indptr[1:] == rows.indptr[:-1]).sum()):
        reporter(f"{source.place}: nothing is known of {nothing:,} of {len(found):,} items")
    titles = source.columns.get(_TITLE)
    texts = [""] * len(found) if titles is None else ["" if each is None else str(each) for each in titles.to_pylist()]
    return MoreItems(found, texts, rows)


def _named(source: FeatureSource, column: str) -> str:
    if column not in source.columns:
        raise missing_column_error(source.place, column, list(source.columns), "--id names it")
    return column


def _id_column(source: FeatureSource, encoder: FeatureEncoder) -> str:
    """Return the column of ids: the only one that is neither a feature nor the title, or else by its name.

    Raises:
        InputError: None or several may be.
    """
    others = [name for name in source.columns if name not in {*(each.column for each in encoder.encoders), _TITLE}]
    if len(others) == 1:
        return others[0]
    lower = {name.lower(): name for name in source.columns}
    named = next((lower[name] for name in _ID if name in lower), None)
    if named is None:
        raise InputError(
            f"{source.place}: no column is known to hold the ids: name it with --id; there are "
            f"{', '.join(shown(repr(name)) for name in source.columns)}"
        )
    return named


def _ids(source: FeatureSource, own: str, known: pd.Index[Any]) -> pd.Index[Any]:
    """Return the ids (n,), of the type of the champion's.

    Raises:
        InputError: An id is missing, of another type, or there twice.
    """
    cells, place = source.columns[own], f"{source.place}: column {shown(repr(own))}"
    if not len(cells):
        raise InputError(f"{source.place}: it has no row")
    if cells.null_count:
        raise InputError(f"{place}: {cells.null_count:,} of {len(cells):,} rows have no id")
    codes, index = encode_ids(cells, source.place, own)
    if len(index) < len(codes):
        again = pd.Series(index[codes])
        raise InputError(f"{place}: ids are there twice, such as {_some(again[again.duplicated()].tolist())}")
    if known.dtype.kind in "iu":
        if index.dtype.kind not in "iu":
            raise InputError(
                f"{place}: the champion's ids are whole numbers, and these are such as {_some(index.tolist()[:1])}"
            )
        return index
    return index.astype(known.dtype)


def _some(values: Sequence[Any]) -> str:
    return ", ".join(shown(repr(each)) for each in list(values)[:_SHOWN])


def _report(source: FeatureSource, own: str, given: Any, names: set[str], reporter: Reporter) -> None:
    if not given:
        raise InputError(
            f"{source.place}: no column is a feature of the champion's items, which are {', '.join(sorted(names))}"
        )
    if missing := sorted(names - set(given)):
        reporter(f"{source.place}: no column {', '.join(map(shown, missing))}: its values are missing for all items")
    if unused := sorted(set(source.columns) - names - {own, _TITLE}):
        reporter(f"{source.place}: not used: column {', '.join(map(shown, unused))}")
