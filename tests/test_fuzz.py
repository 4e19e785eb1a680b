"""Fuzz tests of experiment and data files: each gives a result or one clear error message."""

from __future__ import annotations

import io
import math
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.errors import RecsysError
from recsys.experiment import Experiment, experiment_from, load_experiment
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings

T = TypeVar("T")
ROOT = Path(__file__).parent.parent
FAST = settings(max_examples=300, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
THOROUGH = settings(FAST, max_examples=2000, derandomize=False)
"""Six kinds of cases: 12,000 in total."""


def outcome(act: Callable[[], T]) -> T | None:
    """What comes out of it; None where that is an error of one printable line of bearable length."""
    try:
        return act()
    except RecsysError as error:
        message = str(error)
        if not message.isprintable() or not 0 < len(message) < 4000:
            pytest.fail(f"not one sentence: {message!r}")
        return None


# --- experiment documents ---------------------------------------------------------------------------------------

SHIPPED = [
    load_experiment(path).to_toml() for path in sorted(ROOT.glob("experiments/*.toml")) if "keras" not in path.stem
]
KEYS = st.sampled_from(
    ["source", "kind", "type", "low", "high", "scale", "values", "step", "size", "seed", "fold", "last", "trials", "l2"]
) | st.text(max_size=8)
NUMBERS = st.integers() | st.floats() | st.sampled_from([0, -1, 2**31, 2**63, 10**400, 1e308, math.inf, math.nan])
WORDS = st.sampled_from(["mf", "nnmf", "mlp", "synthetic", "random", "temporal", "int", "float", "choice", "log", ""])
SCALARS = NUMBERS | WORDS | st.text(max_size=12) | st.booleans() | st.dates() | st.datetimes() | st.times()
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A shipped experiment with some of its entries replaced, removed or added, at any depth."""
    document = tomllib.loads(draw(st.sampled_from(SHIPPED)))
    for _ in range(draw(st.integers(1, 4))):
        table: Any = document
        while True:
            key = draw(st.sampled_from(sorted(table)) | KEYS if table else KEYS)
            if not isinstance(table.get(key), dict) or draw(st.integers(0, 3)) == 0:
                break
            table = table[key]
        if key in table and draw(st.integers(0, 3)) == 0:
            del table[key]
        else:
            table[key] = draw(TREES)
    return document


@st.composite
def toml_texts(draw: st.DrawFn) -> bytes:
    """Any bytes, or the text of a shipped experiment with a piece cut out and another put in."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")))
    text = draw(st.sampled_from(SHIPPED)).encode()
    start = draw(st.integers(0, len(text)))
    piece = draw(
        st.binary(max_size=6)
        | st.sampled_from([b"=", b"[", b"]]", b'"""', b"\n[space]\n", b"9" * 5000, b"a." * 3000, b"[" * 3000])
    )
    return text[:start] + piece + text[start + draw(st.integers(0, 40)) :]


def holds(experiment: Experiment) -> None:
    """What is true of any experiment that loads: its TOML is its document and reads back; space and point are there."""
    again = tomllib.loads(experiment.to_toml())
    assert again == experiment.document
    assert experiment_from(again, source="again", folder=Path(), name="x").to_toml() == experiment.to_toml()
    space = experiment.search_space
    assert space.admits(space.nearest(experiment.default_point))


def check_document(document: dict[str, Any]) -> None:
    """Load it from the document."""
    experiment = outcome(lambda: experiment_from(document, source="x.toml", folder=ROOT / "experiments", name="x"))
    if experiment:
        holds(experiment)


def check_overrides(texts: list[str]) -> None:
    """Load the smoke experiment with these words after `--set`."""
    experiment = outcome(lambda: load_experiment(ROOT / "experiments/smoke.toml", texts))
    if experiment:
        holds(experiment)


