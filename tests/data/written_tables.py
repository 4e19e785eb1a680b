"""Random Parquet and JSON files of many types, with or without an error."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from written_files import RARE, WORDS, Written, column_of, draw_rows, plain, write


def draw_parquet(random: Random, folder: Path) -> Written:
    """A Parquet file, or a folder of them, of any types."""
    ids = {
        "int64": lambda: (pa.int64(), random.sample(range(-9, 10**12), 5), int),
        "int8": lambda: (pa.int8(), random.sample(range(-9, 99), 5), int),
        "uint64": lambda: (pa.uint64(), [2**63 + random.randrange(2**62) for _ in range(5)], str),
        "float": lambda: (pa.float64(), [float(each) for each in random.sample(range(10**6), 5)], int),
        "fraction": lambda: (pa.float64(), [each + 0.5 for each in random.sample(range(10**6), 5)], str),
        "string": lambda: (pa.string(), random.sample(WORDS, 5), str),
        "large": lambda: (pa.large_string(), random.sample(RARE, 5), str),
        "view": lambda: (pa.string_view(), random.sample(RARE, 5), str),
        "digits": lambda: (pa.string(), [str(each) for each in random.sample(range(10**6), 5)], int),
        "category": lambda: (pa.dictionary(pa.int8(), pa.string()), random.sample(WORDS, 5), str),
        "bytes": lambda: (pa.binary(), [each.encode() for each in random.sample(WORDS, 5)], bytes.decode),
        "decimal": lambda: (pa.decimal128(38, 0), [Decimal(each) for each in random.sample(range(10**6), 5)], int),
        "huge": lambda: (pa.decimal128(38, 0), [Decimal(2**64 + random.randrange(2**64)) for _ in range(5)], str),
        "coarse": lambda: (pa.float64(), [float(2**53 + 2 * each) for each in range(5)], None),
        "raw": lambda: (pa.binary(), [bytes([255, each]) for each in range(5)], None),
        "bool": lambda: (pa.bool_(), [True, False], None),
        "list": lambda: (pa.list_(pa.int64()), [[each] for each in range(5)], None),
    }
    kinds = [random.choice(list(ids)) for _ in range(2)]
    (user_type, users, of_user), (item_type, items, of_item) = (ids[kind]() for kind in kinds)
    rows = draw_rows(random, users, items)
    ratings: Any = random.choice([pa.float64(), pa.float32(), pa.decimal128(5, 1), pa.string()])
    times: Any = random.choice([pa.int64(), pa.float64(), pa.string(), pa.timestamp("s"), pa.timestamp("ns", "UTC")])
    values = [Decimal(str(row[2])) if pa.types.is_decimal(ratings) else row[2] for row in rows]
    when = pa.array([row[3] for row in rows])
    when = when.cast(pa.timestamp("s")) if pa.types.is_timestamp(times) else when
    table = pa.table(
        {
            "user": pa.array([row[0] for row in rows], user_type),
            "item": pa.array([row[1] for row in rows], item_type),
            "rating": pa.array([str(each) for each in values] if ratings == pa.string() else values, ratings),
            "when": when.cast(times),
            "unused": pa.array([{"deep": [1]}] * len(rows)),
        }
    )
    name = "r.parquet"
    if random.random() < 0.3:
        name = random.choice(["parts", "parts.parquet"])
        _write_parts(table, folder / name, random.randint(0, len(rows)))
    else:
        pq.write_table(table, folder / name)
    expected = None
    if of_user is not None and of_item is not None:
        expected = [(_id(user, of_user), _id(item, of_item), rating, time) for user, item, rating, time in rows]
    return Written(name, {"columns": {"timestamp": "when"}}, expected, notes=[*kinds, ratings, times])


def _write_parts(table: pa.Table, folder: Path, cut: int) -> None:
    """A folder of two files, beside a mark that a job has ended."""
    folder.mkdir()
    (folder / "_SUCCESS").touch()
    for number, part in enumerate([table.slice(0, cut), table.slice(cut)]):
        pq.write_table(part, folder / f"part-{number:05}.snappy.parquet")


def _id(given: Any, convert: Callable[[Any], Any]) -> Any:
    return str(int(given)) if isinstance(given, Decimal) and convert is str else convert(given)


def draw_json(random: Random, folder: Path) -> Written:
    """Objects a line, or an array of them; with the faults that they may have."""
    kind = random.choice(["int", "str", "digits", "float", "huge", "mixed", "list"])
    users: list[Any] = {
        "int": random.sample(range(10**6), 5),
        "str": random.sample(WORDS, 5),
        "digits": [str(each) for each in random.sample(range(10**6), 5)],
        "float": [float(each) for each in random.sample(range(10**6), 5)],
        "huge": [2**63 + random.randrange(2**64) for _ in range(5)],
        "mixed": [1, 2, "3", "x"],
        "list": [[1], [2]],
    }[kind]
    rows = draw_rows(random, users, random.sample(RARE, 4))
    while kind == "mixed" and len({type(row[0]) for row in rows}) < 2:
        rows = draw_rows(random, users, random.sample(RARE, 4))
    objects = [{"user": u, "item": i, "rating": r, "when": t, "more": {"a": [1]}} for u, i, r, t in rows]
    fault = random.choice([None] * 5 + ["cut", "no id", "no object"])
    if fault == "no id":
        del objects[0]["item"]
    lines = [json.dumps(each, ensure_ascii=random.random() < 0.5) for each in objects]
    if fault == "no object":
        lines.append("7")
    text = "\n".join(lines) if random.random() < 0.6 else "[" + ",\n".join(lines) + "]"
    if fault == "cut":
        text = text[: text.rindex(":")]
    compression = random.choice(["", ".gz", ".zst"])
    name = random.choice([".json", ".jsonl", ".JSON"])
    write(folder / f"r{name}{compression}", text.encode(random.choice(["utf-8", "utf-8-sig"])), compression)
    convert: dict[str, Callable[[Any], Any]] = {"digits": int, "float": int, "huge": str, "mixed": str}
    users = [convert.get(kind, lambda each: each)(row[0]) for row in rows]
    users = plain(users) if kind == "mixed" else users
    expected = list(zip(users, *(column_of(rows, at) for at in (1, 2, 3)), strict=True))
    wrong = fault or kind == "list"
    return Written(
        f"r{name}{compression}", {"columns": {"timestamp": "when"}}, None if wrong else expected, notes=[kind]
    )
