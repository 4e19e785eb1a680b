"""Tests of ratings from files: ids stay unchanged, and invalid rows are counted and shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.errors import InputError


def rows_of(users: list[str]) -> list[str]:
    """A rating by each user, each another."""
    return [f"{user},i,{number}" for number, user in enumerate(users)]


ROWS = [("ann", 1, 4.0), ("ann", 2, 3.5), ("bob", 1, 1.0), ("cy", 3, 5.0)]


def load(folder: Path, name: str, **more: Any) -> Ratings:
    return load_ratings(DataSettings.model_validate({"source": name, **more}), folder)


def write(folder: Path, *lines: str, name: str = "r.csv") -> str:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return name


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".parquet"])
class TestEveryFormat:
    def test_rows_keep_their_order_and_ids_come_back(self, ending: str, tmp_path: Path) -> None:
        table = pd.DataFrame(ROWS, columns=["user", "item", "rating"])
        path = tmp_path / f"films{ending}"
        if ending == ".parquet":
            table.to_parquet(path)
        else:
            table.to_csv(path, index=False, sep="," if ending == ".csv" else "\t")
        ratings = load(tmp_path, path.name)
        assert ratings.name == "films"
        assert [ratings.catalogue.user_ids[code] for code in ratings.users] == [user for user, _, _ in ROWS]
        assert [int(ratings.catalogue.item_ids[code]) for code in ratings.items] == [item for _, item, _ in ROWS]
        assert ratings.values.tolist() == [value for _, _, value in ROWS]
        assert ratings.scale == (1.0, 5.0)

    def test_columns_are_mapped_and_titles_joined(self, ending: str, tmp_path: Path) -> None:
        table = pd.DataFrame(ROWS, columns=["who", "what", "stars"])
        titles = pd.DataFrame({"id": [1, 2, 9], "name": ["One", "Two", "Nine"]})
        for name, frame in (("t", table), ("n", titles)):
            path = tmp_path / f"{name}{ending}"
            if ending == ".parquet":
                frame.to_parquet(path)
            else:
                frame.to_csv(path, index=False, sep="," if ending == ".csv" else "\t")
        ratings = load(
            tmp_path,
            f"t{ending}",
            columns={"user": "who", "item": "what", "rating": "stars"},
            titles={"path": f"n{ending}", "item": "id", "title": "name"},
        )
        assert ratings.catalogue.titles is not None
        assert ratings.catalogue.titles.tolist() == ["One", "Two", ""]


@given(
    ids=st.lists(
        st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=6),
        min_size=1,
        max_size=8,
        unique=True,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_id_comes_back_as_it_was_written(ids: list[str], tmp_path: Path) -> None:
    name = write(tmp_path, "user,item,rating", "x,y,1", *(f"{user},i,{3}" for user in ids))
    ratings = load(tmp_path, name).take(np.arange(1, len(ids) + 1))
    assert [str(ratings.catalogue.user_ids[code]) for code in ratings.users] == ids


class TestIds:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            (["3", "1", "2"], [3, 1, 2]),
            (["007", "7"], ["007", "7"]),
            (["7", "x"], ["7", "x"]),
            (["1.0", "2", "30.00"], [1, 2, 30]),
            (["1.0", "2.5"], ["1.0", "2.5"]),
            (["-0", "1"], ["-0", "1"]),
            (["9223372036854775807", "-9223372036854775808"], [2**63 - 1, -(2**63)]),
            (["+1", "1"], ["+1", "1"]),
            (["NA", "nan", "None"], ["NA", "nan", "None"]),
            (["-5", "9007199254740993"], [-5, 2**53 + 1]),
            (["1e3", "True"], ["1e3", "True"]),
            (["18446744073709551616", "1"], ["18446744073709551616", "1"]),
            (['"a,b"', '"say ""hi"""'], ["a,b", 'say "hi"']),
        ],
    )
    def test_they_are_whole_numbers_where_every_one_is_written_as_one(
        self, written: list[str], read: list[object], tmp_path: Path
    ) -> None:
        ratings = load(tmp_path, write(tmp_path, "user,item,rating", *rows_of(written)))
        assert ratings.catalogue.user_ids[ratings.users].tolist() == read

    def test_titles_find_their_items_however_both_are_written(self, tmp_path: Path) -> None:
        write(tmp_path, "item,title", "2,Two", "007,Bond", "2,Again", name="t.csv")
        name = write(tmp_path, "user,item,rating", "a,007,1", "a,2,2", "a,3,3")
        titles = load(tmp_path, name, titles={"path": "t.csv"}).catalogue.titles
        assert titles is not None
        assert titles.tolist() == ["Bond", "Two", ""]
        numbers = write(tmp_path, "user,item,rating", "a,1,1", "a,2,2")
        titles = load(tmp_path, numbers, titles={"path": "t.csv"}).catalogue.titles
        assert titles is not None
        assert titles.tolist() == ["", "Two"]

    def test_a_title_table_without_its_columns_is_named(self, tmp_path: Path) -> None:
        write(tmp_path, "id,title", "2,Two", name="t.csv")
        name = write(tmp_path, "user,item,rating", "a,1,1")
        with pytest.raises(InputError, match=r"t\.csv: no column 'item'; there are 'id', 'title'"):
            load(tmp_path, name, titles={"path": "t.csv"})


