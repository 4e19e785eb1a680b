"""Titles of items, matched by id regardless of the tables' id types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import StrArray
from recsys.data.ids import encode_ids
from recsys.data.reading.rows import Rows
from recsys.errors import InputError
from recsys.reporter import Reporter


def titles_of(items: pd.Index[Any], rows: Rows, reporter: Reporter) -> StrArray:
    """The title of every item, (I,), empty if there is none. The first of several titles counts.

    Args:
        items: The items' ids.
        rows: With the columns `item` and `title`.
        reporter: Receives the number of items with a title, unless all have one.

    Raises:
        InputError: The type of the ids cannot hold ids, or the titles are not text.
    """
    texts = _texts(rows)
    there = rows.table.column("item").is_valid().to_numpy() & np.array([text != "" for text in texts])
    rows, written = rows.keep(there), [text for text, kept in zip(texts, there, strict=True) if kept]
    if not len(rows):
        reporter(f"{rows.place}: 0 of {len(items):,} items have a title")
        return np.full(len(items), "", np.str_)
    codes, ids = encode_ids(rows.table.column("item"), rows.place, "item")
    by_id = dict(zip(reversed(ids.astype(str)[codes].tolist()), reversed(written), strict=True))
    found = np.array([by_id.get(item, "") for item in items.astype(str)], np.str_)
    titled = int((found != "").sum())
    if titled < len(items):
        shapes = f"items are such as {items.tolist()[0]!r}, and those with a title such as {ids.tolist()[0]!r}"
        unlike = "" if titled else f": {shapes}"
        reporter(f"{rows.place}: {titled:,} of {len(items):,} items have a title{unlike}")
    return found


def _texts(rows: Rows) -> list[str]:
    """The titles as text, empty if there is none."""
    try:
        return list(pc.cast(rows.table.column("title"), pa.string()).fill_null("").to_pylist())
    except pa.ArrowException:
        kind = rows.table.column("title").type
        raise InputError(f"{rows.place}: the titles are of type {kind} and cannot be read as text") from None
