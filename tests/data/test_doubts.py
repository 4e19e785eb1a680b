"""Tests that ambiguous data produce a note on their reading, with the setting that selects the other one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from data_samples import HEADER, load, rows_of, write

from recsys.errors import InputError


class TestIds:
    def test_that_differ_by_blanks_alone(self, tmp_path: Path) -> None:
        said: list[str] = []
        ratings = load(tmp_path, write(tmp_path, HEADER, "7,1,2", " 7,2,3", "8 ,1,1"), said)
        assert ratings.catalogue.users == 3
        (line,) = said
        assert line.startswith(
            f"{tmp_path / 'r.csv'}: column 'user': 1 ids differ from others only by blanks around them"
        )
        assert line.endswith("such as ' 7' from '7'")

    @pytest.mark.parametrize("similar", ["\u200b7", "7\ufeff", "\u00a07", " 7\u200b"])
    def test_or_by_what_nobody_sees(self, similar: str, tmp_path: Path) -> None:
        said: list[str] = []
        load(tmp_path, write(tmp_path, HEADER, "7,1,2", f"{similar},2,3"), said)
        assert "1 ids differ from others" in said[0]

    def test_or_by_how_accents_are_written(self, tmp_path: Path) -> None:
        said: list[str] = []
        load(tmp_path, write(tmp_path, HEADER, "José,1,2", "Jose\u0301,2,3"), said)
        assert "1 ids differ from others only by blanks around them or by the encoding of accents" in said[0]

    def test_a_word_for_nobody_among_whole_numbers(self, tmp_path: Path) -> None:
        said: list[str] = []
        name = write(tmp_path, HEADER, "7,1,2", "NaN,2,3", "NaN,1,3", "8,1,1")
        assert rows_of(load(tmp_path, name, said))[1] == ("NaN", 2, 3.0)
        (line,) = said
        assert line.startswith(
            f"{tmp_path / 'r.csv'}: column 'user': 2 of 4 rows have 'NaN' where the others have whole"
        )
        assert line.endswith('set data.missing = ["NaN"]')
        assert rows_of(load(tmp_path, name, missing=("NaN",))) == [(7, 1, 2.0), (8, 1, 1.0)]

    @pytest.mark.parametrize("users", [["NA", "DE"], ["none", "null"], ["1", "x"], ["1", "2"]])
    def test_of_others_nothing_is_said(self, users: list[str], tmp_path: Path) -> None:
        said: list[str] = []
        load(tmp_path, write(tmp_path, HEADER, *(f"{user},1,{place}" for place, user in enumerate(users))), said)
        assert said == []

    def test_that_are_empty_are_left_out_on_a_word(self, tmp_path: Path) -> None:
        name = write(tmp_path, HEADER, "7,1,2", ",2,3", "8,,1", "8,1,1")
        with pytest.raises(InputError, match=r'2 rows have a missing user or item: .*; data.missing = \[""\] leaves'):
            load(tmp_path, name)
        said: list[str] = []
        assert rows_of(load(tmp_path, name, said, missing=("",))) == [(7, 1, 2.0), (8, 1, 1.0)]
        assert "left out 2 of 4 rows" in said[0]

    @pytest.mark.parametrize("row", [",1,2", "7,,2", "7,1,"])
    def test_of_a_column_that_is_all_empty_no_row_remains(self, row: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r'no rows remain without those of data.missing = \[""\]'):
            load(tmp_path, write(tmp_path, HEADER, row, row), missing=("",))

    def test_a_number_that_means_no_rating_may_be_somebody(self, tmp_path: Path) -> None:
        name = write(tmp_path, HEADER, "99,1,2", "7,99,3", "8,1,99")
        assert rows_of(load(tmp_path, name, missing=(99,))) == [(99, 1, 2.0), (7, 99, 3.0)]

    def test_of_no_number_in_parquet_are_missing(self, tmp_path: Path) -> None:
        pd.DataFrame({"user": [1.0, np.nan], "item": [1, 2], "rating": [1.0, 2.0]}).to_parquet(tmp_path / "r.parquet")
        with pytest.raises(InputError, match="1 row has a missing user or item"):
            load(tmp_path, "r.parquet")


class TestZeros:
    def test_that_are_many_are_said_to_be(self, tmp_path: Path) -> None:
        said: list[str] = []
        rows = [f"{user},1,{0 if user % 2 else user % 10}" for user in range(2, 32)]
        name = write(tmp_path, HEADER, *rows)
        load(tmp_path, name, said)
        assert said == [
            f"{tmp_path / 'r.csv'}: 18 of 30 ratings are 0: if that means 'not rated', set data.missing = [0]"
        ]
        said.clear()
        load(tmp_path, name, said, scale=(0, 10))
        assert said == []

    def test_thumbs_are_not_doubted(self, tmp_path: Path) -> None:
        said: list[str] = []
        load(tmp_path, write(tmp_path, HEADER, *(f"{user},1,{user % 2}" for user in range(30))), said)
        assert said == []
