"""Random delimited text files, with or without an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from written_files import RARE, WORDS, Written, column_of, draw_rows, plain, write

_SEPARATORS = [",", ";", "\t", "|", "::", " ", ", ", "~", "<>", "§"]
_ENCODINGS = ["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "utf-32"]
_LINE_ENDS = ["\n", "\n", "\r\n", "\r"]
_STRAY = ['"open', 'closed"', '7" single', '"Ghost" Town', '"all"', 'a "b" c', '"', "O'"]
"""Cells with quotes that quote nothing."""


def draw_ids(random: Random) -> list[Any]:
    """Some different ids, as text."""
    kind = random.choice(["numbers", "numbers", "zeros", "points", "words", "rare", "large", "mixed"])
    many = random.randint(2, 8)
    numbers = [str(number) for number in random.sample(range(-50, 10_000), many)]
    draw: dict[str, Callable[[], list[str]]] = {
        "numbers": lambda: numbers,
        "zeros": lambda: [number.replace("-", "").zfill(6) for number in numbers],
        "points": lambda: [f"{number}.0" for number in numbers],
        "words": lambda: random.sample(WORDS, many),
        "rare": lambda: random.sample(WORDS[:5] + RARE, many),
        "large": lambda: [str(2**62 + random.randint(0, 2**64)) for _ in numbers],
        "mixed": lambda: [*numbers, "x"],
    }
    return list(dict.fromkeys(draw[kind]()))


def draw_text(random: Random, folder: Path) -> Written:
    """A delimited text, with or without a fault, and with or without what is hard to find out being said."""
    users, items = draw_ids(random), draw_ids(random)
    rows = draw_rows(random, users, items)
    separator, encoding, end = (random.choice(each) for each in (_SEPARATORS, _ENCODINGS, _LINE_ENDS))
    header, decimal = random.random() < 0.7, random.choice([".", ".", ","])
    quote_all, names = random.random() < 0.2, ["user", "item", "rating", "when"]
    thousands = random.choice([None] * 5 + [",", ".", " ", "'"])
    if thousands is not None:
        decimal = "," if thousands == "." else "." if thousands == "," else decimal
        rows = [
            (user, item, round(rating * random.choice([10, 400, 1000, 10**6])), time)
            for user, item, rating, time in rows
        ]
    cells = [[user, item, _number(rating, decimal, thousands), str(time)] for user, item, rating, time in rows]
    order = random.sample(range(4), 4)
    for _ in range(random.choice([0, 0, 0, 1, 2])):
        place = random.randint(0, 3)
        order.insert(place, len(names))
        names.append(f"extra{len(names)}")
        for row in cells:
            row.append(random.choice(["", "x", "7", 'a "quoted" note', "two\nlines", f"with{separator}it", "3,5"]))
    style = _style(random, cells, separator)
    if style == "none" and len(names) > 4:
        for row in cells:
            row[-1] = random.choice([each for each in _STRAY if not set(each) & set(separator)] or ["x"])
    table = [[row[column] for column in order] for row in cells]
    if random.random() < 0.2:  # a blank line is no row
        table.insert(random.randint(0, len(table)), [])
    fault = random.choice([None] * 7 + ["more", "fewer", "quote", "no id", "no rating", "word", "soon"])
    if fault == "quote" and order[-1] < 2:  # an id may begin with a quote
        fault = None
    _spoil(random, table, order, fault)
    heads = [[names[column] for column in order]] if header else []
    if header and random.random() < 0.1:  # as where files were put one behind the other
        table.insert(random.randint(1, len(table)), heads[0])
    lines = [_line(row, separator, style, quote_all=quote_all) for row in [*heads, *table]]
    if fault == "quote":
        last = max(at for at, row in enumerate(table) if row and row not in heads)
        written = _line(table[last][:-1], separator, style, quote_all=quote_all)
        lines[len(heads) + last] = f'{written}{separator}"never closed'
    if len(separator) == len(separator.encode()) == 1 and random.random() < 0.1:
        lines.insert(0, f"sep={separator}")
    text = end.join(lines) + (end if random.random() < 0.8 else "")
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError:
        content, encoding = text.encode(), "utf-8"
    compression = random.choice(["", "", "", ".gz", ".zst"])
    ending = random.choice([".csv", ".tsv", ".txt", ".dat", ".CSV"])
    columns = {name: order.index(at) + 1 for at, name in enumerate(["user", "item", "rating", "timestamp"])}
    if header and random.random() < 0.7:
        columns = {"timestamp": "when"}
    data: dict[str, Any] = {"columns": columns, "header": header, "decimal": decimal}
    said = random.random() < 0.6
    if said:
        scale = {"scale": (0, 10**7)} if thousands else {}
        data |= {"separator": separator, "encoding": encoding, "thousands": thousands or "", **scale}
    elif random.random() < 0.3 and decimal == ",":
        data["decimal"] = "."
    data |= {"quote": style} if style == "'" or (style == "none" and (said or _opens(users + items))) else {}
    data |= {"escape": "\\"} if style == "escape" else {}
    if separator == " " and style == "double" and said:  # of words between blanks a line in a cell may be a row
        data |= {"quote": '"'}
    write(folder / f"r{ending}{compression}", content, compression)
    expected = list(
        zip(plain(column_of(rows, 0)), plain(column_of(rows, 1)), column_of(rows, 2), column_of(rows, 3), strict=True)
    )
    notes = [separator, encoding, end, fault, quote_all, order, style, thousands]
    if fault == "quote" and order[-1] > 3:  # in a column that nobody uses it may be a letter
        return Written(f"r{ending}{compression}", data, expected, said=False, notes=notes)
    return Written(f"r{ending}{compression}", data, None if fault else expected, said, notes)


def _number(value: float, decimal: str, thousands: str | None) -> str:
    """A number as it is written with these signs."""
    if thousands is None:
        return str(value).replace(".", decimal)
    return f"{value:,}".replace(",", thousands)


def _style(random: Random, cells: list[list[str]], separator: str) -> str:
    """How cells are quoted: by doubled quotes, by escapes, by another quote, or not at all where none needs it."""
    style = random.choice(["double"] * 5 + ["escape", "'", "none", "none"])
    special = {separator, *separator, "\n", "\r", " "}
    texts = [cell for row in cells for cell in row]
    bare = not any(each in text for text in texts for each in special) and all(
        text.strip() == text != "" for text in texts
    )
    return "double" if style == "none" and not bare else style


def _opens(ids: list[str]) -> bool:
    """Whether an id begins with a quote, which nobody can tell from one that quotes."""
    return any(each.startswith('"') for each in ids)


def _spoil(random: Random, table: list[list[str]], order: list[int], fault: str | None) -> None:
    row = random.choice([row for row in table if row])
    if fault == "more":
        row.insert(random.randint(0, len(row)), random.choice(["9", "x"]))
        if row is next(each for each in table if each) and len(table) < 3:  # or it would be the width of the table
            table.append([*row, "9"])
    elif fault == "fewer":
        del row[random.randrange(len(row))]
        table.extend([[*row, "1", "2"]] if len([each for each in table if each]) < 3 else [])
    elif fault in ("no id", "no rating", "word", "soon"):
        at, cell = {"no id": (0, ""), "no rating": (2, ""), "word": (2, "good"), "soon": (3, "soon")}[fault]
        row[order.index(at)] = cell


def _line(row: list[str], separator: str, style: str = "double", *, quote_all: bool) -> str:
    quote = "'" if style == "'" else '"'

    def cell(text: str) -> str:
        if style == "none":
            return text
        if style == "escape":
            text = text.replace("\\", "\\\\").replace('"', '\\"')
        if not text and separator == " ":
            return quote * 2  # or it would be no more than a longer run of blanks
        special = {separator, *separator, quote, "\n", "\r", " "}
        if not quote_all and not any(each in text for each in special):
            return text
        return quote + (text if style == "escape" else text.replace(quote, quote * 2)) + quote

    return separator.join(map(cell, row))
