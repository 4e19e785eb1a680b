"""Random files as users have them, with known content."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

Row = tuple[Any, Any, float, int]
WORDS = ["ann", "José", "naïve", "O'Brien", "Zoë", "NA", "nan", "null", "None", "True", "1e3", "+7", "x1", "-0", "1.5"]
RARE = [
    'say "hi"',
    "a,b",
    "c;d",
    "e::f",
    "g|h",
    "i j",
    "k~l",
    "m<>n",
    "§",
    "tab\there",
    "€5",
    "日本",
    "  ",
    "'",
    "#1",
    "\\",
]


@dataclass
class Written:
    """A file, what is said of it, and what is in it."""

    name: str
    data: dict[str, Any]
    """`[data]`."""
    rows: list[Row] | None
    """User, item, rating and time of every row; None where the file has a fault, for which it has to be refused."""
    said: bool = True
    """Whether all there is to say is said, so that the file has to be read."""
    timed: bool = True
    """Whether rows have times; without them they come in any order, and a pair once."""
    notes: list[Any] = field(default_factory=list)
    """How it was drawn, for whoever looks at a failure."""


def column_of(rows: list[Row], at: int) -> list[Any]:
    """One column of the rows."""
    return [row[at] for row in rows]


def plain(ids: list[Any]) -> list[Any]:
    """Ids as they have to come out of text: numbers where all are written as whole numbers of 64 bits."""
    if all(re.fullmatch(r"0|-?[1-9]\d*(\.0+)?|0\.0+", str(each)) for each in ids):
        numbers = [int(str(each).split(".")[0]) for each in ids]
        if all(-(2**63) <= number < 2**63 for number in numbers):
            return numbers
    return ids


def draw_rows(random: Random, users: list[Any], items: list[Any]) -> list[Row]:
    """Distinct pairs with ratings of one to five in tenths, of which two differ, and times that all differ."""
    pairs = [(user, item) for user in users for item in items]
    random.shuffle(pairs)
    pairs = pairs[: random.randint(2, max(2, len(pairs)))]
    times = random.sample(range(1_000_000_000, 1_700_000_000), len(pairs))
    ratings = [random.randint(10, 50) / 10 for _ in pairs]
    ratings[:2] = [1.5, 4.5]
    return [(user, item, rating, time) for (user, item), rating, time in zip(pairs, ratings, times, strict=True)]


def write(path: Path, content: bytes, compression: str) -> None:
    """The content in a file, compressed as the ending says."""
    if compression == ".gz":
        content = gzip.compress(content)
    elif compression == ".zst":
        content = pa.compress(content, codec="zstd", asbytes=True)
    path.write_bytes(content)
