"""Tests of the properties that all kinds of splits share, and of those of each kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.model_selection import train_test_split

from recsys.data.ratings import Ratings
from recsys.data.settings import SyntheticSettings
from recsys.data.split_labels import TEST, TRAIN, VALIDATION
from recsys.data.synthetic import synthetic_ratings
from recsys.errors import InputError, SealError
from recsys.splitting.kinds import KINDS
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.splitting.split import Split
from recsys.splitting.user_random import user_random_part


@pytest.fixture(scope="session")
def ratings(ratings: Ratings) -> Ratings:
    """The shared ratings, every fourth and fifth row of each user marked as validation and as test."""
    place = pd.Series(ratings.users).groupby(ratings.users).cumcount().to_numpy() % 5
    return replace(ratings, split_labels=np.select([place == 3, place == 4], [VALIDATION, TEST], TRAIN).astype(np.int8))


def numbered(ratings: Ratings) -> Ratings:
    """The ratings with their row in place of their value, so that a part tells where it came from."""
    return replace(ratings, values=np.arange(len(ratings), dtype=np.float32))


def rows(part: Ratings) -> npt.NDArray[np.int64]:
    return part.values.astype(np.int64)


def made(ratings: Ratings, **settings: object) -> tuple[Split, npt.NDArray[np.int64]]:
    split = make_split(numbered(ratings), SplitSettings.model_validate(settings))
    return split, rows(split.open_test("a test", lambda _why: None))


@pytest.mark.parametrize("kind", KINDS)
class TestEveryKind:
    def test_every_rating_is_in_exactly_one_part(self, kind: str, ratings: Ratings) -> None:
        split, test = made(ratings, kind=kind)
        parts = np.concatenate([rows(split.train), rows(split.validation), test])
        assert np.array_equal(np.sort(parts), np.arange(len(ratings)))
        assert min(len(split.train), len(split.validation), len(test)) > 0

    def test_it_is_a_function_of_its_settings(self, kind: str, ratings: Ratings) -> None:
        (one, test), (two, again) = made(ratings, kind=kind), made(ratings, kind=kind)
        assert np.array_equal(test, again)
        assert np.array_equal(rows(one.train), rows(two.train))

    def test_a_part_keeps_each_rating_whole(self, kind: str, ratings: Ratings) -> None:
        split = make_split(ratings, SplitSettings.model_validate({"kind": kind}))
        numbers, _ = made(ratings, kind=kind)
        for part, where in ((split.train, rows(numbers.train)), (split.validation, rows(numbers.validation))):
            assert np.array_equal(part.users, ratings.users[where])
            assert np.array_equal(part.items, ratings.items[where])
            assert np.array_equal(part.values, ratings.values[where])

    def test_validation_settings_never_move_the_test_part(self, kind: str, ratings: Ratings) -> None:
        _, test = made(ratings, kind=kind)
        _, again = made(ratings, kind=kind, validation={"kind": "random", "size": 0.4})
        assert np.array_equal(test, again)

    @pytest.mark.parametrize("count", [1, 2])
    def test_a_table_too_small_for_three_parts_is_refused(self, kind: str, count: int, ratings: Ratings) -> None:
        with pytest.raises(InputError, match="part is empty"):
            made(ratings.take(np.arange(count)), kind=kind)

    def test_ten_ratings_are_enough_for_three_parts(self, kind: str, ratings: Ratings) -> None:
        """They are of one user, or of ten if the parts are of users."""
        _, firsts = np.unique(ratings.users, return_index=True)
        some = firsts if KINDS[kind].holds_out == "users" else np.flatnonzero(ratings.users == 0)
        split, test = made(ratings.take(some[:10]), kind=kind)
        assert min(len(split.train), len(split.validation), len(test)) > 0

    def test_validation_is_cut_by_any_kind(self, kind: str, ratings: Ratings) -> None:
        for inner in KINDS:
            split, _ = made(ratings, kind=kind, validation={"kind": inner})
            assert len(split.validation)

    def test_the_catalogue_is_that_of_the_whole_table(self, kind: str, ratings: Ratings) -> None:
        split, _ = made(ratings, kind=kind)
        assert split.train.catalogue is ratings.catalogue


class TestRandom:
    @given(seed=st.integers(0, 2**31 - 1), size=st.floats(0.05, 0.5))
    def test_the_test_part_is_scikit_learns(self, ratings: Ratings, seed: int, size: float) -> None:
        _, test = made(ratings, seed=seed, size=size)
        _, expected = train_test_split(np.arange(len(ratings)), test_size=size, random_state=seed)
        assert np.array_equal(test, expected)

    @given(seed=st.integers(0, 2**31 - 1))
    def test_it_is_what_anyone_gets_outside_from_the_table(self, ratings: Ratings, seed: int) -> None:
        table = pd.DataFrame({"user": ratings.users, "item": ratings.items, "rating": ratings.values})
        _, outside = train_test_split(table, test_size=0.2, random_state=seed)
        split = make_split(ratings, SplitSettings(seed=seed))
        inside = split.open_test("a test", lambda _why: None)
        assert np.array_equal(inside.users, outside["user"])
        assert np.array_equal(inside.items, outside["item"])
        assert np.array_equal(inside.values, outside["rating"])

    def test_another_seed_is_another_split(self, ratings: Ratings) -> None:
        assert not np.array_equal(made(ratings, seed=0)[1], made(ratings, seed=1)[1])


class TestUserRandom:
    @given(seed=st.integers(0, 2**31 - 1), size=st.floats(0.01, 0.99))
    def test_every_user_gives_the_share_to_the_nearest_rating_but_never_all(
        self, ratings: Ratings, seed: int, size: float
    ) -> None:
        """A rounded half counts as one."""
        test = user_random_part(ratings, size, None, [seed])[1]
        counts = np.bincount(ratings.users, minlength=60)
        expected = [min(int(size * count + 0.5), count - 1) for count in counts]
        assert np.bincount(ratings.users[test], minlength=60).tolist() == expected

    @given(number=st.integers(1, 30))
    def test_or_every_user_gives_a_number_but_never_all(self, ratings: Ratings, number: int) -> None:
        _, test = made(ratings, kind="user_random", number=number, validation={"kind": "random"})
        counts = np.bincount(ratings.users, minlength=60)
        assert np.bincount(ratings.users[test], minlength=60).tolist() == np.minimum(number, counts - 1).tolist()

    def test_each_of_a_users_ratings_is_as_likely_as_another(self, ratings: Ratings) -> None:
        """Over 400 seeds a rating is drawn 80 times in the mean, with a standard deviation of at most 8."""
        drawn = np.zeros(len(ratings))
        for seed in range(400):
            drawn[user_random_part(ratings, 0.2, None, [seed])[1]] += 1
        shares = np.bincount(ratings.users, drawn) / np.bincount(ratings.users)
        assert np.abs(drawn - shares[ratings.users]).max() < 5 * 8

    def test_the_rows_keep_the_order_of_the_file(self, ratings: Ratings) -> None:
        rest, part = user_random_part(ratings, 0.3, None, [1])
        assert (np.diff(rest) > 0).all()
        assert (np.diff(part) > 0).all()

    def test_a_user_with_one_rating_keeps_it_for_training(self, ratings: Ratings) -> None:
        lonely = ratings.take(np.flatnonzero(ratings.users < 3)).take(np.array([0]))
        rest, part = user_random_part(lonely, 0.9, None, [0])
        assert (rest.tolist(), part.tolist()) == ([0], [])

    def test_a_number_stands_in_place_of_a_share(self) -> None:
        with pytest.raises(ValidationError, match="size does nothing here: number = 2 says how large the test part is"):
            SplitSettings(kind="user_random", number=2, size=0.5)
        with pytest.raises(ValidationError, match="number does nothing here: a test part of kind 'random' looks at"):
            SplitSettings(number=2)


class TestFold:
    def test_the_five_folds_are_fifths_in_file_order(self, ratings: Ratings) -> None:
        tests = [made(ratings, kind="fold", fold=fold)[1] for fold in range(1, 6)]
        assert np.array_equal(np.concatenate(tests), np.arange(len(ratings)))
        assert {len(test) for test in tests} == {len(ratings) // 5}


class TestTemporal:
    def test_nothing_in_training_is_later_than_anything_held_out(self, ratings: Ratings) -> None:
        split, test = made(ratings, kind="temporal")
        times = ratings.timestamps
        assert times is not None
        assert times[rows(split.train)].max() <= times[rows(split.validation)].min()
        assert times[rows(split.validation)].max() <= times[test].min()

    def test_of_equal_times_the_later_in_the_file_are_the_later(self, ratings: Ratings) -> None:
        assert ratings.timestamps is not None
        _, test = made(replace(ratings, timestamps=np.zeros_like(ratings.timestamps)), kind="temporal")
        assert np.array_equal(test, np.arange(len(ratings) * 4 // 5, len(ratings)))

    @given(seed=st.integers(0, 99))
    def test_times_decide_whatever_the_order_of_the_file(self, ratings: Ratings, seed: int) -> None:
        times = np.random.default_rng(seed).permutation(len(ratings)).astype(np.int64)
        _, test = made(replace(ratings, timestamps=times), kind="temporal", size=0.25)
        assert sorted(times[test]) == list(range(900, 1200))


class TestLeaveLast:
    @given(last=st.integers(1, 4))
    def test_each_user_loses_the_latest(self, ratings: Ratings, last: int) -> None:
        split, test = made(ratings, kind="leave_last", last=last)
        assert ratings.timestamps is not None
        counts = np.bincount(ratings.users, minlength=ratings.catalogue.users)
        taken = np.bincount(ratings.users[test], minlength=ratings.catalogue.users)
        assert np.array_equal(taken, np.where(counts > last, last, 0))
        rest = np.concatenate([rows(split.train), rows(split.validation)])
        for user in range(ratings.catalogue.users):
            mine, theirs = test[ratings.users[test] == user], rest[ratings.users[rest] == user]
            if len(mine):
                assert ratings.timestamps[theirs].max() <= ratings.timestamps[mine].min()


class TestColumn:
    def test_the_marks_are_the_parts(self, ratings: Ratings) -> None:
        split, test = made(ratings, kind="column")
        assert ratings.split_labels is not None
        for part, mark in ((rows(split.train), TRAIN), (rows(split.validation), VALIDATION), (test, TEST)):
            assert np.array_equal(part, np.flatnonzero(ratings.split_labels == mark))

    def test_without_rows_for_validation_it_is_cut_from_training(self, ratings: Ratings) -> None:
        assert ratings.split_labels is not None
        marks = np.where(ratings.split_labels == TEST, TEST, TRAIN).astype(np.int8)
        split, test = made(replace(ratings, split_labels=marks), kind="column", validation={"size": 0.25})
        rest = int((marks == TRAIN).sum())
        assert (len(test), len(split.validation)) == (int((marks == TEST).sum()), -(-rest // 4))

    def test_a_kind_for_validation_that_is_named_stands_in_place_of_its_marks(self, ratings: Ratings) -> None:
        split, _ = made(ratings, kind="column", validation={"kind": "leave_last"})
        assert np.bincount(ratings.users[rows(split.validation)]).tolist() == [1] * 60

    def test_data_that_mark_nothing_are_refused(self, ratings: Ratings) -> None:
        with pytest.raises(InputError, match=r"needs labelled rows: name data\.columns\.split, or .*split\.test"):
            made(replace(ratings, split_labels=None), kind="column")


class TestRefusals:
    def test_a_part_that_would_be_empty(self) -> None:
        tiny = synthetic_ratings(SyntheticSettings(users=10, items=10, ratings=10))
        with pytest.raises(InputError, match="the test part is empty"):
            make_split(tiny, SplitSettings(kind="leave_last", last=9))

    @pytest.mark.parametrize("kind", ["temporal", "leave_last"])
    def test_a_kind_that_needs_times(self, kind: str, ratings: Ratings) -> None:
        with pytest.raises(InputError, match=r"needs timestamps.*data\.columns\.timestamp"):
            make_split(replace(ratings, timestamps=None), SplitSettings.model_validate({"kind": kind}))


class TestTheSeal:
    def test_an_opening_is_recorded_before_anyone_sees_a_rating(self, split: Split) -> None:
        reasons: list[str] = []
        assert len(split.open_test("to see", reasons.append))
        assert reasons == ["to see"]

        def refuse(_why: str) -> None:
            raise RuntimeError("the ledger cannot be written")

        with pytest.raises(RuntimeError):
            split.open_test("to see", refuse)

    def test_a_sweeps_split_has_nothing_to_open(self, split: Split) -> None:
        sealed = split.without_test()
        assert sealed.test is None
        with pytest.raises(SealError, match="sealed during a sweep"):
            sealed.open_test("to peek", lambda _why: None)

    def test_it_cannot_be_copied_to_another_process(self, split: Split) -> None:
        import pickle

        with pytest.raises(SealError):
            pickle.dumps(split)

    def test_it_tells_only_its_size(self, split: Split) -> None:
        assert repr(split.test) == f"<sealed test of {len(split.test or [])} ratings>"
