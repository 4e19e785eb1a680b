"""Random folders of parts, matrices, lists and JSON documents, with known content."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
from written_files import RARE, WORDS, Row, Written, draw_rows, plain, write

_NAMES = ["user", "item", "rating", "when"]


def _ids(random: Random, many: int, kind: str = "") -> list[Any]:
    kind = kind or random.choice(["numbers", "zeros", "words"])
    numbers = random.sample(range(10_000), many)
    if kind == "words":
        return random.sample(WORDS, many)
    return [str(number).zfill(6) if kind == "zeros" else str(number) for number in numbers]


def _csv(rows: Sequence[Sequence[Any]], **dialect: Any) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **dialect).writerows(rows)
    return text.getvalue()


def _expected(rows: list[Row]) -> list[Row]:
    users, items = plain([row[0] for row in rows]), plain([row[1] for row in rows])
    return [(user, item, row[2], row[3]) for user, item, row in zip(users, items, rows, strict=True)]


def draw_parts(random: Random, folder: Path) -> Written:
    """A folder of texts or of JSON lines, whose columns may stand in another order in each, beside what is no part."""
    rows = draw_rows(random, _ids(random, 5), _ids(random, 4) if random.random() < 0.7 else random.sample(RARE[:6], 4))
    cuts = sorted(random.choices(range(len(rows) + 1), k=random.randint(1, 3)))
    parts = [rows[start:end] for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    target = folder / random.choice(["parts", "r.csv", "day=7"])
    target.mkdir()
    for name in ("_SUCCESS", ".part-00000.csv.crc", "part-00000.csv.crc", "_metadata"):
        (target / name).write_bytes(b"\0\1")
    kind, compression = random.choice([".csv", ".txt", "", ".jsonl"]), random.choice(["", "", ".gz"])
    inner = random.choice(["", "a/"])
    (target / inner).mkdir(exist_ok=True)
    for number, part in enumerate(parts):
        order = random.sample(range(4), 4) if random.random() < 0.3 else list(range(4))
        cells = [[str(cell) for cell in row] for row in part]
        if kind == ".jsonl":
            text = "".join(json.dumps(dict(zip(_NAMES, row, strict=True))) + "\n" for row in part)
        else:
            text = _csv([[each[at] for at in order] for each in [_NAMES, *cells]])
        text = "" if not part and random.random() < 0.5 else text
        write(target / f"{inner}part-{number:05}{kind}{compression}", text.encode(), compression if kind else "")
    fault = random.choice([None] * 4 + ["column", "kind"])
    if fault == "column":
        (target / f"{inner}part-99999{kind or '.csv'}").write_text(
            '{"user": 1}\n' if kind == ".jsonl" else "user,rating\n1,2\n", encoding="utf-8"
        )
    if fault == "kind":
        pd.DataFrame({"user": [1]}).to_parquet(target / "part-99999.parquet")
    data = {"columns": {"timestamp": "when"}}
    return Written(target.name, data, None if fault else _expected(rows), notes=[kind, compression, fault])


def draw_wide(random: Random, folder: Path) -> Written:
    """A matrix of ratings, as a text, JSON or Parquet."""
    users, items = _ids(random, random.randint(2, 9)), _ids(random, random.randint(2, 12))
    given: list[list[str]] = [[random.choice(["", "", "1", "2.5", "4", "5"]) for _ in items] for _ in users]
    given[0][0], given[-1][-1] = "1", "5"
    rows = [
        (user, item, float(cell), 0)
        for user, cells in zip(users, given, strict=True)
        for item, cell in zip(items, cells, strict=True)
        if cell
    ]
    name = random.choice(["user", "who", ""])
    header, table = [name, *items], [[user, *cells] for user, cells in zip(users, given, strict=True)]
    data: dict[str, Any] = {"shape": "wide"}
    if name == "who" and random.random() < 0.5:
        data["columns"] = {"user": "who"}
    kind = random.choice(["csv", "tsv", "parquet", "headless"])
    if kind == "parquet" and name:
        frame = pd.DataFrame(table, columns=header)
        frame[items] = frame[items].apply(pd.to_numeric)
        frame.to_parquet(folder / "r.parquet")
        return Written("r.parquet", data, _expected(rows), timed=False, notes=[kind])
    separator = "\t" if kind == "tsv" else ","
    heads = [] if kind == "headless" else [header]
    write(folder / "r.csv", _csv([*heads, *table], delimiter=separator).encode(), "")
    if kind == "headless":
        places = {item: str(at) for at, item in enumerate(items, 2)}
        rows = [(user, places[item], rating, time) for user, item, rating, time in rows]
        data |= {"header": False, "columns": {"user": 1}}
    said = separator == "," or len(table) > 2
    return Written("r.csv", data | {"separator": separator}, _expected(rows), said, timed=False, notes=[kind, name])


def draw_lists(random: Random, folder: Path) -> Written:
    """A person with all their items: in a cell, in whatever brackets, or as a line, with or without a count."""
    users, items = _ids(random, random.randint(3, 9)), _ids(random, 12, random.choice(["numbers", "zeros"]))
    lists = [random.sample(items, random.randint(0, 9)) for _ in users]
    lists[0], lists[1] = items[:5], items[3:7]
    rows: list[Row] = [(user, item, 1.0, 0) for user, each in zip(users, lists, strict=True) for item in each]
    data: dict[str, Any] = {"shape": "lists", "feedback": "implicit"}
    kind = random.choice(
        ["json", "python", "numpy", "braces", "|", ";", " ", "lines", "counted", "objects", "impressions"]
    )
    if kind in ("lines", "counted"):
        data |= {"header": False, "columns": {"user": 1, "item": 2}}
        separator = random.choice([" ", "\t", ","])
        data |= {"separator": separator} if random.random() < 0.5 else {}
        first = [str(len(each)) for each in lists] if kind == "counted" else users
        lines = [separator.join([one, *each]) for one, each in zip(first, lists, strict=True)]
        if kind == "counted":
            rows = [(str(at), item, 1.0, 0) for at, each in enumerate(lists, 1) for item in each]
        elif all(one == str(len(each)) for one, each in zip(users, lists, strict=True)):
            return draw_lists(random, folder)
        (folder / "r.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return Written("r.txt", data, _expected(rows), timed=False, notes=[kind, separator])
    data["columns"] = {"item": "items"}
    if kind == "objects":
        text = "".join(json.dumps({"user": u, "items": each}) + "\n" for u, each in zip(users, lists, strict=True))
        (folder / "r.jsonl").write_text(text, encoding="utf-8")
        return Written("r.jsonl", data, _expected(rows), timed=False, notes=[kind])
    if kind == "impressions":
        shown = [[f"{item}-{int(item in each)}" for item in items] for each in lists]
        cells = [" ".join(each) for each in shown]
    else:
        writers = {"json": json.dumps, "python": repr, "numpy": lambda each: f"[{' '.join(each)}]"}
        writers |= {"braces": lambda each: "{" + ",".join(each) + "}"}
        cells = [writers[kind](each) if kind in writers else kind.join(each) for each in lists]
    table = [["user", "items"], *([one, cell] for one, cell in zip(users, cells, strict=True))]
    (folder / "r.csv").write_text(_csv(table), encoding="utf-8")
    return Written("r.csv", data, _expected(rows), timed=False, notes=[kind])


def draw_documents(random: Random, folder: Path) -> Written:
    """One document of JSON as pandas writes it, or objects as Python does."""
    rows = draw_rows(random, _ids(random, 5), random.sample(RARE, 4))
    frame = pd.DataFrame(rows, columns=_NAMES)
    kind = random.choice(["columns", "index", "split", "records", "table", "lists", "python", "values"])
    if kind == "python":
        text = "\n".join(repr(each) for each in frame.to_dict("records"))
    elif kind == "lists":
        text = json.dumps(frame.to_dict("list"))
    else:
        text = frame.to_json(orient=kind, indent=random.choice([None, 2]))
    name = random.choice(["r.json", "r.json", "r"])
    (folder / name).write_text(text, encoding="utf-8")
    wrong = kind == "values" and name != "r"
    expected = None if wrong or kind == "values" else _expected(rows)
    return Written(name, {"columns": {"timestamp": "when"}}, expected, notes=[kind, name])