def check_toml(content: bytes) -> None:
    """Load it from a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.toml"
        path.write_bytes(content)
        experiment = outcome(lambda: load_experiment(path))
        if experiment:
            holds(experiment)


def overrides() -> st.SearchStrategy[list[str]]:
    """Words after `--set`: a section, a key and a value that more or less fit, or any text."""
    sections = st.sampled_from(["study.", "data.", "split.validation.", "point.", "space.dropout.", "model.", "", "."])
    values = SCALARS.map(repr) | st.text(max_size=8) | st.sampled_from(["[" * 3000, "9" * 5000, "{a=1}", "[[1]]", "'"])
    fitting = st.builds("{}{}={}".format, sections, KEYS, values)
    return st.lists(fitting | st.text(max_size=20), min_size=1, max_size=3)


@st.composite
def floats_for_ints(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A shipped experiment, and its document with some of the whole numbers written as 4.0."""
    text = draw(st.sampled_from(SHIPPED))

    def floated(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: floated(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [floated(inner) for inner in value]
        return float(value) if type(value) is int and draw(st.booleans()) else value

    return text, floated(tomllib.loads(text))


def check_floats(case: tuple[str, dict[str, Any]]) -> None:
    """They mean the same; with a fraction they are an error that names the key."""
    text, document = case
    assert experiment_from(document, source="x", folder=ROOT / "experiments", name="x").to_toml() == text
    spoilt = {**document, "study": {**document["study"], "trials": document["study"]["trials"] + 0.5}}
    assert outcome(lambda: experiment_from(spoilt, source="x", folder=ROOT, name="x")) is None


# --- data files -------------------------------------------------------------------------------------------------

CELLS = (
    st.sampled_from(
        [
            "1",
            "2",
            "3",
            "4.5",
            "a",
            "b",
            "",
            "nan",
            "NA",
            "inf",
            "-inf",
            "1e999",
            "007",
            "1e3",
            "0x10",
            "True",
            '"',
            "é",
        ]
    )
    | st.integers().map(str)
    | st.floats().map(str)
    | st.text(max_size=6)
    | st.datetimes().map(str)
)
HEADERS = st.sampled_from(["user,item,rating,when", "user,item,rating", "user,item,rating,rating", "a,b,c", ""])
DATA = st.fixed_dictionaries(
    {},
    optional={
        "scale": st.sampled_from([(1.0, 5.0), (0.5, 5.0), (-10.0, 10.0)]),
        "duplicates": st.sampled_from(["error", "last", "mean"]),
        "columns": st.sampled_from(
            [{"timestamp": "when"}, {"timestamp": "item"}, {"user": "item"}, {"rating": "user"}]
        ),
        "titles": st.sampled_from([{"path": "t.csv"}, {"path": "r.csv", "title": "rating"}]),
    },
)


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """The text of a CSV file whose rows are mostly of the right length, or any bytes."""
    if draw(st.integers(0, 5)) == 0:
        return draw(st.binary(max_size=80))
    good = draw(st.integers(0, 2)) > 0
    user, rating = st.sampled_from(["ann", "bob", "7", "07"]), st.sampled_from(["1", "2.5", "5"])
    plain = st.tuples(user, st.integers(0, 30).map(str), rating, st.integers(0, 2**33).map(str)).map(list)
    wild = st.lists(CELLS, min_size=2, max_size=5)
    rows = draw(st.lists(plain, max_size=12)) + draw(st.lists(wild, max_size=1 if good else 6))
    lines = [draw(HEADERS) if not good else "user,item,rating,when", *(",".join(row) for row in rows)]
    return draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines).encode("utf-8", "surrogatepass")


def frames() -> st.SearchStrategy[bytes]:
    """A Parquet file with columns of any type, damaged now and then."""
    columns = st.sampled_from(
        [
            [1, 2, 3],
            [1.5, math.nan, 2.0],
            ["a", None, "b"],
            [True, False, True],
            [b"x", b"y", b"z"],
            [[1], [2], [3]],
            pd.to_datetime(["2020-01-01", "1970-01-01", "2262-01-01"]),
            [2**63 - 1, -(2**63), 0],
            np.array([1, 2, 3], np.uint64) + np.uint64(2**63),
            [{"a": 1}, {"a": 2}, None],
        ]
    )
    names = st.lists(st.sampled_from(["user", "item", "rating", "when", "x"]), min_size=3, max_size=5, unique=True)

    def parquet(drawn: tuple[list[str], list[Any], int]) -> bytes:
        buffer = io.BytesIO()
        pd.DataFrame(dict(zip(*drawn[:2], strict=False))).to_parquet(buffer)
        content = buffer.getvalue()
        return content[: drawn[2]] + content[drawn[2] + 1 :] if drawn[2] < 400 else content

    return st.tuples(names, st.lists(columns, min_size=5, max_size=5), st.integers(0, 2000)).map(parquet)


def hold(ratings: Ratings) -> None:
    """What is true of any ratings that load."""
    assert len(ratings) > 0
    assert ratings.users.max() < ratings.catalogue.users
    assert ratings.items.max() < ratings.catalogue.items
    assert np.isfinite(ratings.values).all()
    low, high = np.float32(ratings.scale)
    assert low <= ratings.values.min() <= ratings.values.max() <= high
    assert ratings.catalogue.item_ids.is_unique
    assert len(ratings.digest) == 36
    pairs = set(zip(ratings.users.tolist(), ratings.items.tolist(), strict=True))
    assert len(pairs) == len(ratings)


def check_data(content: bytes, ending: str, how: dict[str, Any]) -> None:
    """Load the file as the settings say, and split it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"r{ending}").write_bytes(content)
        (Path(folder) / "t.csv").write_text("item,title\n1,One\n2,\n")
        data = DataSettings.model_validate({"source": f"r{ending}", **how})
        ratings = outcome(lambda: load_ratings(data, Path(folder)))
        if ratings:
            hold(ratings)
            outcome(lambda: make_split(ratings, SplitSettings()))


# --- the cases --------------------------------------------------------------------------------------------------

CASES: dict[str, tuple[Any, ...]] = {
    "experiment documents": (check_document, documents()),
    "whole numbers as floats": (check_floats, floats_for_ints()),
    "overrides": (check_overrides, overrides()),
    "experiment files": (check_toml, toml_texts()),
    "tables of text": (check_data, tables(), st.sampled_from([".csv", ".tsv"]), DATA),
    "Parquet tables": (check_data, frames(), st.just(".parquet"), DATA),
}
"""By kind: the check, and what it is given."""


@pytest.mark.parametrize("kind", CASES)
def test_only_results_or_clear_errors_come_out_of(kind: str) -> None:
    check, *cases = CASES[kind]
    FAST(given(*cases)(check))()


@pytest.mark.slow
@pytest.mark.parametrize("kind", CASES)
def test_nothing_else_comes_out_of_twelve_thousand_cases(kind: str) -> None:
    check, *cases = CASES[kind]
    THOROUGH(given(*cases)(check))()
