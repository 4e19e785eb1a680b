"""Tables of items beside ratings, in any format, and what comes of loading them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from recsys.arrays import AnyArray
from recsys.data.features.encoder import FeatureEncoder
from recsys.data.features.feature_table import FeatureTable
from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.documents import validate

Columns = Mapping[str, Sequence[Any]]


@dataclass
class Loaded:
    """Ratings with the features of their items, and the notes of loading them."""

    ratings: Ratings
    notes: list[str]
    folder: Path
    table: FeatureTable = field(init=False)

    def __post_init__(self) -> None:
        assert self.ratings.catalogue.item_features is not None
        self.table = self.ratings.catalogue.item_features

    @property
    def encoder(self) -> FeatureEncoder:
        assert isinstance(self.table.encoder, FeatureEncoder)
        return self.table.encoder

    @property
    def types(self) -> dict[str, str]:
        """The type of each column."""
        return {each.column: each.type for each in self.encoder.encoders}

    @property
    def left_out(self) -> dict[str, str]:
        """Why each column is left out, by its name."""
        parts = [note.split("column '", 1)[1] for note in self.notes if "' is left out: " in note]
        return dict(part.split("' is left out: ", 1) for part in parts)

    def row(self, item: Any) -> dict[str, float]:
        """The entries of an item by feature."""
        dense = self.table.rows[[list(self.ratings.catalogue.item_ids).index(item)]].toarray()[0]
        return {name: float(value) for name, value in zip(self.table.names, dense, strict=True) if value}

    def values(self, name: str) -> AnyArray:
        """One feature of all items (I,)."""
        return np.asarray(self.table.rows.toarray()[:, list(self.table.names).index(name)])


def write_ratings(folder: Path, items: Sequence[Any], name: str = "ratings.csv") -> None:
    """Ratings of all items by three users, in the order of the items."""
    lines = [f"{user},{item},{1 + (user + at) % 5}" for at, item in enumerate(items) for user in range(3)]
    (folder / name).write_text("\n".join(["user,item,rating", *lines]) + "\n", encoding="utf-8")


def write_table(folder: Path, columns: Columns, name: str = "items.csv") -> None:
    """A table in the format of its name. Lists stay lists in JSON and Parquet, and are joined by `|` in texts."""
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    path = folder / name
    if ".parquet" in name:
        pq.write_table(pa.table({key: pa.array(list(cells)) for key, cells in columns.items()}), path)
    elif ".json" in name:
        path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    else:
        sign = {".tsv": "\t", ".dat": "::"}.get(path.suffix, ",")
        text = "\n".join([sign.join(columns), *(sign.join(map(_cell, row.values())) for row in rows)]) + "\n"
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = "|".join(map(str, value)) if isinstance(value, list) else str(value)
    return f'"{text}"' if "," in text else text


def load(
    folder: Path,
    columns: Columns,
    *,
    items: Sequence[Any] | None = None,
    name: str = "items.csv",
    data: Mapping[str, Any] | None = None,
    **section: Any,
) -> Loaded:
    """Load ratings of the table's items, or of others, with the table's features."""
    rated = list(columns["item"] if items is None else items)
    write_ratings(folder, rated)
    write_table(folder, columns, name)
    document = {"source": "ratings.csv", "items": {"path": name, **section}, **(data or {})}
    notes: list[str] = []
    loaded = load_ratings(validate(DataSettings, document, "data"), folder, notes.append)
    return Loaded(loaded, [note.replace(f"{folder}/", "") for note in notes], folder)
