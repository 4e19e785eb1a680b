"""Tests of quotes and escapes in text files: each line gives its own row, or an error that names the line."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from data_samples import load, rows_of, write
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.data.inspection.inspect_file import inspect_file
from recsys.data.settings import DataSettings
from recsys.errors import InputError

HEADER = "user,item,rating,note"
STRAY = ['"open', 'closed"', '7" single', '"Ghost" Town', '"all"', 'a "b" c', '"', "x", "y", 'say ""it""', "O'Brien"]


def table(notes: list[str]) -> list[str]:
    """The lines of a table with these notes."""
    return [f"{at},{at + 1},{at % 5 + 1},{note}" for at, note in enumerate(notes)]


def expected(notes: list[str]) -> list[tuple[int, int, float]]:
    return [(at, at + 1, at % 5 + 1) for at, _ in enumerate(notes)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(STRAY), min_size=3, max_size=40))
def test_stray_quotes_cost_no_row(notes: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            ratings = load(Path(folder), write(Path(folder), HEADER, *table(notes)))
        except InputError as error:
            assert "line " in str(error)  # noqa: PT017 - one of two ends that are right
            return
    assert rows_of(ratings) == expected(notes)


TEXT = st.text(st.sampled_from("ab ,\"\n\r'\\;"), max_size=8)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(TEXT, min_size=3, max_size=20),
    st.sampled_from(['"', "'"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_quoted_by_a_dialect_that_is_said_comes_back(
    notes: list[str], quote: str, escapes: bool, says: bool, end: str
) -> None:
    def quoted(text: str) -> str:
        if escapes:
            text = text.replace("\\", "\\\\")
        return quote + text.replace(quote, ("\\" if escapes else quote) + quote) + quote

    said = {"escape": "\\"} if escapes else {}
    said |= {"quote": quote} if says or quote == "'" else {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.csv"
        path.write_bytes(end.join([HEADER, *table([quoted(note) for note in notes]), ""]).encode())
        try:
            ratings = load(Path(folder), "r.csv", **said)
        except InputError as error:
            assert "line " in str(error)  # noqa: PT017 - a note may look like rows, where nobody says that it is one
            assert not says
            return
        assert rows_of(ratings) == expected(notes)


class TestNothingIsQuoted:
    NOTES = ("ok", '"so good', "ok", "ok", '"so good', 'x"')

    def test_and_it_is_said_where_one_stands_that_quotes_nothing(self, tmp_path: Path) -> None:
        said: list[str] = []
        ratings = load(tmp_path, write(tmp_path, HEADER, *table(list(self.NOTES))), said)
        assert rows_of(ratings) == expected(list(self.NOTES))
        what = "its quotes are ordinary characters: the one on line 3 quotes no cell"
        assert said == [f"{tmp_path / 'r.csv'}: read with data.quote = 'none': {what}"]

    def test_pairs_of_strays_over_lines_that_look_like_rows_are_no_cell(self, tmp_path: Path) -> None:
        notes = ["ok", '"open', "ok", "ok", 'closed"', "ok"]
        assert rows_of(load(tmp_path, write(tmp_path, HEADER, *table(notes)))) == expected(notes)

    def test_nothing_is_said_where_a_file_says_so(self, tmp_path: Path) -> None:
        said: list[str] = []
        load(tmp_path, write(tmp_path, HEADER, *table(list(self.NOTES))), said, quote="none")
        assert said == []

    def test_an_id_has_its_quotes(self, tmp_path: Path) -> None:
        name = write(tmp_path, "user,item,rating", 'a,"Heroes,1', 'b,7" single,2', 'a,"Ghost" Town,3')
        assert [item for _, item, _ in rows_of(load(tmp_path, name))] == ['"Heroes', '7" single', '"Ghost" Town']

    def test_a_stray_one_among_whole_numbers_is_a_fault(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"1 row has a quote in the user's id.*line 2"):
            load(tmp_path, write(tmp_path, "user,item,rating", '"5,1,1', "6,1,2"))

    def test_init_writes_it(self, tmp_path: Path) -> None:
        write(tmp_path, HEADER, *table(list(self.NOTES)))
        found = inspect_file(tmp_path / "r.csv")
        document, notes = found.data, found.notes
        assert document["quote"] == "none"
        assert any("data.quote = 'none'" in note for note in notes)

    def test_titles_too(self, tmp_path: Path) -> None:
        write(tmp_path, "user,item,rating", "1,3,1", "1,9,2", "1,12,3")
        (tmp_path / "t.tsv").write_text('item\ttitle\n3\t"Heroes\n9\tBest of 7" singles\n12\tOk\n', encoding="utf-8")
        said: list[str] = []
        titles = load(tmp_path, "r.csv", said, titles={"path": "t.tsv"}).catalogue.titles
        assert titles is not None
        assert titles.tolist() == ['"Heroes', 'Best of 7" singles', "Ok"]
        assert any("data.titles.quote = 'none'" in line for line in said)


class TestCellsOfSeveralLines:
    def test_they_are_one_row_and_accounted_for(self, tmp_path: Path) -> None:
        notes = ['"Great, really\nloved it\n\nbuy, buy, buy"', "ok", '"one ""more"""']
        said: list[str] = []
        ratings = load(tmp_path, write(tmp_path, HEADER, "", *table(notes)), said)
        assert rows_of(ratings) == expected(notes)
        assert said[0].endswith(": its 8 lines are 3 rows, a header, 1 blank line, 3 line breaks in cells")

    def test_one_that_holds_lines_like_rows_is_asked_about_where_others_need_their_quotes(self, tmp_path: Path) -> None:
        lines = table(['"a', "b", 'c"', '"d, e"'])
        with pytest.raises(InputError, match=r"line 2: a quoted cell extends over lines that look like rows.*'none'"):
            load(tmp_path, write(tmp_path, HEADER, *lines))
        ratings = load(tmp_path, "r.csv", quote='"')
        assert len(ratings) == 2

    def test_a_quote_that_opens_between_quoted_cells_is_named_by_its_line(self, tmp_path: Path) -> None:
        lines = table(['"a, b"', '"c', "d", '"e, f"'])
        with pytest.raises(InputError, match=r"line 3: a quoted cell .*data\.quote = 'none'"):
            load(tmp_path, write(tmp_path, HEADER, *lines))


