"""Tests that a row sample identifies a table, independent of the order of rows and of codes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from recsys.data.ratings import Catalogue, Ratings
from recsys.data.repeats import Merging
from recsys.data.sample import SIZE, row_sample, share_found


def table(seed: int, *, users: int = 60, items: int = 40, count: int = 1500, ids: type = int) -> Ratings:
    random = np.random.default_rng(seed)
    pairs = random.choice(users * items, count, replace=False)
    return Ratings(
        users=(pairs // items).astype(np.int32),
        items=(pairs % items).astype(np.int32),
        values=random.integers(1, 6, count).astype(np.float32),
        timestamps=None,
        catalogue=Catalogue(pd.Index([ids(n) for n in range(users)]), pd.Index([ids(n) for n in range(items)])),
        scale=(1.0, 5.0),
        name="table",
    )


def test_the_order_of_the_rows_does_not_matter() -> None:
    ratings = table(0)
    shuffled = ratings.take(np.random.default_rng(1).permutation(len(ratings)))
    assert row_sample(shuffled) == row_sample(ratings)
    assert len(row_sample(ratings)) == SIZE
    assert share_found(row_sample(ratings), shuffled) == 1


def test_a_table_that_grew_has_all_rows_of_the_one_that_it_was() -> None:
    grown = table(0)
    assert share_found(row_sample(grown.take(np.arange(500))), grown) == 1


def test_of_a_table_with_half_of_the_rows_about_half_is_found() -> None:
    ratings = table(0)
    half = ratings.take(np.random.default_rng(1).permutation(len(ratings))[:750])
    assert 0.35 < share_found(row_sample(ratings), half) < 0.65


def test_tables_that_number_other_people_and_things_alike_share_few_rows() -> None:
    assert share_found(row_sample(table(0)), table(1)) < 0.3


def test_a_number_and_its_digits_are_two_ids() -> None:
    assert share_found(row_sample(table(0)), table(0, ids=str)) == 0


def test_weights_of_implicit_data_may_grow() -> None:
    played = replace(table(0), implicit=True)
    assert share_found(row_sample(played), replace(played, values=played.values + 1)) == 1


def test_ratings_that_are_given_anew_are_known_by_their_pairs() -> None:
    """The mean of a pair moves with each rating, and in every part it is another one."""
    rows = table(0)
    twice = rows.join(replace(rows, values=rows.values[::-1].copy())).merged(Merging("mean"))
    early = rows.take(np.arange(750)).merged(Merging("mean"))
    assert share_found(row_sample(early), twice) == 1
    assert 0.35 < share_found(row_sample(twice), early) < 0.65
