"""Tests of Parquet and JSON: single files and folders of files, with columns in any place."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from data_samples import load, rows_of, write

from recsys.data.movielens import ARCHIVES
from recsys.data.settings import NAMED
from recsys.errors import InputError
from recsys.experiment import load_experiment

ROWS = [("ann", 1, 4.0), ("bob", 2, 3.5), ("cy", 1, 1.0)]
FRAME = pd.DataFrame(ROWS, columns=["user", "item", "rating"])


class TestParquet:
    @pytest.mark.parametrize("name", ["spark.parquet", "spark", "Parts.PARQUET"])
    def test_a_folder_of_parts_is_read_in_the_order_of_their_names(self, name: str, tmp_path: Path) -> None:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "_SUCCESS").touch()
        (folder / ".part-00000.crc").write_bytes(b"x")
        for number in (2, 0, 1):
            FRAME[number : number + 1].to_parquet(folder / f"part-{number:05}-c000.snappy.parquet")
        ratings = load(tmp_path, name)
        assert rows_of(ratings) == ROWS
        assert ratings.name == Path(name).stem

    def test_a_folder_without_a_part_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        with pytest.raises(InputError, match="empty: no Parquet file is in this folder"):
            load(tmp_path, "empty")

    def test_parts_of_types_that_do_not_go_together_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "parts").mkdir()
        FRAME.assign(user=[1, 2, 3]).to_parquet(tmp_path / "parts" / "a.parquet")
        FRAME.to_parquet(tmp_path / "parts" / "b.parquet")
        with pytest.raises(InputError, match="parts: cannot be read"):
            load(tmp_path, "parts")

    @pytest.mark.parametrize("index", [["user"], ["user", "item"], ["rating"]])
    def test_columns_of_a_frames_index_are_columns(self, index: list[str], tmp_path: Path) -> None:
        FRAME.set_index(index).to_parquet(tmp_path / "r.parquet")
        assert rows_of(load(tmp_path, "r.parquet")) == ROWS

    def test_an_index_that_is_a_range_is_one_too(self, tmp_path: Path) -> None:
        FRAME.drop(columns="user").set_axis(pd.RangeIndex(7, 10, name="user")).to_parquet(tmp_path / "r.parquet")
        assert [user for user, _, _ in rows_of(load(tmp_path, "r.parquet"))] == [7, 8, 9]

    @pytest.mark.parametrize("codec", ["gzip", "zstd"])
    def test_a_file_may_be_compressed_as_a_whole(self, codec: str, tmp_path: Path) -> None:
        FRAME.to_parquet(tmp_path / "r.parquet")
        content = (tmp_path / "r.parquet").read_bytes()
        name = f"r.parquet.{ {'gzip': 'gz', 'zstd': 'zst'}[codec] }".replace(" ", "")
        with pa.CompressedOutputStream(str(tmp_path / name), codec) as stream:
            stream.write(content)
        assert rows_of(load(tmp_path, name)) == ROWS

    def test_columns_that_are_not_used_may_be_of_any_type(self, tmp_path: Path) -> None:
        table = pa.Table.from_pandas(FRAME).append_column("deep", pa.array([{"a": [1]}] * 3))
        pq.write_table(table, tmp_path / "r.parquet")
        assert rows_of(load(tmp_path, "r.parquet")) == ROWS

    def test_a_column_that_is_not_there_is_named_beside_those_that_are(self, tmp_path: Path) -> None:
        FRAME.rename(columns={"user": "uid"}).set_index("item").to_parquet(tmp_path / "r.parquet")
        with pytest.raises(InputError, match="no column 'user'; there are 'uid', 'rating', 'item'"):
            load(tmp_path, "r.parquet")

    def test_an_empty_one_has_no_rows(self, tmp_path: Path) -> None:
        FRAME[:0].to_parquet(tmp_path / "r.parquet")
        with pytest.raises(InputError, match="the table has no rows"):
            load(tmp_path, "r.parquet")


class TestJson:
    LINES = [json.dumps(dict(zip(FRAME.columns, row, strict=True))) for row in ROWS]

    @pytest.mark.parametrize("ending", [".json", ".jsonl", ".JSON"])
    def test_an_object_a_line_is_a_row(self, ending: str, tmp_path: Path) -> None:
        assert rows_of(load(tmp_path, write(tmp_path, *self.LINES, "", name=f"r{ending}"))) == ROWS

    def test_and_so_is_an_object_of_an_array(self, tmp_path: Path) -> None:
        (tmp_path / "r.json").write_text("[" + ",".join(self.LINES) + "]")
        assert rows_of(load(tmp_path, "r.json")) == ROWS

    @pytest.mark.parametrize(
        ("lines", "message"),
        [
            (['{"user": 1'], r"r.json: line 4 is not JSON with an object per line or an array of objects"),
            (["[1, 2, 3]"], "line 4 is not an object: \\[1, 2, 3\\]"),
            (['{"user": "d", "item": 2}'], "1 row has a missing rating: line 4: d, 2, "),
            (['{"user": null, "item": 2, "rating": 3}'], "1 row has a missing user or item: line 4: , 2, 3"),
            (['{"user": "d", "item": 2, "rating": "good"}'], "the values of 'rating' are of several types"),
            (['{"user": "d", "item": 2, "rating": NaN}'], "1 row has a missing rating: line 4: d, 2, ; .*missing"),
        ],
    )
    def test_what_is_wrong_is_shown_by_its_line(self, lines: list[str], message: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=message):
            load(tmp_path, write(tmp_path, *self.LINES, *lines, name="r.json"))

    def test_a_member_that_no_object_has_is_named_beside_those_that_they_have(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no column 'stars'; there are 'user', 'item', 'rating'"):
            load(tmp_path, write(tmp_path, *self.LINES, name="r.json"), columns={"rating": "stars"})

    @pytest.mark.parametrize("content", ["", "[]", "\n \n"])
    def test_an_empty_one_has_no_rows(self, content: str, tmp_path: Path) -> None:
        (tmp_path / "r.json").write_text(content)
        with pytest.raises(InputError, match="the table has no rows"):
            load(tmp_path, "r.json")


def test_the_data_sets_known_by_name_are_those_that_can_be_fetched() -> None:
    assert list(NAMED) == list(ARCHIVES)


def test_an_experiment_on_a_folder_finds_it_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    FRAME.to_parquet(tmp_path / "parts" / "a.parquet")
    (tmp_path / "mine.toml").write_text('[data]\nsource = "parts"\n[model]\nkind = "mf"\n')
    anchored = load_experiment(tmp_path / "mine.toml").anchored
    assert anchored.data.source == str(tmp_path / "parts")
    assert rows_of(load(Path("/"), anchored.data.source)) == ROWS