class TestBadRows:
    @pytest.mark.parametrize(
        ("bad", "message"),
        [
            (["ann,,3"], "1 row has a missing user or item: line 3: ann, , 3"),
            (["ann,9,"], "1 row has a missing rating"),
            (["ann,9,good", "ann,8,bad"], "2 rows have a rating that is not a number: line 3: ann, 9, good; line 4"),
            (["ann,9,inf"], "1 row has an infinite rating"),
            (["ann,9,7"], "1 row has a rating outside the scale 1 to 5: line 3: ann, 9, 7"),
            (["bob,1,2"], "1 row has a user-item pair that came before (data.duplicates = 'last' or 'mean' allows it)"),
            ([f"ann,{n},0" for n in range(10, 20)], "10 rows have a rating outside the scale"),
            (["ann,9,1e39"], "1 row has an infinite rating: line 3"),
            ([",9,3", "ann,,3"], "2 rows have a missing user or item: line 3: , 9, 3; line 4: ann, , 3"),
            (["", "ann,9,7"], "line 4: ann, 9, 7"),
            (["  ", "", "ann,9,7"], "line 5: ann, 9, 7"),
        ],
    )
    def test_they_are_counted_and_the_first_five_shown_by_line(
        self, bad: list[str], message: str, tmp_path: Path
    ) -> None:
        name = write(tmp_path, "user,item,rating", "bob,1,4", *bad)
        with pytest.raises(InputError) as failure:
            load(tmp_path, name, scale=(1, 5))
        assert message in str(failure.value)
        assert str(failure.value).count("line ") == min(5, len([row for row in bad if row.strip()]))

    def test_a_row_is_shown_at_the_line_it_begins_on(self, tmp_path: Path) -> None:
        name = write(tmp_path, "user,item,rating,note", 'ann,1,3,"two', 'lines"', "ann,2,x,one")
        with pytest.raises(InputError, match="line 4: ann, 2, x"):
            load(tmp_path, name)

    def test_what_is_shown_of_a_row_is_short_and_printable(self, tmp_path: Path) -> None:
        name = write(tmp_path, "user,item,rating", f"\x1b[2J,{'9' * 10**6},x")
        with pytest.raises(InputError) as failure:
            load(tmp_path, name)
        assert str(failure.value).isprintable()
        assert len(str(failure.value)) < 300

    def test_the_rows_of_a_parquet_file_are_counted_from_1(self, tmp_path: Path) -> None:
        pd.DataFrame({"user": [1, 2], "item": [1, 2], "rating": [3.0, None]}).to_parquet(tmp_path / "r.parquet")
        with pytest.raises(InputError, match="1 row has a missing rating: row 2: 2"):
            load(tmp_path, "r.parquet")

    def test_a_date_is_not_a_rating(self, tmp_path: Path) -> None:
        dates = pd.to_datetime(["2020-01-01", "2020-01-02"])
        pd.DataFrame({"user": [1, 2], "item": [1, 2], "rating": dates}).to_parquet(tmp_path / "r.parquet")
        with pytest.raises(InputError, match="2 rows have a rating that is not a number"):
            load(tmp_path, "r.parquet")

    @pytest.mark.parametrize("scale", [(5, 1), (3, 3), (float("nan"), 5), (1, float("inf"))])
    def test_a_scale_has_a_lower_and_a_higher_end(self, scale: tuple[float, float]) -> None:
        with pytest.raises(ValidationError, match="expected two numbers, the lower first"):
            DataSettings(source="r.csv", scale=scale)

    @pytest.mark.parametrize(
        ("lines", "message"),
        [
            (["user,film,rating", "a,b,3"], "no column 'item'; there are 'user', 'film', 'rating'"),
            (["user,item,rating"], "the table has no rows"),
            ([""], "the table has no rows"),
        ],
    )
    def test_a_table_of_the_wrong_shape_is_named(self, lines: list[str], message: str, tmp_path: Path) -> None:
        with pytest.raises(InputError) as failure:
            load(tmp_path, write(tmp_path, *lines))
        assert message in str(failure.value)

    def test_a_file_that_is_not_there_or_not_a_table_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"no\.csv: no such file"):
            load(tmp_path, "no.csv")
        with pytest.raises(InputError, match="cannot be read"):
            load(tmp_path, "x" * 300 + ".csv")
        with pytest.raises(InputError, match=r"expected ml-100k, .*synthetic, a file that ends in \.csv"):
            load(tmp_path, "no.xlsx")
        (tmp_path / "x.parquet").write_bytes(b"not parquet")
        with pytest.raises(InputError, match=r"x\.parquet: it is not a Parquet file"):
            load(tmp_path, "x.parquet")


