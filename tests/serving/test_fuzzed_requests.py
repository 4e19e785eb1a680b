"""Fuzz tests of HTTP requests with known meaning: the response is the right answer or a clear error."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servers import CSV, JSON, PARQUET, Ask, mlflows, ours
from serving_samples import ITEMS, USERS
from written import FORMS, Rows

from recsys.serving.keys import KEYS
from recsys.serving.recommender import Recommender

FAST = settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
THOROUGH = settings(FAST, max_examples=850, derandomize=False)
"""Of right requests, for three champions: with 2,600 of any others, 5,150 in all."""
NUMBERS = [-5, 0, 7, 70, 2**53 + 1, 2**62, *range(100, 106)]
TEXTS = [
    "7",
    "007",
    "1e3",
    "NA",
    "null",
    "nan",
    "True",
    "a,b",
    'say "x"',
    " 8",
    "8",
    "é",
    "0195153448",
    "-1",
    "1.50",
    "x",
]
TEXTS += [f"i{n}" for n in range(4)]


@pytest.fixture(scope="module")
def champions(recommender: Recommender) -> dict[str, tuple[Ask, Recommender]]:
    """Two champions whose ids a guess would spoil, each behind a server."""
    catalogue = recommender.catalogue
    numbered = replace(recommender, catalogue=replace(catalogue, user_ids=pd.Index(NUMBERS)))
    texts = replace(recommender, catalogue=replace(catalogue, user_ids=pd.Index(NUMBERS), item_ids=pd.Index(TEXTS)))
    return {
        "text and numbers, ours": (ours(recommender), recommender),
        "numbers and text, ours": (ours(texts), texts),
        "numbers, MLflow's": (mlflows(numbered), numbered),
    }


KINDS = ("text and numbers, ours", "numbers and text, ours", "numbers, MLflow's")
IDS = {kind: (USERS if "text and n" in kind else NUMBERS, TEXTS if "and text" in kind else ITEMS) for kind in KINDS}
LENGTHS = st.sampled_from([1, 2, 25, 10**9])
NO_LENGTHS = st.sampled_from([0, -3, 1.5, "x", True, [2], -(10**30)])
NO_IDS = st.sampled_from([True, [1], {"id": 1}, 1e300, [None]])


@st.composite
def rows(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """A row that can be answered."""
    users, items = IDS[kind]
    row: dict[str, Any] = {"user": draw(st.sampled_from([*users, "nobody"]))}
    if draw(st.booleans()):
        return row | {"item": draw(st.sampled_from([*items, "nothing" if items is TEXTS else 999]))}
    if draw(st.booleans()):
        row["n"] = draw(LENGTHS)
    if draw(st.booleans()):
        row["exclude"] = draw(st.lists(st.sampled_from(items), min_size=1, max_size=3))
    if draw(st.integers(0, 3)) == 0:
        row["history"] = draw(st.lists(st.sampled_from(items), min_size=1, max_size=5, unique=True))
        if draw(st.booleans()):
            row["ratings"] = [draw(st.integers(1, 5)) for _ in row["history"]]
    return row


@st.composite
def spoilt(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """A row that nobody can answer."""
    row = draw(rows(kind))
    what = draw(st.sampled_from(["user", "item", "n", "exclude", "ratings"]))
    if what in ("user", "item"):
        return row | {what: draw(NO_IDS)}
    if what == "n":
        return {"user": row["user"], "n": draw(NO_LENGTHS)}
    return {"user": row["user"], what: draw(st.sampled_from(["x", 5, {"a": 1}, [[1]], True]))}


REQUESTS = {kind: st.lists(rows(kind), min_size=1, max_size=5) for kind in KINDS}
WRITTEN = st.sampled_from(sorted(FORMS))


def check_right(rows: Rows, form: str, ask: Ask, recommender: Recommender, *, may_refuse: bool) -> None:
    """Answers are about what was asked; MLflow's server may not be able to read it, and says so."""
    try:
        written = FORMS[form](rows)
    except Exception:  # noqa: BLE001 - Arrow has no column for such values
        return
    status, document = ask(*written)
    if status == 200:
        hold(rows, document["predictions"], recommender)
    else:
        assert may_refuse, document
        assert status == 400
        refused(document)


def hold(rows: Rows, answers: list[dict[str, Any]], recommender: Recommender) -> None:
    """What is true of right answers."""
    left = list(answers)
    for row in rows:
        length = 1 if "item" in row else shown(row, recommender)
        own, left = left[:length], left[length:]
        assert len(own) == length
        assert all(answer.get("user") == row["user"] for answer in own), (row, own)
        if "item" in row:
            (answer,) = own
            assert answer["item"] == row["item"]
            assert (answer["rating"] is None) == (row["item"] not in recommender.catalogue.item_ids)
            continue
        given = [answer["item"] for answer in own]
        assert len(set(given)) == len(given)
        assert not set(given) & {*row.get("exclude", ()), *row.get("history", ()), *rated(row, recommender)}
        assert all(answer["fallback"] == (not known(row, recommender)) for answer in own)
    assert left == []


def rated(row: dict[str, Any], recommender: Recommender) -> list[Any]:
    """What the row's user has rated, which the row's history follows."""
    users = recommender.catalogue.user_ids.tolist()
    if row["user"] not in users:
        return []
    return recommender.catalogue.item_ids[recommender.known[[users.index(row["user"])]].indices].tolist()


def known(row: dict[str, Any], recommender: Recommender) -> bool:
    """Whether anything is known of whom the row asks for."""
    return "history" in row or row["user"] in recommender.catalogue.user_ids.tolist()


def shown(row: dict[str, Any], recommender: Recommender) -> int:
    """How long the list has to be."""
    hidden = {*row.get("exclude", ()), *row.get("history", ()), *rated(row, recommender)}
    return min(row.get("n", 10), recommender.catalogue.items - len(hidden))


