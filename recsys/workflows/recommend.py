"""Ask the champion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recsys.errors import InputError, NotFoundError
from recsys.workflows.frameworks import load_frameworks

if TYPE_CHECKING:
    import pandas as pd

    from recsys.serving.recommender import Recommender


@dataclass(frozen=True)
class Item:
    """A recommended item."""

    item: Any
    title: str | None
    rating: float


@dataclass(frozen=True)
class Recommendations:
    """What a user should see next."""

    user: Any
    items: Sequence[Item]
    fallback: bool
    """Whether the user is unknown and was given the popular items."""


def recommend(
    user: str | int, *, n: int = 10, model: str | None = None, tracking_uri: str | None = None
) -> Recommendations:
    """Top-N of the champion for one user: nothing already rated.

    Args:
        user: The user's id, as in the data.
        n: How many items.
        model: The registered model; the only one by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        InputError: The list would be of no item.
        NotFoundError: There is no champion.
    """
    _check_length(n)
    recommender = _champion(model, tracking_uri)
    known = recommender.user_id(user)
    given = recommender.recommend(known, n)
    return Recommendations(known, [Item(r.item, r.title, r.rating) for r in given.items], given.fallback)


def recommend_all(output: str | Path, *, n: int = 10, model: str | None = None, tracking_uri: str | None = None) -> int:
    """Top-N of the champion for every user, written in chunks; gives the number of rows.

    Args:
        output: A `.parquet` or `.csv` file, with the columns user, rank, item, title (where there are titles), rating.
        n: How many items a user.
        model: The registered model; the only one by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        InputError: The file's ending says nothing.
        NotFoundError: There is no champion.
    """
    _check_length(n)
    output = Path(output)
    writers = {".parquet": _write_parquet, ".csv": _write_csv}
    if output.suffix not in writers:
        raise InputError(f"--output {output}: the name must end in .parquet or .csv")
    if not output.parent.is_dir():
        raise InputError(f"--output {output}: there is no folder {output.parent}")
    part = output.with_name(output.name + ".part")
    try:
        rows = writers[output.suffix](part, _champion(model, tracking_uri).recommend_all(n))
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
    return rows


def _check_length(n: int) -> None:
    if n < 1:
        raise InputError(f"n = {n}: expected 1 or more")


def _write_parquet(path: Path, chunks: Iterator[pd.DataFrame]) -> int:
    import pyarrow as pa
    from pyarrow import parquet

    tables = (pa.Table.from_pandas(chunk, preserve_index=False) for chunk in chunks)
    first = next(tables)
    rows = int(first.num_rows)
    with parquet.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)
            rows += int(table.num_rows)
    return rows


def _write_csv(path: Path, chunks: Iterator[pd.DataFrame]) -> int:
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        for chunk in chunks:
            chunk.to_csv(file, index=False, header=rows == 0)
            rows += len(chunk)
    return rows


def _champion(model: str | None, tracking_uri: str | None) -> Recommender:
    load_frameworks()

    from recsys.registry.mlflow_registry import MlflowRegistry
    from recsys.serving.package import load_package
    from recsys.tracking.mlflow_store import MlflowStore

    registry = MlflowRegistry(MlflowStore(tracking_uri).uri)
    with registry.champion_files(model or only_model(registry.names())) as folder:
        return load_package(folder)


def only_model(names: Sequence[str]) -> str:
    """The one registered model."""
    if not names:
        raise NotFoundError("there is no champion yet: promote a sweep first (recsys promote NAME)")
    if len(names) > 1:
        raise InputError(f"there are several models, choose one with --model: {', '.join(names)}")
    return names[0]
