"""Tests of tables with faults: each has a note, or an error that says what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from feature_tables import load

from recsys.errors import InputError

SIX = list(range(1, 7))
DATES = "expected years as 1995, or dates as 1995-07-31, or set time_format"
KINDS = ["a", "b", "a", "b", "a", "b"]


def refusal(folder: Path, *args: Any, **options: Any) -> str:
    """The message of loading such a table, with the bare name of its file."""
    with pytest.raises(InputError) as error:
        load(folder, *args, **options)
    return str(error.value).replace(f"{folder}/", "")


class TestIds:
    def test_those_in_no_rating_and_those_without_a_row_are_counted(self, tmp_path: Path) -> None:
        found = load(tmp_path, {"item": [1, 2, 3, 4, 99], "kind": ["a", "b", "a", "b", "c"]}, items=[1, 2, 3, 4, 5])
        assert "items.csv: 1 of 5 items have no row, and therefore no features" in found.notes
        assert "items.csv: 1 of 5 ids are in no rating: left out" in found.notes
        assert found.row(5) == {}
        assert found.table.known.tolist() == [True] * 4 + [False]

    def test_none_that_matches_is_an_error_with_an_example_of_both(self, tmp_path: Path) -> None:
        assert refusal(tmp_path, {"item": ["tt1", "tt2"], "kind": ["a", "b"]}, items=SIX) == (
            "items.csv: no id in column 'item' is one of the items of the ratings: the ratings have ids such as 1, and "
            "the column such as 'tt1'; data.items.id names another column"
        )

    def test_equal_rows_are_one(self, tmp_path: Path) -> None:
        once = load(tmp_path, {"item": SIX, "kind": KINDS})
        twice = load(tmp_path, {"item": [*SIX, 3], "kind": [*KINDS, "a"]}, items=SIX)
        assert once.ratings.digest == twice.ratings.digest

    def test_rows_that_differ_are_an_error_that_names_the_id(self, tmp_path: Path) -> None:
        assert refusal(tmp_path, {"item": [*SIX, 3], "kind": [*KINDS, "b"]}, items=SIX) == (
            "items.csv: item '3' has several rows, which differ in column 'kind': 'a' and 'b'; keep one row for each "
            "item, or name the columns that describe items as data.items.features"
        )

    def test_a_row_without_one_is_counted(self, tmp_path: Path) -> None:
        found = load(tmp_path, {"item": [*SIX, None], "kind": [*KINDS, "a"]}, items=SIX)
        assert "items.csv: 1 rows have no id in column 'item': left out" in found.notes

    @pytest.mark.parametrize("name", ["item", "id", "movie"])
    def test_the_column_is_found_by_its_name_or_by_its_values(self, tmp_path: Path, name: str) -> None:
        """A column of years has no ids of the ratings."""
        columns = {"item": SIX, "kind": KINDS, "year": [1990, 1991, 1990, 1995, 1991, 1990]}
        renamed = {name if key == "item" else key: cells for key, cells in columns.items()}
        found = load(tmp_path, renamed, items=SIX)
        assert found.types == {"kind": "category", "year": "date"}

    def test_several_that_may_be_it_are_asked_about(self, tmp_path: Path) -> None:
        assert refusal(tmp_path, {"one": SIX, "other": SIX, "kind": KINDS}, items=SIX) == (
            "items.csv: several columns may hold the ids of items: data.items.id names it; there are 'one', 'other'"
        )
        assert load(tmp_path, {"one": SIX, "other": SIX, "kind": KINDS}, items=SIX, id="one", features=["kind"]).row(1)


class TestColumns:
    def test_one_that_does_not_exist_is_an_error_with_those_that_do(self, tmp_path: Path) -> None:
        assert refusal(tmp_path, {"item": SIX, "kind": KINDS}, features=["genre"]) == (
            "items.csv: no column 'genre'; there are 'item', 'kind'; data.items.features names them"
        )

    def test_a_constant_one_is_left_out(self, tmp_path: Path) -> None:
        found = load(tmp_path, {"item": SIX, "kind": KINDS, "same": ["x"] * 6, "empty": [None] * 6})
        assert found.left_out == {"same": "it has one value only", "empty": "it is empty"}

    def test_one_with_another_value_in_each_row_is_left_out(self, tmp_path: Path) -> None:
        codes = [f"x{at}" for at in SIX]
        found = load(tmp_path, {"item": SIX, "kind": KINDS, "code": codes, "number": [11, 12, 13, 14, 15, 16]})
        assert found.left_out == {
            "code": "nearly every row has a different value, as titles and ids have",
            "number": "its numbers are different in each row, as ids are",
        }

    def test_if_it_is_named_it_is_an_error_unless_it_is_a_text(self, tmp_path: Path) -> None:
        columns = {"item": SIX, "title": ["The man", "The man 2", "A woman", "Her dog", "His cat", "Her cat"]}
        assert refusal(tmp_path, columns, features=["title"]) == (
            "items.csv: column 'title' has a different value in each row, as ids have, which says nothing about other "
            'rows: leave it out of data.items.features, or set data.items.types = { title = "text" } to use its words'
        )
        assert load(tmp_path, columns, features=["title"], types={"title": "text"}).types == {"title": "text"}

    def test_nothing_that_remains_is_an_error(self, tmp_path: Path) -> None:
        assert refusal(tmp_path, {"item": SIX, "same": ["x"] * 6}) == (
            "items.csv: no column says anything about other ids: column 'same' is left out: it has one value only; "
            "leave [data.items] out"
        )

    @pytest.mark.parametrize(
        ("type_", "cell", "why"),
        [
            ("number", "many", "not numeric, such as 'many': expected numbers; leave the cell empty if there is none"),
            ("flag", "maybe", "neither yes nor no, such as 'maybe': expected yes or no, true or false, 1 or 0"),
            (
                "date",
                "soon",
                "not readable as a date, such as 'soon': " + DATES,
            ),
        ],
    )
    def test_an_impossible_value_is_an_error(self, tmp_path: Path, type_: str, cell: str, why: str) -> None:
        columns = {"item": SIX, "kind": KINDS, "x": ["1", "0", "1", "0", "1", cell]}
        if type_ == "date":
            columns["x"] = ["1990", "1991", "1992", "1993", "1994", cell]
        message = refusal(tmp_path, columns, types={"x": type_})
        assert message == f"items.csv: column 'x': 1 value is {why}"


class TestGiveaways:
    """A rating of item i by user u is 1 + (u + i) % 5, of three users."""

    ITEMS = list(range(30))
    MEANS = [sum(1 + (user + at) % 5 for user in range(3)) / 3 for at in range(30)]

    def test_the_mean_rating_is_left_out(self, tmp_path: Path) -> None:
        columns = {"item": self.ITEMS, "kind": KINDS * 5, "average": [2 * mean + 0.1 for mean in self.MEANS]}
        assert load(tmp_path, columns).left_out == {
            "average": "it is the mean rating of each id, which contains the ratings of the test part"
        }

    def test_if_it_is_named_it_stays_with_a_warning(self, tmp_path: Path) -> None:
        columns = {"item": self.ITEMS, "average": [2 * mean + 0.1 for mean in self.MEANS]}
        found = load(tmp_path, columns, features=["average"])
        assert found.types == {"average": "number"}
        assert found.notes[0] == (
            "items.csv: column 'average' is the mean rating of each id, which contains the ratings of the test part: "
            "it makes models look better on the test part than they are"
        )

    def test_a_column_of_few_rows_is_no_giveaway(self, tmp_path: Path) -> None:
        columns = {"item": self.ITEMS[:6], "average": [2 * mean + 0.1 for mean in self.MEANS[:6]]}
        assert load(tmp_path, columns).types == {"average": "number"}
