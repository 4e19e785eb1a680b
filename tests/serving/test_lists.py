"""Tests that a list has the same content in Python, JSON, rows, a frame and a notebook."""

from __future__ import annotations

import json
import math

import pytest

from recsys.cli.output import json_of
from recsys.serving.answers import frame
from recsys.serving.lists import Recommendation, Recommendations

RATED = Recommendation(7, "Alpha", rating=4.5)
SCORED = Recommendation(7, None, score=0.25)
UNCERTAIN = Recommendation(7, "Alpha", rating=4.5, deviation=0.5, low=3.5, high=5.0)
STARRED = Recommendation(7, "Alpha", rating=4.5, deviation=0.5, low=3.5, high=5.0, stars={"4": 0.5, "5": 0.5})
KEYS = {
    "rated": (RATED, ["item", "title", "rating"]),
    "scored": (SCORED, ["item", "title", "score"]),
    "uncertain": (UNCERTAIN, ["item", "title", "rating", "deviation", "low", "high", "stars"]),
    "starred": (STARRED, ["item", "title", "rating", "deviation", "low", "high", "stars"]),
}


@pytest.mark.parametrize("name", KEYS)
class TestOneItem:
    def test_as_a_dictionary_it_has_what_the_champion_knows(self, name: str) -> None:
        item, keys = KEYS[name]
        assert list(item.to_dict()) == keys
        assert all(getattr(item, key) == value for key, value in item.to_dict().items())
        assert item.value == item.to_dict()["score" if name == "scored" else "rating"]

    def test_json_rows_and_frame_have_the_same_values(self, name: str) -> None:
        item, _ = KEYS[name]
        given = Recommendations("ann", [item], fallback=False)
        assert json.loads(json_of(given)) == {"user": "ann", "items": [item.to_dict()], "fallback": False}
        (row,) = given.rows()
        known = {key: value for key, value in item.to_dict().items() if key != "stars" or value is not None}
        assert row == {"user": "ann", "rank": 1, **known, "fallback": False}
        assert frame(given.rows()).to_dict("records") == [row]

    def test_a_notebook_has_a_column_for_each(self, name: str) -> None:
        item, keys = KEYS[name]
        html = Recommendations("ann", [item], fallback=False)._repr_html_()
        assert [key for key in keys if f">{key}</th>" in html] == keys


def test_ranks_follow_the_order_of_the_list() -> None:
    rows = Recommendations(None, [RATED, RATED], fallback=True).rows()
    assert [(row["user"], row["rank"], row["fallback"]) for row in rows] == [(None, 1, True), (None, 2, True)]


def test_a_number_that_json_lacks_is_null() -> None:
    given = Recommendations("ann", [Recommendation(7, None, rating=math.nan)], fallback=False)
    assert given.rows()[0]["rating"] is None
    assert json.loads(json_of(given))["items"][0]["rating"] is None


def test_an_empty_list_is_a_table_without_rows() -> None:
    given = Recommendations("ann", [], fallback=False)
    assert given.rows() == []
    assert given._repr_html_().count("<tr>") == 1
