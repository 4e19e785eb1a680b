"""Tests of all request forms of MLflow's scoring protocol, with `recsys serve` and with MLflow's own server."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from servers import CSV, JSON, Ask, mlflows, ours
from serving_samples import ITEMS, USERS
from written import FORMS, Rows

from recsys.serving.recommender import Recommender

SERVERS = {"recsys serve": ours, "mlflow models serve": mlflows}
ASKED: dict[str, Rows] = {
    "a pair": [{"user": "u00", "item": 10}],
    "pairs, one of nobody and one of nothing": [
        {"user": u, "item": i} for u, i in (("u00", 10), ("x", 20), ("u01", 7))
    ],
    "a list": [{"user": "u00"}],
    "lists of their own lengths": [{"user": "u00", "n": 2}, {"user": "x", "n": 3}],
    "lists without": [{"user": "u00", "n": 2, "exclude": [10, 20]}, {"user": "u01", "n": 2, "exclude": [30, 40]}],
}
PARTLY: dict[str, Rows] = {
    "an item in one row and none in the other": [{"user": "u00", "item": 10}, {"user": "u01"}],
    "a length in one row and none in the other": [{"user": "u00", "n": 2}, {"user": "u01"}],
    "something to leave out in one row": [{"user": "u00", "n": 2, "exclude": [10]}, {"user": "u01", "n": 1}],
    "a history beside a user": [{"user": "u00", "n": 1}, {"history": [10, 20, 30], "n": 2}],
}
"""What some rows have and others have not."""
LINED_UP = [("instances", what) for what in PARTLY] + [("inputs, by columns", what) for what in [*PARTLY][2:]]
"""MLflow's server makes arrays of these, which have no place for what is missing, nor for lists of two lengths."""


@pytest.fixture(scope="module", params=SERVERS)
def ask(request: pytest.FixtureRequest, recommender: Recommender) -> Ask:
    return SERVERS[request.param](recommender)


def expected(recommender: Recommender, rows: Rows) -> list[dict[str, Any]]:
    """What is right, from the recommender itself."""
    from recsys.serving.ask import History

    found: list[dict[str, Any]] = []
    for row in rows:
        user = row.get("user")
        if "item" in row:
            rated = recommender.rate([user], [row["item"]])
            value = rated["rating"][0]
            known = {"rating": None if np.isnan(value) else value, "fallback": bool(rated["fallback"][0])}
            found.append({"user": user, "item": row["item"], **known})
            continue
        history = History(row["history"]) if "history" in row else None
        given = recommender.recommend(user, row.get("n", 10), row.get("exclude", ()), history)
        found += [
            {"user": user, "rank": k, "item": e.item, "title": e.title, "rating": e.value, "fallback": given.fallback}
            for k, e in enumerate(given.items, 1)
        ]
    return found


def check(ask: Ask, written: tuple[bytes, str], right: list[dict[str, Any]]) -> None:
    status, document = ask(*written)
    assert status == 200, document
    rows = [{name: value for name, value in row.items() if value is not None} for row in document["predictions"]]
    right = [{name: value for name, value in row.items() if value is not None} for row in right]
    assert [{k: v for k, v in row.items() if k != "rating"} for row in rows] == [
        {k: v for k, v in row.items() if k != "rating"} for row in right
    ]
    assert [row.get("rating") for row in rows] == pytest.approx([row.get("rating") for row in right], abs=1e-5)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("what", ASKED)
def test_every_form_is_answered(what: str, form: str, ask: Ask, recommender: Recommender) -> None:
    check(ask, FORMS[form](ASKED[what]), expected(recommender, ASKED[what]))


@pytest.mark.parametrize(("form", "what"), [(form, what) for form in FORMS for what in PARTLY])
def test_each_row_is_answered_by_itself(form: str, what: str, recommender: Recommender) -> None:
    servers = [ours] if (form, what) in LINED_UP else [ours, mlflows]
    for server in servers:
        check(server(recommender), FORMS[form](PARTLY[what]), expected(recommender, PARTLY[what]))


