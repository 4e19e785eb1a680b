"""Tests of file inspection: a finding without a note is correct."""

from __future__ import annotations

import itertools
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest
import tomlkit
from data_samples import load, rows_of, write
from hypothesis import assume, given
from hypothesis import strategies as st
from known_tables import KNOWN, Known
from test_any_file import DRAWS

from recsys.data.inspection.column import Column
from recsys.data.inspection.inspect_file import inspect_file
from recsys.data.inspection.name_words import _KNOWN, ROLES, fit
from recsys.data.inspection.roles import columns_by_name, roles_by_content
from recsys.errors import InputError


def check_many(seeds: range, folder: Path) -> int:
    """How many files are read without a doubt; each as it was written."""
    sure = 0
    for seed in seeds:
        place = folder / str(seed)
        place.mkdir()
        random = Random(seed)  # noqa: S311 - files, no secrets
        written = random.choice(DRAWS)(random, place)
        try:
            found = inspect_file(place / written.name)
            ratings = load(place, written.name, **found.data)
        except InputError:
            continue
        except Exception as error:
            error.add_note(f"seed {seed}: {written}")
            raise
        if not found.notes:
            sure += 1
            expected = [(user, item, pytest.approx(rating)) for user, item, rating, _ in written.rows or ()]
            assert rows_of(ratings) == expected, (seed, written.notes)
    return sure


def test_what_is_found_without_a_doubt_is_what_was_written(tmp_path: Path) -> None:
    assert check_many(range(200), tmp_path) > 30


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_of_four_thousand_files_too(tmp_path: Path) -> None:
    assert check_many(range(50_000, 54_000), tmp_path) > 600


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (["userId", "movieId", "rating", "timestamp"], ["userId", "movieId", "rating", "timestamp"]),
        (["User-ID", "ISBN", "Book-Rating"], ["User-ID", "ISBN", "Book-Rating"]),
        (["reviewerID", "asin", "overall", "unixReviewTime"], ["reviewerID", "asin", "overall", "unixReviewTime"]),
        (["stars", "business_id", "date", "user_id"], ["user_id", "business_id", "stars", "date"]),
        (["user_id", "anime_id", "rating"], ["user_id", "anime_id", "rating"]),
        (["timestamp", "visitorid", "event", "itemid"], ["visitorid", "itemid", "timestamp"]),
        (["userID", "artistID", "weight"], ["userID", "artistID", "weight"]),
        (["reader", "book", "stars"], ["reader", "book", "stars"]),
    ],
)
def test_the_columns_of_known_data_sets_are_found_by_their_names(names: list[str], roles: list[str]) -> None:
    assert list(columns_by_name(names).values()) == roles


def by_content(*columns: list[Any]) -> dict[str, str | int]:
    """The roles of columns without names, whose cells are repeated to be sixty."""
    cells = [[str(each) for _, each in zip(range(60), itertools.cycle(column), strict=False)] for column in columns]
    found = roles_by_content([Column(at, "", pa.chunked_array([each])) for at, each in enumerate(cells, 1)])
    return {role: column.key for role, column in found.columns.items()}


def test_columns_without_names_are_found_by_what_is_in_them() -> None:
    users, items, stars = [*range(1, 21)], [*range(100, 112)], [1, 2, 3, 4, 5]
    seconds = [1_400_000_000 + second for second in range(60)]
    assert by_content(users, items, stars) == {"user": 1, "item": 2, "rating": 3}
    assert by_content(users, items, stars, seconds) == {"user": 1, "item": 2, "rating": 3, "timestamp": 4}
    assert by_content(seconds, users, items, stars) == {"user": 2, "item": 3, "rating": 4, "timestamp": 1}
    assert by_content(users, items) == {"user": 1, "item": 2}


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
@pytest.mark.parametrize("separator", [",", "\t"])
def test_each_column_of_a_table_that_people_have_is_what_it_is(known: Known, separator: str, tmp_path: Path) -> None:
    """In any order of the rows; those that are left out are named."""
    for seed in range(2):
        path = tmp_path / f"r{seed}.csv"
        frame = known.frame(seed).sample(frac=1, random_state=seed) if seed else known.frame()
        frame.to_csv(path, index=False, sep=separator, header=known.header)
        found = inspect_file(path)
        assert {role: str(column) for role, column in found.data["columns"].items()} == known.roles, found.notes
        assert [str(each) for each in found.left] == [name for name in frame if name not in known.roles.values()]
        assert len(found.columns) == len(known.roles) + bool(found.left)
        load(tmp_path, path.name, **found.data)