def refused(document: dict[str, Any]) -> None:
    """What is true of a refusal."""
    text = json.dumps(document)
    assert 5 < len(document["message"]) < 4000
    assert "Traceback" not in text
    assert "recsys" not in document.get("stack_trace", "")


def check_any(body: bytes, content_type: str, ask: Ask) -> None:
    """Anything at all."""
    status, document = ask(body, content_type)
    assert status in (200, 400)
    if status == 400:
        refused(document)


@st.composite
def bodies(draw: st.DrawFn, kind: str) -> tuple[bytes, str]:
    """Rows that nobody can answer among others, damaged requests, and whatever else."""
    which = draw(st.integers(0, 3))
    if which == 0:
        forms = [form for form in FORMS if form != "Parquet"]
        mixed = draw(st.lists(rows(kind) | spoilt(kind), min_size=1, max_size=4))
        return FORMS[draw(st.sampled_from(forms))](mixed)
    if which == 1:
        body, content_type = FORMS[draw(st.sampled_from(["dataframe_split", "text/csv", "instances"]))](
            draw(REQUESTS[kind])
        )
        start = draw(st.integers(0, len(body)))
        piece = draw(st.binary(max_size=4) | st.sampled_from([b"[" * 2000, b'"', b"NaN", b"\r", b"null", b"1e999"]))
        return body[:start] + piece + body[start + draw(st.integers(0, 12)) :], content_type
    if which == 2:
        document = draw(st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | KEYED(inner), max_leaves=8))
        return json.dumps({draw(st.sampled_from(["inputs", "instances", "dataframe_split"])): document}).encode(), JSON
    return draw(st.binary(max_size=60)), draw(
        st.sampled_from([JSON, CSV, PARQUET, "", "text/html", "text/csv; charset=x"])
    )


LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4)
)


def KEYED(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:  # noqa: N802 - beside LEAVES
    """Objects with names that mean something."""
    return st.dictionaries(st.sampled_from(["user", "item", "n", "exclude", "history", "columns", "data"]), inner)


@st.composite
def unknown(draw: st.DrawFn, kind: str) -> Rows:
    """Rows that could be answered, were there not a key that means nothing."""
    asked = draw(REQUESTS[kind])
    name = draw(UNKNOWN)
    value = draw(st.sampled_from(["x", 3, True, [10], [[10]]]) | st.none())
    where = draw(st.lists(st.integers(0, len(asked) - 1), min_size=1, max_size=3))
    return [{**row, name: value} if number in where else row for number, row in enumerate(asked)]


UNKNOWN = st.one_of(
    st.sampled_from(
        ["exlude", "k", "filter_seen", "top_n", "User", "item ", "N", "rating", "_n", "0", "ex\u0301clude"]
    ),
    st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cn"]), min_size=1),
).filter(lambda name: name not in KEYS)


def unknown_is_refused(rows: Rows, form: str, ask: Ask) -> None:
    """Whatever else it says; MLflow's server may not be able to line its values up, and says so."""
    try:
        written = FORMS[form](rows)
    except Exception:  # noqa: BLE001 - Arrow has no column for such values
        return
    status, document = ask(*written)
    assert status == 400, document
    refused(document)


def spoilt_is_refused(rows: Rows, form: str, ask: Ask) -> None:
    status, document = ask(*FORMS[form](rows))
    assert status == 400, document
    refused(document)


def right_of(kind: str, champions: Any) -> Any:
    """The law of right requests, for one champion behind its server."""
    may_refuse = "MLflow" in kind
    return given(REQUESTS[kind], WRITTEN)(
        lambda rows, form: check_right(rows, form, *champions[kind], may_refuse=may_refuse)
    )


class TestFuzz:
    @pytest.mark.parametrize("kind", KINDS)
    def test_answers_are_about_what_was_asked(self, kind: str, champions: Any) -> None:
        FAST(right_of(kind, champions))()

    @pytest.mark.parametrize("kind", KINDS[:2])
    def test_whatever_comes_is_answered_or_refused_in_a_sentence(self, kind: str, champions: Any) -> None:
        FAST(given(bodies(kind))(lambda body: check_any(*body, champions[kind][0])))()

    @pytest.mark.slow
    @pytest.mark.parametrize("kind", KINDS)
    def test_answers_are_about_what_was_asked_in_thousands_of_requests(self, kind: str, champions: Any) -> None:
        THOROUGH(right_of(kind, champions))()

    @pytest.mark.slow
    @pytest.mark.parametrize("kind", KINDS[:2])
    def test_so_are_thousands_of_anything(self, kind: str, champions: Any) -> None:
        many = settings(THOROUGH, max_examples=1300)
        many(given(bodies(kind))(lambda body: check_any(*body, champions[kind][0])))()


@pytest.mark.parametrize("kind", KINDS[:2])
def test_a_row_that_nobody_can_answer_spoils_the_request(kind: str, champions: Any) -> None:
    ask = champions[kind][0]
    forms = st.sampled_from(["dataframe_records", "inputs, by rows", "instances"])
    FAST(given(spoilt(kind).map(lambda row: [row]), forms)(lambda rows, form: spoilt_is_refused(rows, form, ask)))()


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_means_nothing_spoils_the_request(kind: str, champions: Any) -> None:
    ask = champions[kind][0]
    FAST(given(unknown(kind), WRITTEN)(lambda rows, form: unknown_is_refused(rows, form, ask)))()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_so_it_does_in_thousands_of_requests(kind: str, champions: Any) -> None:
    ask = champions[kind][0]
    THOROUGH(given(unknown(kind), WRITTEN)(lambda rows, form: unknown_is_refused(rows, form, ask)))()
