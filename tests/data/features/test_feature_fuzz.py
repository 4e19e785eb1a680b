"""Fuzz of tables of items: each is read right, or refused in one sentence."""

from __future__ import annotations

import json
import math
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest

from recsys.data.features.encoder import FeatureEncoder
from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.documents import validate
from recsys.errors import InputError

WORDS = ["Comedy", "Drama", "Sci-Fi", "Film Noir", "Zoë", "日本", "NA", "none", "A&B", "x=y", "O'Brien", "ünïcödé"]
JUNK = [
    "?",
    "-",
    "nan",
    "",
    " ",
    "\u200b",
    "[",
    "]",
    "[1,",
    "{}",
    "'",
    "\\",
    "1e999",
    "-inf",
    "0x1f",
    "١٢",
    "a|b",
    ",",
    ";;",
]
FEW, MANY = 150, 5000


@dataclass
class Case:
    """A table of items, and what is known of it."""

    ids: list[Any]
    rows: dict[str, list[Any]]
    """Cells by column, of the rows of the table in order."""
    settings: dict[str, Any]
    genres: dict[Any, list[str]] | None = None
    """The categories of each id, where a column of them is clean."""
    numbers: dict[Any, float] | None = None
    """The number of each id, where a column of them is clean."""
    notes: list[Any] = field(default_factory=list)


def draw(random: Random) -> Case:
    """A table with columns of any kind, with missing values, junk, repeated rows and other ids."""
    count = random.choice([2, 3, 5, 12, 30, 60])
    ids: list[Any] = random.choice(
        [list(range(1, count + 1)), [f"i{at}" for at in range(count)], [f"é {at}" for at in range(count)]]
    )
    table_ids = [each for each in ids if random.random() < 0.9] + random.choice([[], ["other"], [10**12]])
    random.shuffle(table_ids)
    case = Case(ids, {"item": table_ids}, {})
    for number in range(random.randint(1, 4)):
        _KINDS[random.choice(list(_KINDS))](random, case, f"c{number}")
    if random.random() < 0.2:
        name, word = random.choice(list(case.rows)), random.choice(JUNK)
        case.rows[name] = [word if random.random() < 0.2 else cell for cell in case.rows[name]]
        case.genres = case.numbers = None
    if random.random() < 0.2 and table_ids:
        for cells in case.rows.values():
            cells.append(cells[0])  # an equal row
    if random.random() < 0.05 and table_ids:
        for name, cells in case.rows.items():
            cells.append(cells[0] if name == "item" else random.choice(JUNK))
        case.genres = case.numbers = None
    _say(random, case)
    return case


def _genres(random: Random, case: Case, name: str) -> None:
    separator = random.choice("|;,/")
    lists = [random.sample(WORDS[:6], random.randint(0, 3)) for _ in case.rows["item"]]
    case.rows[name] = [separator.join(each) for each in lists]
    case.settings.setdefault("types", {})[name] = {"type": "categories", "separator": separator}
    case.genres = dict(zip(case.rows["item"], lists, strict=True))
    case.notes.append(("genres", name))


def _numbers(random: Random, case: Case, name: str) -> None:
    values = [random.choice([round(random.gauss(0, 9), 3), random.randint(-5, 5), math.nan]) for _ in case.rows["item"]]
    case.rows[name] = ["" if math.isnan(value) else str(value) for value in values]
    case.settings.setdefault("types", {})[name] = "number"
    case.numbers = dict(zip(case.rows["item"], values, strict=True))
    case.notes.append(("numbers", name))


def _any_of(cells: Any) -> Any:
    def fill(random: Random, case: Case, name: str) -> None:
        case.rows[name] = [cells(random) for _ in case.rows["item"]]

    return fill


_KINDS: dict[str, Any] = {
    "genres": _genres,
    "numbers": _numbers,
    "category": _any_of(lambda random: random.choice(WORDS)),
    "inferred list": _any_of(lambda random: "|".join(random.sample(WORDS, random.randint(1, 3)))),
    "brackets": _any_of(lambda random: str(random.sample(WORDS, random.randint(0, 3)))),
    "json": _any_of(lambda random: json.dumps([{"name": random.choice(WORDS)}])),
    "flag": _any_of(lambda random: random.choice(["yes", "no", "", "TRUE", "0"])),
    "year": _any_of(lambda random: random.choice(["", str(random.randint(1900, 2020))])),
    "date": _any_of(
        lambda random: f"{random.randint(1900, 2020)}-{random.randint(1, 13):02}-{random.randint(1, 31):02}"
    ),
    "comma": _any_of(lambda random: f"{random.randint(0, 99)},{random.randint(0, 99)}"),
    "grouped": _any_of(lambda random: f"{random.randint(1, 99)}.{random.randint(0, 999):03}"),
    "vector": _any_of(lambda random: str([round(random.random(), 2) for _ in range(random.choice([3, 3, 3, 3, 2]))])),
    "text": _any_of(lambda random: " ".join(random.choices(WORDS, k=random.randint(0, 12)))),
    "unique": _any_of(lambda random: f"{random.random():.12f}x"),
    "constant": _any_of(lambda _random: "same"),
    "empty": _any_of(lambda _random: ""),
    "junk": _any_of(lambda random: random.choice(JUNK)),
    "characters": _any_of(
        lambda random: "".join(chr(random.choice([*range(32, 127), 233, 8364, 128512])) for _ in range(4))
    ),
}
_TYPES = ["category", "categories", "number", "date", "flag", "text", "vector", {"type": "number", "bins": 4}]


