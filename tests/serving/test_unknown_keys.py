"""Tests that unknown keys are refused by name in every form of a request, unless they are allowed."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from mlflow.exceptions import MlflowException
from servers import CSV, JSON, Ask, asked, mlflows, ours
from serving_samples import USERS
from written import FORMS

from recsys.errors import InputError
from recsys.serving.keys import KEYS, refuse_unknown
from recsys.serving.pyfunc import RecommenderModel
from recsys.serving.recommender import Recommender
from recsys.serving.rows import rows_of
from recsys.serving.server import scoring_app

SERVERS = {"recsys serve": ours, "mlflow models serve": mlflows}
MEANT = {
    "exlude": "did you mean exclude?",
    "EXCLUDE": "did you mean exclude?",
    "exclude_items": "did you mean exclude?",
    "k": "did you mean n?",
    "top_n": "did you mean n?",
    "usr": "did you mean user?",
    "userId": "did you mean user?",
    "item_id": "did you mean item?",
    "rating": "did you mean ratings?",
    "filter_seen": "what a user has rated is never shown again, and exclude names more items",
    "trace": f"known keys: {', '.join(KEYS)}",
}


@pytest.fixture(scope="module", params=SERVERS)
def ask(request: pytest.FixtureRequest, recommender: Recommender) -> Ask:
    return SERVERS[request.param](recommender)


@pytest.mark.parametrize("name", MEANT)
def test_a_refusal_says_what_was_probably_meant(name: str) -> None:
    with pytest.raises(InputError) as caught:
        rows_of([{"user": "u00", name: 3}])
    assert str(caught.value) == f"row 1: {name!r}: unknown key; {MEANT[name]}"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["exlude", "k", "filter_seen", "top_n"])
def test_every_form_is_refused(name: str, form: str, ask: Ask) -> None:
    status, document = ask(*FORMS[form]([{"user": "u00", "n": 1, name: "2"}, {"user": "u01", "n": 1, name: "2"}]))
    assert status == 400
    assert f"{name!r}: unknown key; {MEANT[name]}" in document["message"]


@pytest.mark.parametrize("form", ["dataframe_records", "dataframe_split", "text/csv", "Parquet", "inputs, by rows"])
def test_the_row_that_has_it_is_named(form: str, ask: Ask) -> None:
    status, document = ask(*FORMS[form]([{"user": "u00"}, {"user": "u01", "exlude": "[10]"}]))
    assert status == 400
    assert "row 2: 'exlude': unknown key; did you mean exclude?" in document["message"]


def test_a_key_without_any_value_is_refused_too(ask: Ask) -> None:
    status, document = ask(*FORMS["dataframe_records"]([{"user": "u00", "exlude": None}]))
    assert status == 400
    assert "'exlude': unknown key" in document["message"]


def test_many_unknown_keys_are_counted() -> None:
    with pytest.raises(InputError, match=r"^'a': unknown key; .*; 'c': unknown key; .*, and 2 more$"):
        refuse_unknown("abcde")


@pytest.mark.parametrize("name", ["", "index", "Unnamed: 0"])
def test_the_index_of_a_table_is_named_as_one(name: str, recommender: Recommender) -> None:
    status, document = ours(recommender)(f"{name},user\n0,u00\n".encode(), CSV)
    assert status == 400
    assert f"row 1: {name!r}: unknown key; a table is written without its index" in document["message"]


class TestBesideTheRows:
    @pytest.mark.parametrize(
        ("document", "message"),
        [
            ({"inputs": ["u00"], "parms": {"n": 3}}, "'parms': unknown key; known keys: dataframe_split"),
            (
                {"dataframe_record": [{"user": "u00"}]},
                "'dataframe_record': unknown key; did you mean dataframe_records?",
            ),
            ({"inputs": ["u00"], "params": {"n": 3}}, "params: none are taken; each row says what it asks for: user"),
            (
                {"dataframe_split": {"column": ["user"], "data": [["u00"]]}},
                "'column': unknown key; did you mean columns?",
            ),
        ],
    )
    def test_what_no_row_says_is_refused(self, document: Any, message: str, recommender: Recommender) -> None:
        status, refusal = ours(recommender)(json.dumps(document).encode(), JSON)
        assert status == 400
        assert message in refusal["message"]

    def test_no_params_are_none(self, recommender: Recommender) -> None:
        assert ours(recommender)(b'{"inputs": ["u00"], "params": {}}', JSON)[0] == 200

    def test_a_key_that_is_given_twice_is_refused(self, recommender: Recommender) -> None:
        status, refusal = ours(recommender)(b'{"inputs": [{"user": "u00", "exclude": [10], "exclude": [20]}]}', JSON)
        assert status == 400
        assert "'exclude' stands there twice" in refusal["message"]


class TestAllowed:
    """A proxy may add keys of its own."""

    ROWS = ({"user": "u00", "n": 2, "trace": "a"}, {"user": "u01", "n": 1, "trace": "b"})

    @pytest.mark.parametrize("form", FORMS)
    def test_serve_leaves_them_out(self, form: str, recommender: Recommender) -> None:
        plain = [{"user": row["user"], "n": row["n"]} for row in self.ROWS]
        body, kind = FORMS[form](self.ROWS)
        answer = _allowing(recommender)(body, kind)
        assert answer == ours(recommender)(*FORMS[form](plain))
        assert answer[0] == 200

    def test_so_is_what_stands_beside_the_rows(self, recommender: Recommender) -> None:
        body = b'{"inputs": {"user": ["u00"], "trace": "abc"}, "request_id": 7, "params": {"x": 1}}'
        status, document = _allowing(recommender)(body, JSON)
        assert status == 200
        assert {row["user"] for row in document["predictions"]} == {"u00"}

    @pytest.mark.parametrize("form", FORMS)
    def test_the_registered_model_asks_the_environment(
        self, form: str, recommender: Recommender, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RECSYS_ALLOW_UNKNOWN_KEYS", "1")
        assert mlflows(recommender)(*FORMS[form](self.ROWS))[0] == 200

    def test_a_word_that_is_neither_yes_nor_no_is_refused(
        self, recommender: Recommender, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RECSYS_ALLOW_UNKNOWN_KEYS", "maybe")
        with pytest.raises(MlflowException, match="RECSYS_ALLOW_UNKNOWN_KEYS = 'maybe': expected 1 or 0"):
            _model(recommender).predict(None, pd.DataFrame({"user": USERS[:1]}))


def test_the_registered_model_takes_no_params(recommender: Recommender) -> None:
    with pytest.raises(MlflowException, match="params: none are taken"):
        _model(recommender).predict(None, pd.DataFrame({"user": USERS[:1]}), {"n": 3})


def test_a_list_longer_than_the_catalogue_is_all_of_it(ask: Ask, recommender: Recommender) -> None:
    status, document = ask(b'{"dataframe_records": [{"user": "x", "n": 1000}]}', JSON)
    assert status == 200
    assert len(document["predictions"]) == recommender.catalogue.items


def _model(recommender: Recommender) -> RecommenderModel:
    model = RecommenderModel()
    model.recommender = recommender
    return model


def _allowing(recommender: Recommender) -> Ask:
    return asked(scoring_app(recommender, allow_unknown=True))
