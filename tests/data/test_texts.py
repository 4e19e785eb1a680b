"""Tests of delimited text files: undeclared formats are inferred and reported, or cause an error."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from data_samples import HEADER, load, rows_of, write
from pydantic import ValidationError

from recsys.data.settings import DataSettings
from recsys.errors import InputError

ROWS = [("ann", 1, 4.0), ("bob", 2, 3.5), ("cy", 1, 1.0)]
LINES = ["ann,1,4", "bob,2,3.5", "cy,1,1"]
NUMBERED = {"user": 1, "item": 2, "rating": 3}


@pytest.mark.parametrize("compression", ["", ".gz", ".zst", ".GZ"])
@pytest.mark.parametrize("ending", [".csv", ".tsv", ".txt", ".dat", ".CSV", ".Tsv"])
def test_every_ending_is_read_whatever_its_compression(ending: str, compression: str, tmp_path: Path) -> None:
    separator = "\t" if ending.lower() == ".tsv" else ","
    content = "\n".join([HEADER, *LINES]).replace(",", separator).encode()
    if compression == ".zst":
        content = pa.compress(content, codec="zstd", asbytes=True)
    elif compression:
        content = gzip.compress(content)
    (tmp_path / f"films{ending}{compression}").write_bytes(content)
    ratings = load(tmp_path, f"films{ending}{compression}")
    assert rows_of(ratings) == ROWS
    assert ratings.name == "films"


def test_what_is_no_archive_is_named(tmp_path: Path) -> None:
    write(tmp_path, HEADER, *LINES, name="r.csv.gz")
    with pytest.raises(InputError, match=r"r\.csv\.gz: is damaged or not compressed by gzip"):
        load(tmp_path, "r.csv.gz")


class TestSeparators:
    @pytest.mark.parametrize("separator", [";", "\t", "|", "::", " ", ", "])
    @pytest.mark.parametrize("ending", [".csv", ".txt"])
    def test_they_are_found_by_the_columns_that_are_named_and_said(
        self, separator: str, ending: str, tmp_path: Path
    ) -> None:
        said: list[str] = []
        lines = [line.replace(",", separator) for line in [HEADER, *LINES]]
        assert rows_of(load(tmp_path, write(tmp_path, *lines, name=f"r{ending}"), said)) == ROWS
        assert [f"data.separator = {separator!r}" in line for line in said] == [True]

    @pytest.mark.parametrize("separator", [";", "\t", "|", "::", " "])
    def test_or_by_columns_of_which_there_are_as_many_in_every_row(self, separator: str, tmp_path: Path) -> None:
        lines = [line.replace(",", separator) for line in LINES]
        name = write(tmp_path, *lines, name="r.dat")
        assert rows_of(load(tmp_path, name, header=False, columns=NUMBERED)) == ROWS

    def test_the_usual_one_is_not_worth_a_word(self, tmp_path: Path) -> None:
        said: list[str] = []
        load(tmp_path, write(tmp_path, HEADER, *LINES), said)
        assert said == []

    def test_where_two_do_as_well_it_is_asked_about(self, tmp_path: Path) -> None:
        """1 ; 2 ; 3 with a decimal comma in three of four columns is four columns, or three of other sense."""
        name = write(tmp_path, "5;3;1,5;1,0", "4;2;2,5;2,0")
        with pytest.raises(InputError, match=r"may be separated by ',' or ';': set data\.separator"):
            load(tmp_path, name, header=False, columns=NUMBERED)
        ratings = load(tmp_path, name, header=False, columns=NUMBERED, separator=";", decimal=",")
        assert rows_of(ratings) == [(5, 3, 1.5), (4, 2, 2.5)]

    @pytest.mark.parametrize("separator", ["::", "~", "<->", "§", "||"])
    def test_any_text_can_be_one_and_a_quoted_cell_may_hold_it(self, separator: str, tmp_path: Path) -> None:
        rows = [["user", "item", "rating"], [f'"a{separator}b"', "1", "4"], ["c", "2", "3.5"]]
        name = write(tmp_path, *(separator.join(row) for row in rows))
        assert rows_of(load(tmp_path, name, separator=separator)) == [(f"a{separator}b", 1, 4.0), ("c", 2, 3.5)]

    def test_a_blank_is_any_run_of_them(self, tmp_path: Path) -> None:
        name = write(
            tmp_path, " user item  rating", "  ann    1       4", "  bob    2     3.5  ", "cy 1 1", name="r.txt"
        )
        assert rows_of(load(tmp_path, name)) == ROWS

    def test_unless_every_line_has_as_many_where_two_stand_for_an_empty_cell(self, tmp_path: Path) -> None:
        name = write(tmp_path, "ann  1 4", "bob  2 3.5", "cy  1 1", name="r.txt")
        with pytest.raises(InputError, match="3 rows have a missing user or item"):
            load(tmp_path, name, separator=" ", header=False, columns=NUMBERED)
        columns = {"user": 1, "item": 3, "rating": 4}
        assert rows_of(load(tmp_path, name, separator=" ", header=False, columns=columns)) == ROWS

    @pytest.mark.parametrize("separator", ["", "\n", '"'])
    def test_what_cannot_be_one_is_refused(self, separator: str) -> None:
        with pytest.raises(ValidationError, match="expected the separator between the columns"):
            DataSettings(source="r.csv", separator=separator)

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_lines_end_in_any_way(self, end: str, tmp_path: Path) -> None:
        assert rows_of(load(tmp_path, write(tmp_path, HEADER, *LINES, end=end))) == ROWS


class TestEncodings:
    LINES = ("user,item,rating", "José,1,4", "Zoë,2,3.5")

    def write(self, folder: Path, encoding: str) -> None:
        (folder / "r.csv").write_bytes("\n".join(self.LINES).encode(encoding))

    @pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-8-sig", "utf-32"])
    def test_the_one_that_is_said_is_taken(self, encoding: str, tmp_path: Path) -> None:
        self.write(tmp_path, encoding)
        assert rows_of(load(tmp_path, encoding=encoding)) == [("José", 1, 4.0), ("Zoë", 2, 3.5)]

    @pytest.mark.parametrize(("encoding", "found"), [("utf-16", "utf-16-le"), ("utf-32", "utf-32-le")])
    def test_one_that_the_file_says_itself_is_found_and_said(self, encoding: str, found: str, tmp_path: Path) -> None:
        said: list[str] = []
        self.write(tmp_path, encoding)
        assert rows_of(load(tmp_path, said=said)) == [("José", 1, 4.0), ("Zoë", 2, 3.5)]
        assert said == [f"{tmp_path / 'r.csv'}: read as {found}, which its byte-order mark declares"]

    def test_a_mark_of_utf8_is_no_part_of_the_first_name(self, tmp_path: Path) -> None:
        self.write(tmp_path, "utf-8-sig")
        assert rows_of(load(tmp_path)) == [("José", 1, 4.0), ("Zoë", 2, 3.5)]

    def test_any_other_is_asked_for_with_the_line_and_what_it_may_be(self, tmp_path: Path) -> None:
        self.write(tmp_path, "latin-1")
        with pytest.raises(
            InputError, match=r"line 2 is not in UTF-8; set data\.encoding: with 'cp1252' it reads José,1"
        ):
            load(tmp_path)
        for encoding in ("utf-16-le", "utf-16-be"):
            self.write(tmp_path, encoding)
            with pytest.raises(
                InputError, match=rf"line 1 has a NUL byte.*; set data\.encoding, perhaps to '{encoding}'"
            ):
                load(tmp_path)

    def test_a_bad_byte_far_into_a_file_is_found_on_its_line(self, tmp_path: Path) -> None:
        """Where a letter lies across the border of what is looked at in one piece, nothing is wrong."""
        note = "é" * 1000
        lines = [f"user,item,rating,note{'x' * 7}", *(f"u{n},1,{n % 5},{note}" for n in range(1500))]
        content = "\n".join(lines).encode()
        (tmp_path / "r.csv").write_bytes(content)
        assert len(load(tmp_path)) == 1500
        (tmp_path / "r.csv").write_bytes(content + b"\nv,2,3,\xe9")
        with pytest.raises(InputError, match="line 1502 is not in UTF-8"):
            load(tmp_path)

    def test_the_line_that_is_not_in_the_one_said_is_named(self, tmp_path: Path) -> None:
        self.write(tmp_path, "utf-8")
        with pytest.raises(InputError, match=r"line 2 is not in data\.encoding = 'ascii'"):
            load(tmp_path, encoding="ascii")

    @pytest.mark.parametrize("name", ["utf-9", "base64", "rot13", ""])
    def test_what_is_none_is_refused(self, name: str) -> None:
        with pytest.raises(ValidationError, match="expected an encoding of text"):
            DataSettings(source="r.csv", encoding=name)


class TestHeaders:
    def test_without_one_columns_have_numbers(self, tmp_path: Path) -> None:
        name = write(tmp_path, "4,ann,x,1", "3.5,bob,y,2", "1,cy,z,1")
        columns = {"user": 2, "item": 4, "rating": 1}
        assert rows_of(load(tmp_path, name, header=False, columns=columns)) == ROWS

    def test_with_one_they_may_have_them_too(self, tmp_path: Path) -> None:
        assert rows_of(load(tmp_path, write(tmp_path, "a,b,c", *LINES), columns=NUMBERED)) == ROWS

    def test_a_first_line_that_may_be_none_is_asked_about(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"no column 'user'.*set data\.header = false and give columns by number"):
            load(tmp_path, write(tmp_path, *LINES))

    def test_a_number_beyond_the_columns_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no column 4; there are '1', '2', '3'"):
            load(tmp_path, write(tmp_path, *LINES), header=False, columns={**NUMBERED, "rating": 4}, separator=",")

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"columns": {"user": 0}}, "columns.user: expected a column's name, or its number counted from 1, not 0"),
            ({"columns": {"user": -1}}, "expected a column's name, or its number counted from 1, not -1"),
            ({"columns": {"user": True}}, "expected a column's name, or its number counted from 1, not True"),
            ({"columns": {"user": ""}}, "expected a column's name, or its number counted from 1, not ''"),
            ({"header": False}, "columns.user: without a header the columns have numbers, counted from 1"),
            ({"header": False, "columns": {**NUMBERED, "timestamp": "t"}}, "columns.timestamp: without a header"),
        ],
    )
    def test_a_wrong_one_is_told_in_our_words(self, data: dict[str, Any], message: str, tmp_path: Path) -> None:
        with pytest.raises(InputError) as failure:
            load(tmp_path, write(tmp_path, *LINES), **data)
        assert message in str(failure.value)

    @pytest.mark.parametrize(
        ("source", "data", "message"),
        [
            ("r.parquet", {"columns": {"user": 1}}, "columns.user: the columns of 'r.parquet' have names"),
            ("r.json", {"separator": ";"}, "separator does nothing here: 'r.json' is not a text with separators"),
            ("r.jsonl.gz", {"header": False}, "header does nothing here"),
            ("r.parquet", {"encoding": "cp1252"}, "encoding does nothing here: 'r.parquet' says its own"),
            (
                "ml-100k",
                {"separator": ";"},
                "separator does nothing here: the columns and titles of 'ml-100k' are known",
            ),
            ("synthetic", {"missing": (99,)}, "missing does nothing here"),
            ("r.csv", {"time_format": "%Y"}, "time_format does nothing here: no column of times is named"),
        ],
    )
    def test_what_a_file_has_no_use_for_is_refused(self, source: str, data: dict[str, Any], message: str) -> None:
        with pytest.raises(ValidationError) as failure:
            DataSettings.model_validate({"source": source, **data})
        assert message in str(failure.value)


@pytest.mark.parametrize("scale", [None, (1.0, 5.0)])
def test_where_every_rating_is_the_same_there_is_nothing_to_learn(
    scale: tuple[float, float] | None, tmp_path: Path
) -> None:
    name = write(tmp_path, HEADER, "ann,1,5", "bob,2,5")
    with pytest.raises(
        InputError, match=r"every rating is 5, so that there is nothing to learn.*feedback = 'implicit'"
    ):
        load(tmp_path, name, scale=scale)