@pytest.mark.parametrize("known", [known for known in KNOWN if known.header], ids=lambda known: known.name)
def test_and_so_it_is_in_json_and_parquet(known: Known, tmp_path: Path) -> None:
    frame = known.frame()
    frame.to_parquet(tmp_path / "r.parquet")
    frame.to_json(tmp_path / "r.jsonl", orient="records", lines=True)
    for name in ("r.parquet", "r.jsonl"):
        found = inspect_file(tmp_path / name)
        assert found.data["columns"] == known.roles, found.notes
        load(tmp_path, name, **found.data)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        *(("sentiment", None), ("discount", None), ("country", None), ("helpful_vote", None), ("userful", None)),
        *(("votes_helpful", None), ("rating_count", None), ("timezone", None), ("release_date", None)),
        *(("item_price", None), ("user_age", None), ("category_id", None), ("average_rating", None)),
        *(("userId", "user"), ("VISITORID", "user"), ("customer_unique_id", "user"), ("review/userId", "user")),
        *(("movieno", "item"), ("beer_beerid", "item"), ("product/productId", "item"), ("artist_name", "item")),
        *(("Book-Rating", "rating"), ("review_overall", "rating"), ("user_score", "rating")),
        *(("listen_count", "weight"), ("num_plays", "weight"), ("playtime_forever", "weight")),
        *(("unixReviewTime", "timestamp"), ("created_at", "timestamp"), ("date_added", "timestamp")),
    ],
)
def test_whole_words_of_a_name_tell_what_it_may_be_of(name: str, role: str | None) -> None:
    assert [each for each in ROLES if fit(name, each)] == ([role] if role else [])


@given(
    word=st.sampled_from([word for known in ROLES.values() for word in known if len(word) > 3]),
    before=st.text("bcdfghjklmnpqrstvwxz", min_size=2, max_size=5),
    after=st.text("bcdfghjklmnpqrtvwxz", min_size=2, max_size=5),
)
def test_a_word_inside_another_tells_nothing(word: str, before: str, after: str) -> None:
    assume(not {before, after} & _KNOWN)  # such as dt, with which it makes words of its own
    assert not any(fit(f"{before}{word}{after}", role) for role in ROLES)


class TestNumbers:
    @staticmethod
    def found(folder: Path, written: list[str]) -> dict[str, Any]:
        rows = [f"u{at % 30};i{at % 41};{cell}" for at, cell in enumerate(written)]
        return inspect_file(folder / write(folder, "user;item;plays", *rows)).data

    @pytest.mark.parametrize(
        ("sign", "said"),
        [
            (",", {"thousands": ","}),
            (".", {"decimal": ",", "thousands": "."}),
            (" ", {"thousands": " "}),
            ("'", {"thousands": "'"}),
        ],
    )
    def test_groups_are_found_by_how_all_numbers_are_written(
        self, sign: str, said: dict[str, str], tmp_path: Path
    ) -> None:
        draw = Random(0)  # noqa: S311 - counts, no secrets
        counts = [int(draw.paretovariate(0.4)) for _ in range(500)]
        data = self.found(tmp_path, [f"{count:,}".replace(",", sign) for count in counts])
        assert {key: data[key] for key in ("decimal", "thousands") if key in data} == said
        assert load(tmp_path, "r.csv", **{**data, "weight_scale": "linear"}).values.sum() == pytest.approx(sum(counts))

    @pytest.mark.parametrize("sign", [",", "."])
    def test_numbers_that_are_all_of_three_digits_after_the_sign_are_asked_about(
        self, sign: str, tmp_path: Path
    ) -> None:
        with pytest.raises(InputError) as failure:
            self.found(tmp_path, [f"{1 + at % 9}{sign}{100 + at % 700}" for at in range(300)])
        assert f"1{sign}100 may be 1100, or a number with a fraction" in str(failure.value)
        assert f"data.thousands = {sign!r}" in str(failure.value)
        assert ("data.decimal = ','" if sign == "," else 'data.thousands = ""') in str(failure.value)

    @pytest.mark.parametrize("written", [["3,5", "4,0", "2"], ["0,25", "1,125"], ["1234,5", "2,500"]])
    def test_fractions_are_found_too(self, written: list[str], tmp_path: Path) -> None:
        data = self.found(tmp_path, written * 30)
        assert (data["decimal"], data.get("thousands")) == (",", None)


class TestEvents:
    def test_their_kinds_are_counted_and_both_ways_to_use_them_are_written(self, tmp_path: Path) -> None:
        KNOWN[0].frame().to_csv(tmp_path / "r.csv", index=False)
        found = inspect_file(tmp_path / "r.csv")
        (note,) = [note for note in found.notes if "event types" in note]
        assert note.startswith("there are 3 event types in column 'event', which all count the same: 'view' (")
        where, weights = (tomlkit.parse(comment).unwrap() for comment in found.comments)
        kept = load(tmp_path, "r.csv", **{**found.data, **where})
        columns = {**found.data["columns"], "event": "event"}
        weighed = load(tmp_path, "r.csv", **{**found.data, **weights, "columns": columns})
        assert 0 < len(kept) < len(weighed)
        assert weighed.values.max() > 1

    def test_returned_goods_are_seen(self, tmp_path: Path) -> None:
        rows = [f"{at % 7},{at % 11},{-1 if at % 20 == 3 else 1 + at % 3}" for at in range(100)]
        found = inspect_file(tmp_path / write(tmp_path, "user,item,quantity", *rows))
        assert found.data["weight_from"] == 1
        assert any("5 of 100 weights are below 0" in note and "'subtract'" in note for note in found.notes)
        assert "missing" not in found.data
        (returns,) = (tomlkit.parse(comment).unwrap() for comment in found.comments)
        del found.data["weight_from"]
        assert load(tmp_path, "r.csv", **found.data, **returns).values.min() > 0
