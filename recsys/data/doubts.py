"""What is read as it stands and may be meant otherwise: it is said, and how to have it otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recsys.arrays import Float64Array, Int32Array
from recsys.data.ids import WHOLE
from recsys.errors import shown
from recsys.reporter import Reporter

_NONE = {"nan", "na", "n/a", "<na>", "null", "none", "nil", "\\n", "-", "?"}
"""Words that may mean that there is no id, in small letters."""
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
"""Letters of no width."""
_MANY = 1 / 3
"""The share of zeros from which on they may mean that nobody rated."""


def doubt_ids(codes: Int32Array, ids: pd.Index[Any], subject: str, reporter: Reporter) -> None:
    """Say which ids differ by blanks alone, and which word stands among whole numbers.

    Args:
        codes: Each row's place among the ids, (N,).
        ids: int64 or str, each once.
        subject: Where the ids are: the file, and the column.
        reporter: Hears of it.
    """
    if ids.dtype.kind in "iu":
        return
    bare = ids.str.normalize("NFC").str.strip().str.strip(_UNSEEN)
    other = np.asarray(bare != ids)
    counterpart = other.copy()
    counterpart[other] = bare[other].isin(ids)
    if counterpart.any():
        one = shown(f"{ids[counterpart][0]!r} from {bare[counterpart][0]!r}")
        how = "by blanks around them, or how accents are written, alone"
        reporter(f"{subject}: {int(counterpart.sum()):,} ids differ from others {how}, such as {one}")
    words = np.asarray(pc.is_in(pc.utf8_lower(pa.array(ids, pa.string())), pa.array(sorted(_NONE))))
    if words.any() and ids[~words].str.fullmatch(WHOLE).all() and not words.all():
        rows, word = int(words[codes].sum()), ids[words][0]
        reporter(
            f"{subject}: {rows:,} of {len(codes):,} rows have {word!r} where the others have whole numbers: if that "
            f'means that there is none say data.missing = ["{word}"]'
        )


def doubt_zeros(values: Float64Array, place: str, reporter: Reporter) -> None:
    """Say it where a large part of more than two different ratings is 0, below all others."""
    zeros = int((values == 0).sum())
    if values.min() == 0 and zeros > _MANY * len(values) and len(np.unique(values)) > 2:
        reporter(
            f"{place}: {zeros:,} of {len(values):,} ratings are 0: if that means 'not rated' say data.missing = [0]"
        )
