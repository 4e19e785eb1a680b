"""Tests of folders of parts, unknown endings, lakehouse tables, and forms of JSON."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest
from data_samples import load, rows_of, write

from recsys.data.inspection.inspect_file import inspect_file
from recsys.errors import InputError

ROWS = [("a", 3, 1.0), ("b", 5, 4.0), ("a", 5, 2.0)]
FRAME = pd.DataFrame(ROWS, columns=["user", "item", "rating"])


def folder_of(path: Path, parts: dict[str, str]) -> Path:
    path.mkdir()
    for name, text in parts.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


class TestFolders:
    PARTS = {"part-2.csv": "user,item,rating\na,5,2\n", "part-1.csv": "user,item,rating\na,3,1\nb,5,4\n"}

    def test_parts_are_read_in_the_order_of_their_names(self, tmp_path: Path) -> None:
        others = {"_SUCCESS": "", ".part-1.csv.crc": "x", "part-1.csv.crc": "x", "part-0.csv": "", "_tmp": "x"}
        folder = folder_of(tmp_path / "parts", self.PARTS | others)
        assert rows_of(load(tmp_path, "parts")) == ROWS
        assert inspect_file(folder).data == {"columns": {"user": "user", "item": "item", "rating": "rating"}}

    def test_a_row_that_is_wrong_is_shown_by_its_line_and_part(self, tmp_path: Path) -> None:
        folder_of(tmp_path / "parts", self.PARTS | {"part-3.csv": "user,item,rating\nc,3,1\nc,,1\n"})
        with pytest.raises(InputError, match=r"1 row has a missing user or item: line 3 of .*part-3\.csv: c, , 1"):
            load(tmp_path, "parts")

    def test_parts_whose_columns_differ_are_told(self, tmp_path: Path) -> None:
        folder_of(tmp_path / "parts", self.PARTS | {"part-3.csv": "rating,note,item,user\n1,x,3,c\n"})
        said: list[str] = []
        assert len(load(tmp_path, "parts", said)) == 4
        assert any("part-3.csv: its columns are 'rating', 'note', 'item', 'user', those of" in line for line in said)
        with pytest.raises(InputError, match=r"name the columns in data.columns, not their numbers"):
            load(tmp_path, "parts", columns={"user": 1, "item": 2, "rating": 3})

    def test_a_part_without_a_column_that_is_used_is_refused(self, tmp_path: Path) -> None:
        folder_of(tmp_path / "parts", self.PARTS | {"part-3.csv": "user,rating\na,1\n"})
        with pytest.raises(InputError, match=r"part-3\.csv: no column 'item'"):
            load(tmp_path, "parts")

    def test_files_of_several_kinds_are_no_parts(self, tmp_path: Path) -> None:
        FRAME.to_parquet(folder_of(tmp_path / "parts", self.PARTS) / "r.parquet")
        with pytest.raises(InputError, match="files are of several kinds"):
            load(tmp_path, "parts")

    def test_remarks_on_many_parts_are_cut_short(self, tmp_path: Path) -> None:
        folder_of(tmp_path / "parts", {f"{at:02}.csv": f"user,item,rating\n\n{at},1,{at}\n" for at in range(12)})
        said: list[str] = []
        assert len(load(tmp_path, "parts", said)) == 12
        assert len(said) == 6
        assert said[-1].endswith("7 more such notes on its parts")


@pytest.mark.parametrize(
    ("mark", "what"),
    [
        ("_delta_log/0.json", "a Delta table"),
        (".hoodie/hoodie.properties", "a Hudi table"),
        ("metadata/v1.metadata.json", "an Iceberg table"),
    ],
)
def test_tables_of_a_lakehouse_are_refused_by_name(mark: str, what: str, tmp_path: Path) -> None:
    (tmp_path / "t" / "data").mkdir(parents=True)
    (tmp_path / "t" / mark).parent.mkdir()
    (tmp_path / "t" / mark).write_text("{}", encoding="utf-8")
    FRAME.to_parquet(tmp_path / "t" / "part-0.parquet")
    FRAME.to_parquet(tmp_path / "t" / "data" / "part-0.parquet")
    for source in ("t", "t/data", "."):
        with pytest.raises(InputError, match=f"is {what}, some of whose files may hold deleted rows.*to_parquet"):
            load(tmp_path, source)
    with pytest.raises(InputError, match=f"is {what}"):
        inspect_file(tmp_path / "t")


class TestEndingsThatNobodyKnows:
    TEXT = "user\titem\trating\n" + "".join(f"{user}\t{item}\t{rating:g}\n" for user, item, rating in ROWS)

    @pytest.mark.parametrize("name", ["u1.base", "ratings.data", "ratings", "ratings.2024"])
    def test_are_read_by_what_is_in_the_file(self, name: str, tmp_path: Path) -> None:
        for content in (self.TEXT.encode(), gzip.compress(self.TEXT.encode())):
            (tmp_path / name).write_bytes(content)
            assert rows_of(load(tmp_path, name)) == ROWS
            assert inspect_file(tmp_path / name).data["columns"] == {"user": "user", "item": "item", "rating": "rating"}
        FRAME.to_parquet(tmp_path / "r.parquet")
        (tmp_path / "r.parquet").replace(tmp_path / name)
        assert rows_of(load(tmp_path, name)) == ROWS
        FRAME.to_json(tmp_path / name, orient="records", lines=True)
        assert rows_of(load(tmp_path, name)) == ROWS

    def test_what_is_said_of_a_text_may_be_said(self, tmp_path: Path) -> None:
        (tmp_path / "u1.base").write_text("a;3;1\nb;5;4\na;5;2\n", encoding="utf-8")
        columns = {"user": 1, "item": 2, "rating": 3}
        assert rows_of(load(tmp_path, "u1.base", header=False, separator=";", columns=columns)) == ROWS

    def test_titles_may_have_one(self, tmp_path: Path) -> None:
        write(tmp_path, "user,item,rating", "a,3,1", "b,5,4")
        (tmp_path / "u.item").write_text("3|One\n5|Two\n", encoding="utf-8")
        titles = {"path": "u.item", "header": False, "item": 1, "title": 2}
        found = load(tmp_path, titles=titles).catalogue.titles
        assert found is not None
        assert found.tolist() == ["One", "Two"]


class TestFormsOfJson:
    @pytest.mark.parametrize("indent", [None, 2])
    @pytest.mark.parametrize("orient", ["columns", "index", "split", "records", "table"])
    def test_what_pandas_writes_is_read(self, orient: str, indent: int | None, tmp_path: Path) -> None:
        FRAME.to_json(tmp_path / "r.json", orient=orient, indent=indent)  # type: ignore[call-overload]
        assert rows_of(load(tmp_path, "r.json")) == ROWS

    def test_values_without_names_are_named(self, tmp_path: Path) -> None:
        FRAME.to_json(tmp_path / "r.json", orient="values")
        with pytest.raises(InputError, match=r"orient = 'values'.*orient = 'records'"):
            load(tmp_path, "r.json")

    @pytest.mark.parametrize("prefix", ["", "u"])
    def test_what_python_prints_is_read_and_nothing_runs(self, prefix: str, tmp_path: Path) -> None:
        lines = [repr(each).replace("{'", f"{{{prefix}'") for each in FRAME.to_dict("records")]
        said: list[str] = []
        assert rows_of(load(tmp_path, write(tmp_path, *lines, name="r.json"), said)) == ROWS
        assert any("in Python's notation" in line for line in said)
        mark = tmp_path / "ran"
        write(tmp_path, *lines, f"{{'user': open({str(mark)!r}, 'w')}}", name="r.json")
        with pytest.raises(InputError, match="line 4 is not an object in Python's notation"):
            load(tmp_path, "r.json")
        assert not mark.exists()

    def test_a_name_that_comes_twice_loses_no_row(self, tmp_path: Path) -> None:
        (tmp_path / "r.json").write_text(
            '{"user": {"0": 1, "0": 2}, "item": {"0": 1}, "rating": {"0": 1}}', encoding="utf-8"
        )
        with pytest.raises(InputError, match="the name '0' more than once"):
            load(tmp_path, "r.json")

    def test_columns_of_unlike_lengths_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "r.json").write_text(json.dumps({"user": [1, 2], "item": [1], "rating": [1, 2]}), encoding="utf-8")
        with pytest.raises(InputError, match="columns differ in length"):
            load(tmp_path, "r.json")


class TestRoundedIds:
    @pytest.mark.parametrize(
        "ids",
        [
            ["1.00000E+15", "1.00000E+15"],
            ["1,23E+12", "7"],
            ["5E+10", "123"],
            ["1.5e+17", "abc"],
            [f"12345678901234{at}000" for at in range(6)],
        ],
    )
    def test_are_refused_with_what_to_do(self, ids: list[str], tmp_path: Path) -> None:
        rows = [f'"{each}",{at},{at % 5}' for at, each in enumerate(ids)]
        with pytest.raises(InputError, match=r"column 'user' look rounded by a spreadsheet, such as .* as text"):
            load(tmp_path, write(tmp_path, "user,item,rating", *rows))

    @pytest.mark.parametrize("ids", [["1e3", "x"], ["5E+10", "word"], ["E+1", "1E+"], ["10000000000000000000", "2"]])
    def test_ids_that_only_look_a_little_so_are_ids(self, ids: list[str], tmp_path: Path) -> None:
        rows = [f"{each},{at},{at + 1}" for at, each in enumerate(ids)]
        assert [str(user) for user, _, _ in rows_of(load(tmp_path, write(tmp_path, "user,item,rating", *rows)))] == ids
