"""Tests of the forms of rows, and of the requests that they express."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from serving_samples import ITEMS, USERS

from recsys.data.ratings import Catalogue
from recsys.errors import InputError
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.serving.ask import Ask, History
from recsys.serving.feedback import Feedback
from recsys.serving.reading import Reader
from recsys.serving.rows import rows_of
from recsys.serving.user_features import UserFeatures

CATALOGUE = Catalogue(pd.Index(USERS), pd.Index(ITEMS))
FEATURES = UserFeatures(LinearScores(np.zeros((1, 1)), np.zeros((1, 1))), CATALOGUE)
STARS = Reader(CATALOGUE, Feedback(implicit=False, scale=(1.0, 5.0)), FEATURES)
PLAYS = Reader(CATALOGUE, Feedback(implicit=True, scale=(0.0, 40.0)), FEATURES)

FORMS: dict[str, Any] = {
    "a frame": pd.DataFrame({"user": ["u00", "u01"], "item": [10, 20]}),
    "records": [{"user": "u00", "item": 10}, {"user": "u01", "item": 20}],
    "columns": {"user": ["u00", "u01"], "item": [10, 20]},
    "columns of arrays": {"user": np.array(["u00", "u01"]), "item": np.array([10, 20])},
    "records of arrays": [
        {"user": np.array("u00"), "item": np.array(10)},
        {"user": np.array("u01"), "item": np.array(20)},
    ],
    "an array of records": np.array([{"user": "u00", "item": 10}, {"user": "u01", "item": 20}], object),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_the_same_rows(form: str) -> None:
    assert rows_of(FORMS[form]) == [{"user": "u00", "item": 10}, {"user": "u01", "item": 20}]


@pytest.mark.parametrize("given", [["u00", "u01"], np.array(["u00", "u01"]), ("u00", "u01")])
def test_users_alone_are_rows(given: Any) -> None:
    assert rows_of(given) == [{"user": "u00"}, {"user": "u01"}]


@pytest.mark.parametrize(
    "given",
    [
        {"user": "u00", "exclude": [10, 20]},
        {"user": np.array("u00"), "exclude": np.array([10, 20])},
        [{"user": "u00", "exclude": [10, 20]}],
        {"user": ["u00"], "exclude": [[10, 20]]},
        {"user": ["u00"], "exclude": np.array([[10, 20]])},
    ],
)
def test_one_row_may_stand_alone(given: Any) -> None:
    assert rows_of(given) == [{"user": "u00", "exclude": [10, 20]}]


@pytest.mark.parametrize("given", [{"history": [10, 20]}, {"history": [[10, 20]]}, [{"history": [10, 20]}]])
def test_a_history_alone_is_a_row(given: Any) -> None:
    assert rows_of(given) == [{"history": [10, 20]}]


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_what_is_missing_is_not_there(missing: Any) -> None:
    frame = pd.DataFrame({"user": ["u00", "u01"], "item": [10, missing], "n": [missing, 3]}, dtype=object)
    assert rows_of(frame) == [{"user": "u00", "item": 10}, {"user": "u01", "n": 3}]


@pytest.mark.parametrize("given", [7, "u00", None, {"user": ["u00"], "item": [10, 20]}])
def test_what_has_no_rows_is_refused(given: Any) -> None:
    with pytest.raises(InputError, match=r"expected rows|different lengths: user 1, item 2"):
        rows_of(given)


def test_a_column_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(InputError, match="twice"):
        rows_of(pd.DataFrame([["u00", "u01"]], columns=["user", "user"]))


ASKS: list[tuple[dict[str, Any], Ask]] = [
    ({"user": "u00"}, Ask("u00", exclude=[])),
    ({"user": "u00", "item": 10.0}, Ask("u00", 10, exclude=[])),
    ({"user": "u00", "item": "10"}, Ask("u00", 10, exclude=[])),
    ({"user": "u00", "n": 3.0, "exclude": [10, "20"]}, Ask("u00", n=3, exclude=[10, 20])),
    ({"user": "u00", "n": "3.0", "exclude": "[10, 20]"}, Ask("u00", n=3, exclude=[10, 20])),
    ({"history": [10, 7]}, Ask(exclude=[], history=History([10, 7]))),
    ({"user": "x", "history": [10], "ratings": [4]}, Ask("x", exclude=[], history=History([10], [4.0]))),
    ({"history": "[10]", "ratings": "[4.5]"}, Ask(exclude=[], history=History([10], [4.5]))),
]


@pytest.mark.parametrize(("row", "ask"), ASKS)
def test_a_row_asks(row: dict[str, Any], ask: Ask) -> None:
    assert STARS.asks([row]) == [ask]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "neither a user nor a history"),
    ({"item": 10}, "neither a user nor a history"),
    *[({"user": "u00", "n": n}, r"n = .*: expected a whole number of at least 1") for n in (-3, 0, 2.5, "0", "-3.0")],
    *[({"user": "u00", "n": n}, r"n: .* is not a number") for n in ("x", "1e3", True, [3], "9" * 99, 10**400)],
    ({"user": ["u00"]}, "expected an id"),
    ({"user": "u00", "item": True}, "expected an id"),
    ({"user": "u00", "exclude": 10}, "exclude: expected a list"),
    ({"user": "u00", "exclude": "10"}, "exclude: expected a list"),
    ({"user": "u00", "exclude": [[10]]}, "expected an id"),
    ({"history": "u00"}, "history: expected a list"),
    ({"history": [10, 20], "ratings": [5]}, "a history of 2 items with 1 ratings"),
    ({"history": [10], "ratings": [7]}, r"ratings: 7 is outside the scale 1 to 5"),
    ({"history": [10], "ratings": ["5"]}, "ratings: '5' is not a number"),
    ({"history": [10], "weights": [5]}, "weights: the data have none; a history's values are its ratings"),
    ({"user": "u00", "ratings": [5]}, "ratings without a history"),
]


@pytest.mark.parametrize(("row", "message"), WRONG)
def test_what_nobody_could_answer_is_refused_by_the_number_of_its_row(row: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^row 2: .*{message}") as caught:
        STARS.asks([{"user": "u00"}, row])
    assert str(caught.value).isprintable()


def test_of_implicit_data_the_values_are_weights_above_0() -> None:
    assert PLAYS.ask({"history": [10], "weights": [99]}).history == History([10], [99.0])
    with pytest.raises(InputError, match="weights: 0, expected numbers above 0"):
        PLAYS.ask({"history": [10], "weights": [0]})
    with pytest.raises(InputError, match="ratings: the data have none; a history's values are its weights"):
        PLAYS.ask({"history": [10], "ratings": [1]})
