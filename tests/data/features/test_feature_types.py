"""Tests of the types of columns: what each becomes, and how it is inferred."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from feature_tables import load

from recsys.errors import InputError

GENRES = [["Comedy", "Drama"], ["Comedy"], ["Drama", "War"], ["War"], ["Comedy", "Drama", "War"], []]
SIX = list(range(1, 7))


class TestCategories:
    @pytest.mark.parametrize(
        "name", ["items.csv", "items.tsv", "items.dat", "items.csv.gz", "items.jsonl", "items.parquet"]
    )
    def test_each_of_several_weighs_one_in_every_format(self, tmp_path: Path, name: str) -> None:
        found = load(tmp_path, {"item": SIX, "genres": GENRES, "kind": ["a", "b"] * 3}, name=name)
        assert found.types == {"genres": "categories", "kind": "category"}
        assert list(found.table.names) == ["genres=Comedy", "genres=Drama", "genres=War", "kind=a", "kind=b"]
        assert list(found.table.columns) == ["genres"] * 3 + ["kind"] * 2
        for item, genres in zip(SIX, GENRES, strict=True):
            row = {key: value for key, value in found.row(item).items() if key.startswith("genres")}
            assert row == pytest.approx({f"genres={genre}": 1.0 for genre in genres})

    @pytest.mark.parametrize("separator", ["|", ";", ","])
    def test_the_separator_is_found(self, tmp_path: Path, separator: str) -> None:
        cells = [separator.join(each) for each in GENRES]
        found = load(tmp_path, {"item": SIX, "genres": cells})
        assert list(found.table.names) == ["genres=Comedy", "genres=Drama", "genres=War"]

    def test_lists_may_be_in_brackets(self, tmp_path: Path) -> None:
        found = load(tmp_path, {"item": SIX, "genres": list(map(str, GENRES))})
        assert list(found.table.names) == ["genres=Comedy", "genres=Drama", "genres=War"]
        assert found.row(6) == {}

    def test_true_and_false_are_the_same_in_lists_and_in_brackets(self, tmp_path: Path) -> None:
        lists = [[True], [False], [True, False], [True], [False], []]
        names = [
            list(load(tmp_path, {"item": SIX, "x": cells}, name=name, types={"x": "categories"}).table.names)
            for name, cells in (("items.parquet", lists), ("items.csv", ["", *map(str, lists[1:])]))
        ]
        assert names == [["x=false", "x=true"]] * 2

    def test_a_separator_may_be_stated(self, tmp_path: Path) -> None:
        cells = ["a/b", "b/c", "a/c", "c", "a", "b"]
        found = load(tmp_path, {"item": SIX, "x": cells}, types={"x": {"type": "categories", "separator": "/"}})
        assert list(found.table.names) == ["x=a", "x=b", "x=c"]

    def test_one_of_a_single_item_is_dropped_and_counted(self, tmp_path: Path) -> None:
        found = load(tmp_path, {"item": SIX, "kind": ["a", "a", "b", "b", "rare", "odd"]})
        assert list(found.table.names) == ["kind=a", "kind=b"]
        assert "items.csv: column 'kind': 2 of 4 categories have one id each: left out" in found.notes

    def test_numbers_of_a_column_of_codes_are_categories(self, tmp_path: Path) -> None:
        found = load(tmp_path, {"item": SIX, "genre_id": [7, 7, 9, 9, 11, 11], "zip": ["01234", "01234", "99999"] * 2})
        assert found.types == {"genre_id": "category", "zip": "category"}
        assert list(found.table.names)[-2:] == ["zip=01234", "zip=99999"]


class TestNumbers:
    def test_they_are_standardised_and_a_missing_one_has_no_entry(self, tmp_path: Path) -> None:
        found = load(tmp_path, {"item": SIX, "price": [1.5, 2.5, None, 4.5, 6.5, 0.25]})
        known = np.array([1.5, 2.5, 4.5, 6.5, 0.25])
        expected = np.insert((known - known.mean()) / known.std(), 2, 0)
        np.testing.assert_allclose(found.values("price"), expected, rtol=1e-6)
        assert "items.csv: missing values among 6 rows: 'price' (1)" in found.notes

    def test_bins_have_a_feature_each(self, tmp_path: Path) -> None:
        items = list(range(1, 41))
        prices = [at + 0.5 for at in range(40)]
        found = load(tmp_path, {"item": items, "price": prices}, types={"price": {"type": "number", "bins": 4}})
        rows = found.table.rows.toarray()
        assert rows.sum(axis=1).tolist() == [1] * 40
        assert rows.sum(axis=0).tolist() == [10] * 4
        assert found.table.names[0] == "price=..10.5"

    def test_they_follow_the_signs_of_the_data(self, tmp_path: Path) -> None:
        cells = ["1.234,5", "2.000,5", "999,25", "1.000", "3,5", "4,5"]
        data = {"decimal": ",", "thousands": "."}
        found = load(tmp_path, {"item": SIX, "price": cells}, data=data)
        known = np.array([1234.5, 2000.5, 999.25, 1000, 3.5, 4.5])
        np.testing.assert_allclose(found.values("price"), (known - known.mean()) / known.std(), rtol=1e-6)

    def test_a_decimal_comma_that_is_not_declared_is_asked_about(self, tmp_path: Path) -> None:
        with pytest.raises(InputError) as error:
            load(tmp_path, {"item": SIX, "price": ["1,5", "2,5", "3,25", "4,5", "5,5", "6,5"]})
        assert str(error.value) == (
            f"{tmp_path}/items.csv: column 'price' has numbers such as '1,5': if the comma is the decimal separator, "
            "set data.decimal = ','; if they are lists of categories, set types = { price = \"categories\" }"
        )


class TestDates:
    @pytest.mark.parametrize(
        "cells",
        [
            [1990, 1994, 1998, 1990, 2002, 1994],
            ["1990-01-01", "1994-01-01", "1998-01-01", "1990-01-01", "2002-01-01", "1994-01-01"],
            ["01-Jan-1990", "01-Jan-1994", "01-Jan-1998", "01-Jan-1990", "01-Jan-2002", "01-Jan-1994"],
        ],
    )
    def test_they_are_bumps_around_knots(self, tmp_path: Path, cells: list[Any]) -> None:
        found = load(tmp_path, {"item": SIX, "released": cells})
        years = np.array([1990, 1994, 1998, 1990, 2002, 1994])
        knots = np.arange(1990, 2003)
        names = [*(f"released~{knot}" for knot in knots), "released=1990", "released=1994"]
        assert list(found.table.names) == names
        bumps = np.exp(-((years[:, None] - knots) ** 2) / 2)
        rows = found.table.rows.toarray()
        np.testing.assert_allclose(rows[:, : len(knots)], np.where(bumps > 4e-4, bumps, 0), atol=4e-4)
        np.testing.assert_array_equal(rows[:, len(knots) :], years[:, None] == np.array([1990, 1994]))

    def test_years_are_told_apart_only_if_there_are_several(self, tmp_path: Path) -> None:
        found = load(tmp_path, {"item": SIX, "released": [1990, 1990, 1990, 1994, 1995, 1996]})
        assert [name for name in found.table.names if "=" in name] == []

    def test_dates_of_a_file_are_as_good_as_texts(self, tmp_path: Path) -> None:
        days = [date(2020, 1, at) for at in (1, 2, 5, 9, 15, 20)]
        stored = load(tmp_path, {"item": SIX, "day": days}, name="items.parquet")
        written = load(tmp_path, {"item": SIX, "day": list(map(str, days))})
        assert stored.types == written.types == {"day": "date"}
        assert (stored.table.rows != written.table.rows).nnz == 0
        assert stored.table.count == 20

    def test_a_later_date_counts_as_the_last_knot(self, tmp_path: Path) -> None:
        found = load(tmp_path, {"item": SIX, "year": [1990, 1994, 1998, 1990, 2009, 1994]})
        late, last = found.encoder.encode({"year": [2050, 2009]}).toarray()
        np.testing.assert_array_equal(late, last)

    def test_a_format_may_be_stated(self, tmp_path: Path) -> None:
        cells = ["31/12/2001", "30/11/2002", "1/2/2003", "2/3/2004", "4/5/2005", "6/7/2006"]
        found = load(tmp_path, {"item": SIX, "day": cells}, time_format="%d/%m/%Y")
        assert found.types == {"day": "date"}


@pytest.mark.parametrize("words", [("yes", "no"), ("TRUE", "false"), ("1", "0"), ("y", "n"), (True, False)])
def test_a_flag_has_an_entry_for_yes(tmp_path: Path, words: tuple[Any, Any]) -> None:
    yes, no = words
    cells = [yes, no, no, yes, no, no]
    found = load(tmp_path, {"item": SIX, "adult": cells}, name="items.parquet")
    assert found.types == {"adult": "flag"}
    assert found.values("adult").tolist() == [1, 0, 0, 1, 0, 0]


class TestTexts:
    CELLS = (
        "a robot learns to love in the far future of mankind",
        "a robot learns to hate in the far future of mankind",
        "two brothers rob a bank and run away to mexico together",
        "two sisters rob a bank and run away to canada together",
        "a quiet film of rain on a window and nothing much else",
        "a loud film of rain on a window and nothing much else",
    )

    def test_rows_have_length_one_and_are_near_for_common_words(self, tmp_path: Path) -> None:
        found = load(tmp_path, {"item": SIX, "plot": self.CELLS})
        assert found.types == {"plot": "text"}
        near = (found.table.rows @ found.table.rows.T).toarray()
        np.testing.assert_allclose(near.diagonal(), 1, rtol=1e-6)
        assert near[0, 1] > 0.9 > 0.3 > near[0, 2]

    def test_it_is_the_tf_idf_of_scikit_learn(self, tmp_path: Path) -> None:
        from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

        found = load(tmp_path, {"item": SIX, "plot": self.CELLS})
        counts = HashingVectorizer(n_features=2**12, ngram_range=(1, 2), alternate_sign=False, norm=None).transform(
            self.CELLS
        )
        common = counts[:, np.flatnonzero((counts > 0).sum(axis=0) > 1)]
        expected = TfidfTransformer(sublinear_tf=True).fit_transform(common)
        np.testing.assert_allclose(found.table.rows.toarray(), expected.toarray(), rtol=1e-6)


class TestVectors:
    VECTORS = ([3.0, 4.0], [0.5, 0.0], [-1.0, 1.0], [2.0, 0.25], [0.0, 1.5], [1.0, 1.0])

    @pytest.mark.parametrize("name", ["items.csv", "items.jsonl", "items.parquet"])
    def test_each_is_scaled_to_length_one(self, tmp_path: Path, name: str) -> None:
        cells: list[Any] = list(self.VECTORS) if name != "items.csv" else [f"[{a}; {b}]" for a, b in self.VECTORS]
        found = load(tmp_path, {"item": SIX, "embedding": cells}, name=name)
        assert found.types == {"embedding": "vector"}
        expected = np.array(self.VECTORS) / np.linalg.norm(self.VECTORS, axis=1, keepdims=True)
        np.testing.assert_allclose(found.table.rows.toarray(), expected, rtol=1e-6)

    def test_another_length_is_refused(self, tmp_path: Path) -> None:
        cells = [[1.0, 2.0], [1.0], [1.0, 2.5], [0.0, 1.0], [1.0, 1.0], [2.0, 1.0]]
        with pytest.raises(InputError) as error:
            load(tmp_path, {"item": SIX, "e": cells}, name="items.jsonl", features=["e"])
        assert str(error.value) == (
            f"{tmp_path}/items.jsonl: column 'e': 1 value is not of 2 numbers, such as [1.0]: expected 2 numbers in "
            "each cell, as in the first"
        )
