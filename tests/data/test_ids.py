"""Tests of ids: they are int64 or str after loading, for every type in the file, in ratings and titles alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from data_samples import HEADER, load, rows_of, write
from hypothesis import given
from hypothesis import strategies as st

from recsys.data.ids import to_ids
from recsys.errors import InputError

I64 = st.integers(-(2**63), 2**63 - 1)
WORDS = ["José", "ann", "007"]


def parquet(folder: Path, users: pa.Array) -> str:
    ratings = [float(number) for number in range(1, len(users) + 1)]
    pq.write_table(pa.table({"user": users, "item": [1] * len(users), "rating": ratings}), folder / "r.parquet")
    return "r.parquet"


def users_of(folder: Path, users: pa.Array) -> list[Any]:
    ratings = load(folder, parquet(folder, users))
    assert ratings.catalogue.user_ids.dtype in ("int64", "str")
    return [user for user, _, _ in rows_of(ratings)]


class TestTypes:
    @pytest.mark.parametrize(
        "kind", [pa.int8(), pa.int32(), pa.int64(), pa.uint8(), pa.uint64(), pa.float32(), pa.float64(), pa.string()]
    )
    def test_whole_numbers_of_any_type_are_numbers(self, kind: pa.DataType, tmp_path: Path) -> None:
        assert users_of(tmp_path, pa.array([7, 3, 5]).cast(kind)) == [7, 3, 5]

    @pytest.mark.parametrize("kind", [pa.decimal128(38, 0), pa.decimal128(20, 4), pa.decimal256(60, 2)])
    def test_and_so_are_decimals(self, kind: pa.DataType, tmp_path: Path) -> None:
        assert users_of(tmp_path, pa.array([Decimal(7), Decimal(-3), Decimal(100)], kind)) == [7, -3, 100]

    def test_numbers_beyond_64_bits_are_text_with_every_digit(self, tmp_path: Path) -> None:
        assert users_of(tmp_path, pa.array([2**64 - 1, 2**63, 5], pa.uint64())) == [str(2**64 - 1), str(2**63), "5"]
        huge = [Decimal(10**30), Decimal(1)]
        assert users_of(tmp_path, pa.array(huge, pa.decimal128(38, 0))) == [str(10**30), "1"]

    @pytest.mark.parametrize(
        "convert",
        [
            pa.array,
            lambda words: pa.array(words, pa.large_string()),
            lambda words: pa.array(words, pa.string_view()),
            lambda words: pa.array(words).dictionary_encode(),
            lambda words: pa.array([word.encode() for word in words]),
            lambda words: pa.array([word.encode() for word in words], pa.large_binary()),
            lambda words: pa.array([word.encode() for word in words], pa.binary_view()),
            lambda words: pa.array([word.encode() for word in words]).dictionary_encode(),
        ],
    )
    def test_text_of_any_type_is_text(self, convert: Callable[[list[str]], pa.Array], tmp_path: Path) -> None:
        assert users_of(tmp_path, convert(WORDS)) == WORDS

    def test_categories_that_no_row_has_are_no_ids(self, tmp_path: Path) -> None:
        frame = pd.DataFrame({"user": pd.Categorical(["b", "a"], ["z", "a", "b"]), "item": 1, "rating": [1.0, 2.0]})
        frame.to_parquet(tmp_path / "r.parquet")
        assert load(tmp_path, "r.parquet").catalogue.user_ids.tolist() == ["b", "a"]

    def test_decimals_keep_every_digit(self, tmp_path: Path) -> None:
        close = [Decimal("12345678901234567890123456789.01"), Decimal("12345678901234567890123456789.02")]
        assert users_of(tmp_path, pa.array(close, pa.decimal128(38, 2))) == [str(each) for each in close]

    def test_numbers_with_a_fraction_are_text(self, tmp_path: Path) -> None:
        assert users_of(tmp_path, pa.array([1.5, 2.0, 1e15])) == ["1.5", "2", "1000000000000000"]

    @pytest.mark.parametrize(
        ("users", "message"),
        [
            (pa.array([2.0**53, 1.0]), "are too large to be distinguished as double"),
            (pa.array([float("nan"), 1.0]), "are too large to be distinguished|missing"),
            (pa.array([b"\xff\xfe", b"x"]), "are bytes and no text in UTF-8"),
            (pa.array([b"0123456789abcde\xff"], pa.binary(16)), "are bytes and no text in UTF-8"),
            (pa.array([True, False]), "are of type bool: expected whole numbers or text"),
            (pa.array([date(2020, 1, 1)]), r"are of type date32\[day\]: expected whole numbers or text"),
            (pa.array([[1], [2]]), r"column 'user' is of type list<element: int64>: expected numbers, text or dates"),
            (pa.array([{"id": 1}, {"id": 2}]), "column 'user' is of type struct"),
            (pa.nulls(2), "2 rows have a missing user or item: row 1: , 1, 1"),
        ],
    )
    def test_what_is_none_or_tells_none_apart_is_refused(self, users: pa.Array, message: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=message):
            users_of(tmp_path, users)

    @pytest.mark.parametrize(("bits", "last"), [(16, 2048), (32, 2**24), (64, 2**53)])
    def test_floats_are_ids_as_far_as_they_tell_whole_numbers_apart(self, bits: int, last: int, tmp_path: Path) -> None:
        def stored(*numbers: int) -> pa.Array:
            return pa.array(np.array(numbers, f"float{bits}"))

        assert users_of(tmp_path, stored(last - 1, 7)) == [last - 1, 7]
        with pytest.raises(InputError, match="are too large to be distinguished"):
            users_of(tmp_path, stored(last, 7))

    def test_text_that_is_none_in_utf8_is_refused(self, tmp_path: Path) -> None:
        raw = pa.array([b"\xff", b"x"])
        with pytest.raises(InputError, match="column 'user' has text that is not in UTF-8"):
            users_of(tmp_path, pa.Array.from_buffers(pa.string(), 2, raw.buffers()))

    def test_in_json_too(self, tmp_path: Path) -> None:
        def users_in(*users: object) -> list[Any]:
            lines = [json.dumps({"user": user, "item": 1, "rating": number}) for number, user in enumerate(users)]
            return [row[0] for row in rows_of(load(tmp_path, write(tmp_path, *lines, name="r.jsonl")))]

        assert users_in(7, 3) == [7, 3]
        assert users_in("7", "3") == [7, 3]
        assert users_in("007", "3") == ["007", "3"]
        assert users_in(1.0, 2) == [1, 2]
        assert users_in(2**63, 2) == [str(2**63), "2"]
        assert users_in(7, "3") == [7, 3]
        assert users_in(7, "x") == ["7", "x"]
        with pytest.raises(InputError, match=r"of 'user' are of several types \(float, str\); use one type"):
            users_in(7.5, "3")


class TestLaws:
    @given(ids=st.lists(I64, min_size=1))
    def test_numbers_are_the_same_in_every_type_that_holds_them(self, ids: list[int]) -> None:
        kinds = [pa.array(ids), pa.array([str(each) for each in ids]), pa.array([f"{each}.0" for each in ids])]
        kinds += [pa.array([str(each).encode() for each in ids]), pa.array(map(Decimal, ids), pa.decimal128(38, 2))]
        assert all(list(to_ids(values, "ids")) == ids for values in kinds)

    @given(ids=st.lists(st.text(min_size=1), min_size=1))
    def test_text_is_itself_or_the_numbers_it_writes(self, ids: list[str]) -> None:
        try:
            values = pa.array(ids)
        except UnicodeEncodeError:
            return  # half of a character is no text in a file
        found = list(to_ids(values, "ids"))
        assert found == ids or [str(each) for each in found] == [each.partition(".")[0] for each in ids]

    @given(ids=st.lists(st.floats(-(2**53) + 1, 2**53 - 1), min_size=1))
    def test_numbers_with_a_point_tell_apart_what_is_different(self, ids: list[float]) -> None:
        found = to_ids(pa.array(ids), "ids")
        assert len(set(found)) == len(set(ids))
        assert [float(each) for each in found] == ids


class TestTitles:
    def titles(self, folder: Path, said: list[str], *lines: str, name: str = "r.csv", **data: Any) -> list[str]:
        write(folder, "item,title", *lines, name="t.csv")
        titles = load(folder, name, said, titles={"path": "t.csv"}, **data).catalogue.titles
        assert titles is not None
        return list(titles.tolist())

    def test_they_find_items_whose_numbers_have_a_point(self, tmp_path: Path) -> None:
        said: list[str] = []
        write(tmp_path, HEADER, "1.0,2.0,3", "2.0,1.0,4")
        assert self.titles(tmp_path, said, "1,One", "2,Two") == ["Two", "One"]
        assert said == []

    def test_they_find_items_of_another_type(self, tmp_path: Path) -> None:
        for items in (pa.array([2, 1], pa.uint8()), pa.array(["2", "1"]), pa.array([b"2", b"1"]), pa.array([2.0, 1.0])):
            pq.write_table(pa.table({"user": [1, 2], "item": items, "rating": [1.0, 2.0]}), tmp_path / "r.parquet")
            assert self.titles(tmp_path, [], "1,One", "2.0,Two", name="r.parquet") == ["Two", "One"]

    def test_how_many_have_one_is_said_where_not_all_have(self, tmp_path: Path) -> None:
        said: list[str] = []
        write(tmp_path, HEADER, "1,2,3", "2,1,4", "2,9,4")
        assert self.titles(tmp_path, said, "1,One", "2,Two") == ["Two", "One", ""]
        assert said == [f"{tmp_path / 't.csv'}: 2 of 3 items have a title"]

    def test_where_none_has_one_the_ids_are_shown(self, tmp_path: Path) -> None:
        said: list[str] = []
        write(tmp_path, HEADER, "1,002,3", "2,001,4")
        assert self.titles(tmp_path, said, "1,One", "2,Two") == ["", ""]
        (line,) = said
        assert line.endswith("0 of 2 items have a title: items are such as '002', and those with a title such as 1")

    def test_their_table_is_read_by_its_own_words(self, tmp_path: Path) -> None:
        write(tmp_path, HEADER, "1,2,3", "2,1,4")
        (tmp_path / "t.dat").write_bytes("1::Amélie\n2::Zoë\n".encode("latin-1"))
        own = {"path": "t.dat", "item": 1, "title": 2, "header": False, "separator": "::", "encoding": "latin-1"}
        titles = load(tmp_path, titles=own).catalogue.titles
        assert titles is not None
        assert titles.tolist() == ["Zoë", "Amélie"]

    @pytest.mark.parametrize(
        ("titles", "message"),
        [
            ([["x"], ["y"]], "column 'title' is of type list"),
            ([{"a": 1}, {"a": 2}], "column 'title' is of type struct"),
            ([b"\xff", b"y"], "the titles are of type binary and cannot be read as text"),
        ],
    )
    def test_what_is_no_title_is_refused(self, titles: list[Any], message: str, tmp_path: Path) -> None:
        name = write(tmp_path, "user,item,rating", "a,1,2", "b,2,3")
        pq.write_table(pa.table({"item": [1, 2], "title": titles}), tmp_path / "t.parquet")
        with pytest.raises(InputError, match=message):
            load(tmp_path, name, titles={"path": "t.parquet"})
        pq.write_table(pa.table({"item": titles, "title": ["x", "y"]}), tmp_path / "t.parquet")
        with pytest.raises(InputError, match=r"is of type|are bytes and no text"):
            load(tmp_path, name, titles={"path": "t.parquet"})

    def test_an_empty_one_is_none_and_the_next_for_its_item_counts(self, tmp_path: Path) -> None:
        said: list[str] = []
        name = write(tmp_path, "user,item,rating", "a,1,2", "b,2,3")
        write(tmp_path, "item,title", "1,", "1,One", "2,", name="t.csv")
        titles = load(tmp_path, name, said, titles={"path": "t.csv"}).catalogue.titles
        assert titles is not None
        assert titles.tolist() == ["One", ""]
        assert said == [f"{tmp_path / 't.csv'}: 1 of 2 items have a title"]