def _say(random: Random, case: Case) -> None:
    """State some columns and types, right ones or wrong ones."""
    names = [name for name in case.rows if name != "item"]
    if random.random() < 0.3:
        name = random.choice(names)
        case.settings.setdefault("types", {})[name] = random.choice(_TYPES)
        case.genres = case.numbers = None
    if random.random() < 0.2:
        case.settings["features"] = [*names, *random.choice([[], [], ["nothing"], ["item"]])]


def check(case: Case) -> Ratings | None:
    """Load it from a file of any format; None if it is refused."""
    random = np.random.default_rng(len(case.ids))
    with tempfile.TemporaryDirectory() as folder:
        ratings = [(user, item, int(random.integers(1, 6))) for user in range(4) for item in case.ids]
        pd.DataFrame(ratings, columns=["user", "item", "rating"]).to_csv(Path(folder) / "r.csv", index=False)
        frame = pd.DataFrame(case.rows, dtype=object)
        name = ["i.csv", "i.tsv", "i.jsonl", "i.parquet", "i.csv.gz"][len(frame) % 5]
        _write(frame, Path(folder) / name)
        document = {"source": "r.csv", "items": {"path": name, **case.settings}}
        try:
            loaded = load_ratings(validate(DataSettings, document, "data"), Path(folder))
        except InputError as error:
            message = str(error)
            assert message.isprintable(), message
            assert 0 < len(message) < 4000
            return None
    _holds(loaded, case)
    return loaded


def _write(frame: pd.DataFrame, path: Path) -> None:
    if ".jsonl" in path.name:
        frame.to_json(path, orient="records", lines=True, force_ascii=False)
    elif ".parquet" in path.name:
        frame.astype(str).to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep="\t" if ".tsv" in path.name else ",")


def _holds(loaded: Ratings, case: Case) -> None:
    """What is true of any features, and what the case says of them."""
    table = loaded.catalogue.item_features
    assert table is not None
    assert table.rows.shape == (len(case.ids), len(table.names))
    assert np.isfinite(table.rows.data).all()
    assert len(table.names) == len(table.columns) > 0
    assert isinstance(table.encoder, FeatureEncoder)
    again = FeatureEncoder.from_json(table.encoder.to_json())
    assert again == table.encoder
    dense = table.rows.toarray()
    of_id = {str(each): row for each, row in zip(loaded.catalogue.item_ids, dense, strict=True)}
    if case.genres is not None:
        _has_genres(of_id, table.names, case)
    if case.numbers is not None:
        _has_numbers(of_id, table.names, case)
    for name in {str(each) for each in case.ids} - {str(each) for each in case.rows["item"]}:
        assert not of_id[name].any()


def _has_genres(of_id: dict[str, Any], names: Any, case: Case) -> None:
    """Each genre of an id that several of them have is an entry of 1."""
    assert case.genres is not None
    name = [name for kind, name in case.notes if kind == "genres"][-1]
    rated = {str(each) for each in case.ids}
    lists = {str(each): genres for each, genres in case.genres.items() if str(each) in rated}
    common = {genre for genre in WORDS if sum(genre in genres for genres in lists.values()) > 1}
    if not any(column.startswith(f"{name}=") for column in names):
        return  # every id has the same ones
    for each, genres in lists.items():
        kept = [genre for genre in genres if genre in common]
        found = {
            column: value
            for column, value in zip(names, of_id[each], strict=True)
            if column.startswith(f"{name}=") and value
        }
        assert found == pytest.approx({f"{name}={genre}": 1.0 for genre in kept})


def _has_numbers(of_id: dict[str, Any], names: Any, case: Case) -> None:
    """Each number is there in units of the standard deviation from the mean of the rated ids."""
    assert case.numbers is not None
    name = [name for kind, name in case.notes if kind == "numbers"][-1]
    rated = {str(each) for each in case.ids}
    known = {str(each): value for each, value in case.numbers.items() if str(each) in rated and not math.isnan(value)}
    if name not in names:
        assert len(set(known.values())) < 2
        return
    mean, deviation = np.mean(list(known.values())), np.std(list(known.values()))
    for each, value in known.items():
        assert of_id[each][list(names).index(name)] == pytest.approx((value - mean) / deviation, abs=1e-5)


def check_many(start: int, count: int) -> list[bool]:
    return [check(draw(Random(seed))) is not None for seed in range(start, start + count)]  # noqa: S311 - tables, no secrets


def test_tables_of_items_are_read_right_or_refused_in_a_sentence() -> None:
    read = check_many(0, FEW)
    assert 0.25 < np.mean(read) < 0.95  # neither all is read, nor nothing


@pytest.mark.slow
def test_thousands_of_tables_of_items_are_read_right_or_refused_in_a_sentence() -> None:
    check_many(FEW, MANY)