@pytest.mark.parametrize(("form", "what"), LINED_UP)
def test_what_mlflows_server_cannot_line_up_it_refuses(form: str, what: str, recommender: Recommender) -> None:
    status, refusal = mlflows(recommender)(*FORMS[form](PARTLY[what]))
    assert status == 400
    assert "length" in refusal["message"] or "inhomogeneous" in refusal["message"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"user": "u00", "n": -3},
            r"row 2: n = '?-3(\.0)?'?: expected a whole number of at least 1",
        ),
        ({"user": "u00", "n": 2.5}, r"row 2: n = '?2\.5'?: expected a whole number"),
        ({"user": None, "n": 2}, "row 2: neither a user nor a history"),
    ],
)
def test_what_nobody_can_answer_is_refused_by_its_row(row: Any, message: str, form: str, ask: Ask) -> None:
    import re

    status, document = ask(*FORMS[form]([{"user": "u01", "n": 1}, row]))
    assert status == 400
    assert re.search(message, document["message"]), document
    assert "Traceback" not in json.dumps(document)


NO_REQUESTS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", JSON),
    "no JSON": (b"{", JSON),
    "a list": (b"[]", JSON),
    "none of the forms": (b'{"rows": []}', JSON),
    "two of them": (b'{"inputs": [], "instances": []}', JSON),
    "NaN": (b'{"inputs": [NaN]}', JSON),
    "no UTF-8": (b'{"inputs": ["\xff"]}', JSON),
    "rows of no width": (b'{"dataframe_split": {"columns": ["user"], "data": [["a", "b"]]}}', JSON),
    "names twice": (b'{"dataframe_split": {"columns": ["user", "user"], "data": [["a", "b"]]}}', JSON),
    "records that are none": (b'{"dataframe_records": {"user": "a"}}', JSON),
    "deep": (b'{"inputs": ' + b"[" * 100_000, JSON),
    "an empty CSV": (b"", CSV),
    "a CSV of blank lines": (b"\n\n", CSV),
    "a CSV with a long row": (b"user,item\na,1,2\n", CSV),
    "a CSV with an open quote": (b'user\n"a', CSV),
    "another charset": (b"user\na", "text/csv; charset=latin-1"),
    "another kind": (b"user\na", "text/html"),
    "no Parquet": (b"PAR1", "application/vnd.apache.parquet"),
}


@pytest.mark.parametrize("what", NO_REQUESTS)
def test_what_is_no_request_is_refused_in_a_sentence(what: str, recommender: Recommender) -> None:
    status, refusal = ours(recommender)(*NO_REQUESTS[what])
    assert status == 400
    assert refusal.keys() == {"error_code", "message"}
    assert 5 < len(refusal["message"]) < 300
    assert refusal["message"].isprintable()


@pytest.mark.parametrize("name", ["user", "item", "exclude", "history"])
def test_half_of_a_letter_is_no_id(name: str, ask: Ask) -> None:
    """JSON can say what no text in UTF-8 can, and an answer would have to repeat it."""
    half = '"\\ud800"' if name in ("user", "item") else '["\\ud800"]'
    user = "" if name == "user" else '"user": "a", '
    status, document = ask(f'{{"inputs": [{{"user": "a"}}, {{{user}"{name}": {half}}}]}}'.encode(), JSON)
    assert status == 400
    assert f"row 2: {'user' if name == 'user' else 'item'} \\ud800: has half of a letter" in document["message"]


def test_no_rows_have_no_answers(ask: Ask) -> None:
    for body in (b'{"inputs": []}', b'{"dataframe_records": []}', b'{"dataframe_split": {"columns": [], "data": []}}'):
        assert ask(body, JSON) == (200, {"predictions": []})


def test_ids_of_a_csv_are_what_they_are(recommender: Recommender) -> None:
    """Where MLflow makes numbers of them."""
    from dataclasses import replace

    import pandas as pd

    ids = pd.Index(["7", "007", *USERS[2:]])
    named = replace(recommender, catalogue=replace(recommender.catalogue, user_ids=ids))
    _, document = ours(named)(b"user,item\n7,10\n007,10\n", CSV)
    assert [row["user"] for row in document["predictions"]] == ["7", "007"]
    assert not any(row["fallback"] for row in document["predictions"])
    status, refusal = mlflows(named)(b"user,item\n7,10\n007,10\n", CSV)
    assert status == 400
    assert "ids such as '007' are text" in refusal["message"]


def test_an_item_is_rated_for_a_history_too(ask: Ask, recommender: Recommender) -> None:
    from recsys.serving.ask import History

    history = {"history": ITEMS[:4], "ratings": [5, 4, 1, 2]}
    status, document = ask(*FORMS["dataframe_records"]([{"item": ITEMS[7], **history}]))
    assert status == 200
    person = recommender.person(History(ITEMS[:4], [5, 4, 1, 2]))
    assert person is not None
    (row,) = document["predictions"]
    assert row["rating"] == pytest.approx(np.clip(person.scores[7], 1, 5), abs=1e-5)
    assert not row["fallback"]