class TestRepeatedPairs:
    LINES = ("user,item,rating", "a,1,1", "b,1,2", "a,1,4")

    def test_the_last_counts(self, tmp_path: Path) -> None:
        ratings = load(tmp_path, write(tmp_path, *self.LINES), duplicates="last")
        assert ratings.values.tolist() == [2, 4]

    def test_or_their_mean_in_the_place_of_the_last(self, tmp_path: Path) -> None:
        ratings = load(tmp_path, write(tmp_path, *self.LINES), duplicates="mean")
        assert ratings.values.tolist() == [2, 2.5]


def test_the_digest_sees_every_id_and_every_rating(tmp_path: Path) -> None:
    base = ("user,item,rating", "a,1,1", "b,1,2")
    variants = [base, (*base[:2], "b,1,3"), (*base[:2], "c,1,2"), (*base[:2], "b,2,2"), (base[0], base[2], base[1])]
    digests = [load(tmp_path, write(tmp_path, *lines), scale=(1, 5)).digest for lines in variants]
    assert len(set(digests)) == len(variants)
    assert load(tmp_path, write(tmp_path, *base), scale=(1, 5)).digest == digests[0]


def test_times_are_numbers_or_dates(tmp_path: Path) -> None:
    columns = {"timestamp": "when"}
    name = write(tmp_path, "user,item,rating,when", "a,1,1,2020-01-02", "b,1,2,1970-01-01T00:00:05Z")
    times = load(tmp_path, name, columns=columns).timestamps
    assert times is not None
    assert times.tolist() == [1577923200, 5]
    with pytest.raises(InputError, match="a timestamp that cannot be read"):
        load(tmp_path, write(tmp_path, "user,item,rating,when", "a,1,1,soon"), columns=columns)


@pytest.mark.parametrize("source", ["http://me:s3cret@host/ratings.csv", "s3://me:s3cret@bucket/ratings.parquet"])
def test_an_address_is_no_source_and_its_password_is_not_repeated(source: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected a name or a file, not an address") as caught:
        load_ratings(DataSettings(source=source), tmp_path)
    assert "s3cret" not in str(caught.value)
