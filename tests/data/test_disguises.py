"""Tests of files whose content does not match their ending or format: messages name the content and the remedy."""

from __future__ import annotations

import gzip
import io
import pickle
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pytest
from data_samples import load, rows_of

from recsys.data.inspection.inspect_file import inspect_file
from recsys.errors import InputError

FRAME = pd.DataFrame({"user": ["a", "b", "c"], "item": [1, 2, 3], "rating": [1.0, 2.0, 3.0]})
TEXT = FRAME.to_csv(index=False).encode()


def workbook() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


def arrow() -> bytes:
    file = io.BytesIO()
    feather.write_feather(FRAME, file)
    return file.getvalue()


DISGUISED = {
    "a workbook": (workbook(), "ZIP archive, as the workbooks of Excel"),
    "a page": (b"\n<!DOCTYPE html>\n<html><body>Please, sign in</body></html>", "a page of HTML or XML, not a table"),
    "JSON lines": (FRAME.to_json(orient="records", lines=True).encode(), r"it is JSON: rename it to \.json"),
    "a JSON array": (b"[\n  " + FRAME.to_json(orient="records").encode()[1:], r"it is JSON: rename it to \.json"),
    "Parquet": (FRAME.to_parquet(), r"a Parquet file: rename it to \.parquet"),
    "gzip": (gzip.compress(TEXT), r"compressed by gzip: rename it to \.gz"),
    "Zstandard": (pa.compress(TEXT, codec="zstd", asbytes=True), r"compressed by Zstandard: rename it to \.zst"),
    "a pickle": (pickle.dumps(FRAME), "a pickle of Python"),
    "Feather": (arrow(), "a Feather file"),
}


@pytest.mark.parametrize("what", DISGUISED)
def test_what_is_called_csv_is_said_to_be(what: str, tmp_path: Path) -> None:
    content, message = DISGUISED[what]
    (tmp_path / "r.csv").write_bytes(content)
    with pytest.raises(InputError, match=rf"r\.csv: .*{message}"):
        load(tmp_path)
    with pytest.raises(InputError, match=message):
        inspect_file(tmp_path / "r.csv")


@pytest.mark.parametrize("name", ["r.parquet", "parts/r.parquet"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (TEXT, "it is not a Parquet file"),
        (workbook(), "ZIP archive"),
        (FRAME.to_parquet()[:-100], "it is truncated: it does not end like a Parquet file"),
    ],
)
def test_what_is_called_parquet_is(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    source = name.partition("/")[0]
    for read in (lambda: load(tmp_path, source), lambda: inspect_file(tmp_path / source)):
        with pytest.raises(InputError, match=rf"r\.parquet: .*{message}"):
            read()


@pytest.mark.parametrize("marked", ["PAR1", "BZh9", "PK", "ARROW1", "%PDF"])
def test_an_id_that_begins_as_another_file_does_is_an_id(marked: str, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(f"{marked},1,2\nx,1,3\n")
    ratings = load(tmp_path, header=False, columns={"user": 1, "item": 2, "rating": 3})
    assert rows_of(ratings) == [(marked, 1, 2.0), ("x", 1, 3.0)]


def test_a_nul_byte_is_shown_by_its_line_and_no_other_encoding_is_advised(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_bytes(TEXT + b"d\0,4,2\n")
    for read in (lambda: load(tmp_path), lambda: inspect_file(tmp_path / "r.csv")):
        with pytest.raises(InputError, match=r"line 5 has a NUL byte.*; is the file damaged"):
            read()


class TestHeaders:
    def test_that_come_again_are_left_out_and_said(self, tmp_path: Path) -> None:
        """As where files were put one behind the other; without ratings nothing else would tell."""
        said: list[str] = []
        (tmp_path / "e.csv").write_text("user,item\n1,2\n2,3\nuser,item\n3,4\n")
        events = load(tmp_path, "e.csv", said, feedback="implicit")
        assert rows_of(events) == [(1, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0)]
        assert said == [f"{tmp_path / 'e.csv'}: left out 1 of 4 rows, which repeat the header"]

    def test_with_a_mark_in_the_middle_of_the_file_too(self, tmp_path: Path) -> None:
        (tmp_path / "e.csv").write_text("\ufeffuser,item\n1,2\n\ufeffuser,item\n3,4\n", encoding="utf-8")
        assert rows_of(load(tmp_path, "e.csv", feedback="implicit")) == [(1, 2, 1.0), (3, 4, 1.0)]

    def test_lines_above_one_are_said_to_be_too_much(self, tmp_path: Path) -> None:
        (tmp_path / "r.csv").write_bytes(b"# exported 2020\n\n" + TEXT)
        with pytest.raises(
            InputError, match=r"no column 'user'.*; line 3 seems to be the header: delete the lines above"
        ):
            load(tmp_path)

    def test_the_separator_that_excel_is_told_is_used_and_lines_keep_their_numbers(self, tmp_path: Path) -> None:
        (tmp_path / "r.csv").write_bytes(b"sep=;\r\n" + TEXT.replace(b",", b";"))
        assert len(load(tmp_path)) == 3
        assert len(load(tmp_path, separator=";")) == 3
        (tmp_path / "r.csv").write_bytes(b"sep=;\n" + TEXT.replace(b",", b";") + b"d;4;good\n")
        with pytest.raises(InputError, match="1 row has a rating that is not a number: line 6: d, 4, good"):
            load(tmp_path)

    def test_of_names_that_are_not_known_the_separator_is_found_all_the_same(self, tmp_path: Path) -> None:
        (tmp_path / "r.csv").write_text("Nutzer;Artikel;Wertung\n1;2;3\n")
        with pytest.raises(InputError, match=r"there are 'Nutzer', 'Artikel', 'Wertung'; data\.columns gives its name"):
            load(tmp_path)


class TestFoldersOfParts:
    def test_what_a_folder_is_called_by_is_text_that_keeps_its_zeros(self, tmp_path: Path) -> None:
        for user in ("007", "7", "x%2Fy"):
            (tmp_path / "parts" / f"user={user}").mkdir(parents=True)
            FRAME[["item", "rating"]].to_parquet(tmp_path / "parts" / f"user={user}" / "part-0.parquet")
        assert {row[0] for row in rows_of(load(tmp_path, "parts"))} == {"007", "7", "x/y"}

    def test_and_a_number_where_all_are(self, tmp_path: Path) -> None:
        for rating in ("1", "2.5"):
            (tmp_path / "parts" / f"rating={rating}").mkdir(parents=True)
            frame = FRAME[["user", "item"]].assign(user=FRAME["user"] + rating)
            frame.to_parquet(tmp_path / "parts" / f"rating={rating}" / "part-0.parquet")
        assert set(load(tmp_path, "parts").values.tolist()) == {1.0, 2.5}
