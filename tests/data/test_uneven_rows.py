"""Tests that a row with more or fewer fields than the header is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from data_samples import HEADER, load, rows_of, write

from recsys.errors import InputError

ROWS = [("ann", 1, 4.0), ("bob", 2, 3.5), ("cy", 1, 1.0)]
LINES = ["ann,1,4", "bob,2,3.5", "cy,1,1"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["5,3,1.5,1", "4,2,2.5,2"], "2 rows have 4 fields where the header has 3: line 2: 5,3,1.5,1"),
        (["5,3,4,2", "4,2,5,5"], "2 rows have 4 fields where the header has 3: line 2: 5,3,4,2"),
        (["5,3,4", "4,2,5,5", "1,1,1"], "1 row has 4 fields where the header has 3: line 3: 4,2,5,5"),
        (["5,3,4", "", "4,2", "1,1,1,1,1"], "2 rows have 2 or 5 fields where the header has 3: line 4: 4,2"),
        (["5,3,4,", "4,2,5,x"], "2 rows have 4 fields where the header has 3: line 2: 5,3,4,"),
        (["1,5,3,4", "2,4,2,5"], "2 rows have 4 fields where the header has 3"),  # may be numbers of rows, or users
        (['"1",5,3,4', '"1",4,2,5'], "2 rows have 4 fields where the header has 3"),
        (
            ['"5,3,4', "4,2,5"],
            "1 row has a quote in the user's id, where the others have whole numbers: line 2: \"5, 3, 4",
        ),
        (["5,3,4", '4,2,"5', "1,1,1"], "1 row has a rating that is not a number: line 3"),
        (["5,3,4", '"4', '4",2,5'], "1 row has a line break in a cell: line 3"),
    ],
)
def test_they_are_refused_with_both_numbers_and_the_first_line(lines: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as failure:
        load(tmp_path, write(tmp_path, HEADER, *lines))
    assert message in str(failure.value)


def test_without_a_header_the_first_row_says_how_many_there_are(tmp_path: Path) -> None:
    name = write(tmp_path, "5,3,4", "4,2,5,5")
    with pytest.raises(InputError, match="1 row has 4 fields where the first row has 3: line 2: 4,2,5,5"):
        load(tmp_path, name, header=False, columns={"user": 1, "item": 2, "rating": 3})


def test_a_separator_at_the_end_of_every_row_is_left_out_and_said(tmp_path: Path) -> None:
    said: list[str] = []
    name = write(tmp_path, HEADER, *(f"{line},," for line in LINES))
    assert rows_of(load(tmp_path, name, said)) == ROWS
    sentence = "left out the separators that every row ends with, beyond the columns of the header"
    assert said == [f"{tmp_path / name}: {sentence}"]


def test_row_names_as_r_writes_them_are_left_out_and_said(tmp_path: Path) -> None:
    said: list[str] = []
    name = write(tmp_path, '"user","item","rating"', '"1","ann",1,4', '"2","bob",2,3.5', '"7","cy",1,1')
    assert rows_of(load(tmp_path, name, said)) == ROWS
    assert said == [f"{tmp_path / name}: left out the row names before the columns of the header"]


def test_an_index_that_pandas_writes_has_a_name_without_a_letter(tmp_path: Path) -> None:
    pd.DataFrame(ROWS, columns=["user", "item", "rating"]).to_csv(tmp_path / "r.csv")
    assert rows_of(load(tmp_path)) == ROWS


def test_columns_that_are_not_used_are_not_looked_into(tmp_path: Path) -> None:
    """No warning of mixed types either, which pytest would show."""
    name = write(tmp_path, "note,user,item,rating,other", *(f"{n},{line},x{n}" for n, line in enumerate(LINES)))
    assert rows_of(load(tmp_path, name)) == ROWS


def test_a_name_borne_by_two_columns_is_asked_about(tmp_path: Path) -> None:
    name = write(tmp_path, "user,item,rating,user", *(f"{line},z" for line in LINES))
    with pytest.raises(InputError, match="several columns are called 'user': name it by its number, counted from 1"):
        load(tmp_path, name)
    assert rows_of(load(tmp_path, name, columns={"user": 1})) == ROWS
