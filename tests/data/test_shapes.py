"""Tests of tables without one row per event: declared shapes are read, and others are refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
from data_samples import load, rows_of

from recsys.data.inspection.inspect_file import inspect_file
from recsys.errors import InputError

LISTS: dict[str, Any] = {"shape": "lists", "feedback": "implicit"}
LINES = LISTS | {"header": False, "columns": {"user": 1, "item": 2}}


def written(folder: Path, text: str, name: str = "r.csv") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


def matrix(rows: int = 12, items: int = 12) -> str:
    random = Random(0)  # noqa: S311 - cells, no secrets
    cells = [[random.choice(["", "1", "3", "5"]) for _ in range(items)] for _ in range(rows)]
    head = ",".join(["who", *(str(100 + at) for at in range(items))])
    return "\n".join([head, *(f"u{at}," + ",".join(row) for at, row in enumerate(cells)), ""])


class TestWide:
    def test_each_filled_cell_is_a_rating_person_by_person(self, tmp_path: Path) -> None:
        said: list[str] = []
        ratings = load(tmp_path, written(tmp_path, "user,7,9\na,,4\nb,2,\nc,,\n"), said, shape="wide")
        assert rows_of(ratings) == [("a", 9, 4), ("b", 7, 2)]
        assert said[-1].endswith("a matrix of 3 rows and 2 items; 2 cells are filled")

    def test_cells_of_implicit_data_are_weights_and_missing_ones_are_left_out(self, tmp_path: Path) -> None:
        name = written(tmp_path, "user,x,y\na,0,4\nb,2,0\n")
        ratings = load(tmp_path, name, shape="wide", feedback="implicit", missing=[0])
        assert sorted(rows_of(ratings)) == [("a", "y", 4), ("b", "x", 2)]

    def test_a_cell_that_is_no_number_is_shown_at_its_line(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="not a number: line 3: b, y, good"):
            load(tmp_path, written(tmp_path, "user,x,y\na,1,4\nb,2,good\n"), shape="wide")

    def test_one_that_nobody_says_is_named_with_the_line_to_write(self, tmp_path: Path) -> None:
        name = written(tmp_path, matrix())
        with pytest.raises(
            InputError, match=r"looks like a matrix.*data.shape = 'wide', data.columns = .* user = 'who'"
        ):
            load(tmp_path, name, columns={"user": "who", "item": "100", "rating": "101"})
        document = inspect_file(tmp_path / name).data
        assert document == {"shape": "wide", "columns": {"user": "who"}}
        filled = sum(bool(cell) for line in matrix().splitlines()[1:] for cell in line.split(",")[1:])
        assert len(load(tmp_path, name, **document)) == filled

    def test_one_without_a_header_too(self, tmp_path: Path) -> None:
        name = written(tmp_path, matrix().split("\n", 1)[1])
        with pytest.raises(InputError, match="looks like a matrix"):
            load(tmp_path, name, header=False, columns={"user": 1, "item": 2, "rating": 3})
        document = inspect_file(tmp_path / name).data
        assert document == {"shape": "wide", "header": False, "columns": {"user": 1}}

    def test_one_without_people_is_refused(self, tmp_path: Path) -> None:
        random = Random(1)  # noqa: S311 - cells, no secrets
        rows = [",".join(random.choice("12345") for _ in range(30)) for _ in range(20)]
        name = written(tmp_path, "\n".join(rows))
        with pytest.raises(InputError, match="without a column of users"):
            inspect_file(tmp_path / name)
        with pytest.raises(InputError, match="without a column of users"):
            load(tmp_path, name, header=False, columns={"user": 1, "item": 2, "rating": 3})

    def test_events_with_many_columns_are_none(self, tmp_path: Path) -> None:
        for many in (8, 19, 40):
            head = ",".join(["user", "item", "rating", *(f"genre{at}" for at in range(many))])
            rows = [f"{at % 5},{at},{at % 4 + 1}," + ",".join("01"[at % 2] for _ in range(many)) for at in range(40)]
            name = written(tmp_path, "\n".join([head, *rows]))
            assert len(load(tmp_path, name)) == 40
            assert inspect_file(tmp_path / name).data["columns"] == {"user": "user", "item": "item", "rating": "rating"}


class TestLists:
    @pytest.mark.parametrize(
        "cells",
        [
            ['"[3, 5, 7]"', '"[5]"', "[]"],
            ["\"['3', '5', '7']\"", "\"['5']\"", ""],
            ['"{3,5,7}"', "{5}", "{}"],
            ["[3 5 7]", "[5]", "[]"],
            ["3|5|7", "5", ""],
            ["3 5 7", "5", ""],
            ["3-1 4-0 5-1 7-1", "5-1 3-0", "3-0"],
        ],
    )
    def test_in_a_cell_they_are_read_however_they_are_written(self, cells: list[str], tmp_path: Path) -> None:
        rows = [f"{user},{cell}" for user, cell in zip("abc", cells, strict=True)]
        said: list[str] = []
        ratings = load(tmp_path, written(tmp_path, "\n".join(["user,item", *rows])), said, **LISTS)
        assert sorted(rows_of(ratings)) == [("a", 3, 1), ("a", 5, 1), ("a", 7, 1), ("b", 5, 1)]
        assert said[-1].endswith("3 lists of 4 items, 1 of them empty")

    def test_in_a_line_they_stand_behind_their_person(self, tmp_path: Path) -> None:
        name = written(tmp_path, "8 3 5 7\n9 5 \n10\n", "train.txt")
        assert sorted(rows_of(load(tmp_path, name, **LINES))) == [(8, 3, 1), (8, 5, 1), (8, 7, 1), (9, 5, 1)]

    def test_where_each_has_as_many_none_is_lost(self, tmp_path: Path) -> None:
        ratings = load(tmp_path, written(tmp_path, "8 3 5 7\n9 5 6 7\n", "train.txt"), **LINES)
        assert len(ratings) == 6

    def test_behind_a_count_people_are_known_by_their_line(self, tmp_path: Path) -> None:
        said: list[str] = []
        ratings = load(tmp_path, written(tmp_path, "3 3 5 7\n1 5\n", "users.dat"), said, **LINES)
        assert sorted(rows_of(ratings)) == [(1, 3, 1), (1, 5, 1), (1, 7, 1), (2, 5, 1)]
        assert any("counts its items" in line for line in said)

    def test_of_parquet_and_json_are_read(self, tmp_path: Path) -> None:
        frame = pd.DataFrame({"user": ["a", "b"], "item": [[3, 5], [7]]})
        frame.to_parquet(tmp_path / "r.parquet")
        frame.to_json(tmp_path / "r.jsonl", orient="records", lines=True)
        for name in ("r.parquet", "r.jsonl"):
            assert sorted(rows_of(load(tmp_path, name, **LISTS))) == [("a", 3, 1), ("a", 5, 1), ("b", 7, 1)]
            with pytest.raises(InputError, match=r"set data.shape = 'lists'"):
                load(tmp_path, name, feedback="implicit")

    def test_of_objects_are_named(self, tmp_path: Path) -> None:
        rows = [{"user": "a", "item": [{"id": 3, "playtime": 6}]}]
        with pytest.raises(InputError, match="with the item's id in a column of its own"):
            load(tmp_path, written(tmp_path, json.dumps(rows), "r.json"), **LISTS)

    def test_with_values_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="values attached, such as 3:1"):
            load(tmp_path, written(tmp_path, "8 3:1 5:2 7:1\n9 5:4\n", "train.txt"), **LINES)

    def test_those_that_nobody_says_are_named_with_the_line_to_write(self, tmp_path: Path) -> None:
        written(tmp_path, "8 3 5 7\n9 5 6\n10 3\n", "train.txt")
        written(tmp_path, 'user,items\na,"[3, 5]"\nb,"[5]"\nc,"[3, 7]"\n', "basket.csv")
        written(tmp_path, "user,items\na,3 5 7 8\nb,5 6\nc,3 7 5 6 8\nd,5\n", "history.csv")
        with pytest.raises(InputError, match=r"data.shape = 'lists', .*header = false, data.columns = "):
            load(tmp_path, "train.txt", feedback="implicit", header=False, columns={"user": 1, "item": 2})
        for name in ("basket.csv", "history.csv"):
            for columns in ({"item": "items"}, {}):
                with pytest.raises(InputError, match=r"column 'items' look like lists, such as .*data.shape = 'lists'"):
                    load(tmp_path, name, feedback="implicit", columns=columns)
            assert inspect_file(tmp_path / name).data == LISTS | {"columns": {"user": "user", "item": "items"}}
        assert inspect_file(tmp_path / "train.txt").data == LINES
        assert len(load(tmp_path, "basket.csv", feedback="implicit", columns={"item": "items"}, shape="rows")) == 3

    def test_names_with_blanks_and_isbns_in_groups_are_items(self, tmp_path: Path) -> None:
        for items in (["The Band 1", "Band 2", "The 3"], ["0 306 40615 2", "0 306 40616 1", "0 306 40617 9"]):
            rows = [f"{user},{item},{at}" for at, (user, item) in enumerate(zip("abc", items, strict=True))]
            assert len(load(tmp_path, written(tmp_path, "\n".join(["user,item,rating", *rows])))) == 3


def test_impressions_are_found_with_their_people_and_times(tmp_path: Path) -> None:
    rows = [f"{at}\tU{at % 4}\t11/1{at % 5}/2019 9:05:58 AM\tN1 N2\tN{at % 7}-1 N9-0" for at in range(1, 20)]
    document = inspect_file(tmp_path / written(tmp_path, "\n".join(rows), "behaviors.tsv")).data
    assert document["columns"] == {"user": 2, "item": 5, "timestamp": 3}
    assert document["time_format"] == "%m/%d/%Y %I:%M:%S %p"
    ratings = load(tmp_path, "behaviors.tsv", **document)
    assert "N9" not in ratings.catalogue.item_ids