class TestEscapes:
    def test_quotes_behind_backslashes_are_found_and_undone(self, tmp_path: Path) -> None:
        write(tmp_path, "user,item,rating", "1,3,1", "1,9,2")
        lines = ["item,title", r'3,"The \"A\", and \\ more"', '9,"B, ""C"""']
        (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
        said: list[str] = []
        titles = load(tmp_path, "r.csv", said, titles={"path": "t.csv"}).catalogue.titles
        assert titles is not None
        assert titles.tolist() == ['The "A", and \\ more', 'B, "C"']
        assert any(r"data.titles.escape = '\\'" in line for line in said)

    def test_separators_behind_backslashes_are_too(self, tmp_path: Path) -> None:
        said: list[str] = []
        ratings = load(tmp_path, write(tmp_path, HEADER, r"1,2,3,a\, b", r"2,\N,4,\N"), said)
        assert rows_of(ratings) == [(1, "2", 3), (2, r"\N", 4)]
        assert any(r"data.escape = '\\'" in line for line in said)

    def test_init_writes_it(self, tmp_path: Path) -> None:
        write(tmp_path, HEADER, r'1,2,3,"a \"b\", c"', "2,3,4,x")
        assert inspect_file(tmp_path / "r.csv").data["escape"] == "\\"


def test_single_quotes_around_cells_are_found(tmp_path: Path) -> None:
    said: list[str] = []
    ratings = load(tmp_path, write(tmp_path, "'user','item','rating'", "'a','x, y',1", "'b','z',2"), said)
    assert rows_of(ratings) == [("a", "x, y", 1), ("b", "z", 2)]
    assert any("data.quote" in line for line in said)


@pytest.mark.parametrize(
    "data", [{"quote": "ab"}, {"quote": "x"}, {"quote": "\n"}, {"escape": ""}, {"escape": "\\\\"}, {"quote": "é"}]
)
def test_what_cannot_quote_or_escape_is_refused(data: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="expected"):
        DataSettings.model_validate({"source": "r.csv", **data})
