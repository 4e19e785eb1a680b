"""A first look at any file: what is found without a word of doubt is what was written."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
from data_samples import load, rows_of
from test_any_file import DRAWS

from recsys.data.looking.look import look
from recsys.data.looking.roles import by_content, by_name
from recsys.data.numbers import Floats
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
            document, notes = look(place / written.name)
            ratings = load(place, written.name, **document)
        except InputError:
            continue
        except Exception as error:
            error.add_note(f"seed {seed}: {written}")
            raise
        if not notes:
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
    assert list(by_name(names).values()) == roles


def test_columns_without_names_are_found_by_what_is_in_them() -> None:
    def repeated(values: list[float]) -> Floats:
        return np.resize(np.array(values, np.float64), 60)

    users, items = repeated([*range(1, 21)]), repeated([*range(100, 112)])
    stars, seconds = repeated([1, 2, 3, 4, 5]), repeated([1.4e9 + second for second in range(60)])
    assert by_content([users, items, stars]) == {"user": 1, "item": 2, "rating": 3}
    assert by_content([users, items, stars, seconds]) == {"user": 1, "item": 2, "rating": 3, "timestamp": 4}
    assert by_content([seconds, users, items, stars]) == {"user": 2, "item": 3, "rating": 4, "timestamp": 1}
    assert by_content([users, items]) == {"user": 1, "item": 2}
