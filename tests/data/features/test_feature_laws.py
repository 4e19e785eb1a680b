"""Laws of features: no order matters, the saved encoder encodes alike, and features stay with their ids."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from feature_tables import Columns, load
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.data.core import k_core
from recsys.data.features.encoder import FeatureEncoder
from recsys.data.movielens import sorted_by_id
from recsys.data.ratings import Ratings
from recsys.errors import InputError

HINT = "expected numbers; leave the cell empty if there is none"
GENRES = ["Comedy", "Drama", "War", "Zoë"]


@st.composite
def tables(draw: st.DrawFn) -> Columns:
    """A table with a column of each type, with missing values."""
    count = draw(st.integers(4, 12))

    def cells(each: Any) -> list[Any]:
        return draw(st.lists(each, min_size=count, max_size=count))

    return {
        "item": draw(st.permutations(range(1, count + 1))),
        "kind": ["a", "a", *cells(st.sampled_from(["a", "b", None]))[2:]],  # not an id in disguise
        "genres": cells(st.lists(st.sampled_from(GENRES), max_size=3, unique=True)),
        "price": cells(st.none() | st.floats(-1e6, 1e6, width=32)),
        "year": cells(st.none() | st.integers(1900, 2020)),
        "adult": cells(st.none() | st.booleans()),
        "vector": cells(st.lists(st.floats(-2, 2, width=16), min_size=2, max_size=2)),
    }


TYPES = {
    "kind": "category",
    "genres": "categories",
    "price": "number",
    "year": "date",
    "adult": "flag",
    "vector": "vector",
}


def loaded(columns: Columns) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        columns = {**columns, "two": [["p", "q"][int(each) % 2] for each in columns["item"]]}
        chosen = [name for name in columns if name != "item"]
        return load(
            Path(folder),
            columns,
            name="items.parquet",
            items=range(1, len(columns["item"]) + 1),
            features=chosen,
            types=TYPES,
        )


@settings(max_examples=30, deadline=None)
@given(columns=tables(), seed=st.integers(0, 99))
def test_the_order_of_rows_and_of_columns_changes_nothing(columns: Columns, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - an order, no secret
    order = list(range(len(columns["item"])))
    random.shuffle(order)
    names = [name for name in columns if name != "item"]
    random.shuffle(names)
    mixed = {name: [columns[name][at] for at in order] for name in ["item", *names]}
    one, other = loaded(columns), loaded(mixed)
    assert one.ratings.digest == other.ratings.digest
    assert sorted(one.table.names) == sorted(other.table.names)
    of_one, of_other = (frame.reindex(columns=sorted(frame.columns)) for frame in map(_frame, (one, other)))
    np.testing.assert_array_equal(of_one, of_other)


def _frame(found: Any) -> pd.DataFrame:
    return pd.DataFrame(found.table.rows.toarray(), columns=list(found.table.names))


@settings(max_examples=30, deadline=None)
@given(columns=tables())
def test_the_saved_encoder_makes_the_same_rows_of_the_same_table(columns: Columns) -> None:
    found = loaded(columns)
    again = FeatureEncoder.from_json(found.encoder.to_json())
    assert again == found.encoder
    in_order = np.argsort(columns["item"])
    names = [name for name in dict.fromkeys(found.table.columns) if name != "two"]
    given_ = {name: [columns[name][at] for at in in_order] for name in names}
    if "two" in found.table.columns:
        given_["two"] = [["p", "q"][item % 2] for item in sorted(columns["item"])]
    rows = again.encode(given_)
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows.toarray(), found.table.rows.toarray())


@pytest.fixture
def ratings(tmp_path: Path) -> Ratings:
    columns = {"item": [5, 3, 9, 1], "kind": ["a", "b", "a", "b"], "price": [1.5, 2.5, 3.5, 9.5]}
    return load(tmp_path, columns).ratings


def prices(ratings: Ratings) -> dict[int, float]:
    table = ratings.catalogue.item_features
    assert table is not None
    column = list(table.names).index("price")
    return dict(zip(ratings.catalogue.item_ids.tolist(), table.rows.toarray()[:, column].tolist(), strict=True))


def test_the_coding_of_ids_has_no_effect_on_the_digest_but_the_features_have(ratings: Ratings) -> None:
    assert (
        sorted_by_id(ratings).digest
        != replace(ratings, catalogue=replace(ratings.catalogue, item_features=None)).digest
    )
    assert sorted_by_id(ratings).digest == ratings.digest
    assert prices(sorted_by_id(ratings)) == prices(ratings)


def test_features_stay_with_their_ids_in_a_k_core(ratings: Ratings) -> None:
    kept = k_core(ratings.take(ratings.items != 1), 1, 1, lambda _line: None)
    assert prices(kept) == {item: price for item, price in prices(ratings).items() if item != 3}


class TestFurtherIds:
    """A served champion encodes the features of an item or a person that it has never seen."""

    @pytest.fixture
    def encoder(self, tmp_path: Path) -> FeatureEncoder:
        columns = {"item": range(1, 7), "genres": ["a|b", "a", "b|c", "c", "a|c", "b"], "price": [1.5, 2, 3, 4, 5, 6]}
        return load(tmp_path, columns).encoder

    def test_lists_and_texts_with_the_separator_are_the_same(self, encoder: FeatureEncoder) -> None:
        text, of_list = encoder.encode_one({"genres": "a|c"}), encoder.encode_one({"genres": ["c", "a"]})
        np.testing.assert_array_equal(text.toarray(), of_list.toarray())
        np.testing.assert_array_equal(text.toarray() != 0, [[True, False, True, False]])

    def test_a_category_that_is_not_known_has_no_entry_and_is_noted(self, encoder: FeatureEncoder) -> None:
        notes: list[str] = []
        row = encoder.encode_one({"genres": ["a", "new"]}, "the request", notes.append)
        assert row.toarray().tolist() == [[1, 0, 0, 0]]
        assert notes == ["the request: column 'genres': 1 categories are not known, such as 'new': left out"]

    def test_nothing_that_is_given_is_an_empty_row(self, encoder: FeatureEncoder) -> None:
        assert encoder.encode_one({}).toarray().tolist() == [[0, 0, 0, 0]]

    def test_a_table_of_arrow_will_do(self, encoder: FeatureEncoder) -> None:
        rows = encoder.encode(pa.table({"price": ["1.5", None], "genres": ["a", "b"]}))
        np.testing.assert_array_equal(rows.toarray()[0], encoder.encode_one({"genres": "a", "price": 1.5}).toarray()[0])

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"genre": "a"}, "features: no column 'genre'; there are 'genres', 'price'"),
            (
                {"price": "dear"},
                "features: column 'price': 1 value is not numeric, such as 'dear': " + HINT,
            ),
            (
                {"price": {"a": 1}},
                "features: column 'price' has cells of type struct<a: int64>: expected one value in each",
            ),
        ],
    )
    def test_a_wrong_column_and_an_impossible_value_are_errors(
        self, encoder: FeatureEncoder, values: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(InputError) as error:
            encoder.encode_one(values)
        assert str(error.value) == message
