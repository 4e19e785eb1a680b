"""Files of the embeddings for TensorFlow's Embedding Projector."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recsys.arrays import AnyArray, StrArray
from recsys.tracking.weights import TABLES, plain_ids, read_arrays

if TYPE_CHECKING:
    from recsys.data.ratings import Catalogue


def write_projector(folder: Path, weights_folder: Path, catalogue: Catalogue | None) -> None:
    """Write `projector/<table>/tensors.tsv` and `metadata.tsv` for the Embedding Projector, items with their titles.

    The tables are those of users, of items, and of the features of either.
    """
    for name in TABLES:
        source = weights_folder / f"embeddings/{name}.npz"
        if not source.exists():
            continue
        arrays = read_arrays(source)
        titles = _titles(catalogue, arrays["ids"]) if name == "item" else None
        target = folder / f"projector/{name}"
        target.mkdir(parents=True, exist_ok=True)
        np.savetxt(target / "tensors.tsv", arrays["vectors"], delimiter="\t", fmt="%.7g")
        (target / "metadata.tsv").write_text(_metadata(arrays["ids"], titles), encoding="utf-8")


def _titles(catalogue: Catalogue | None, ids: AnyArray) -> StrArray | None:
    if catalogue is None or catalogue.titles is None or not np.array_equal(plain_ids(catalogue.item_ids), ids):
        return None
    return catalogue.titles


def _metadata(ids: AnyArray, titles: StrArray | None) -> str:
    # the Projector expects a header only if there are several columns
    if titles is None:
        return "".join(f"{_cell(i)}\n" for i in ids)
    return "title\tid\n" + "".join(f"{_cell(title)}\t{_cell(i)}\n" for i, title in zip(ids, titles, strict=True))


def _cell(value: object) -> str:
    return " ".join(str(value).split())
