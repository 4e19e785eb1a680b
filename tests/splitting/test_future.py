"""Tests that no information of a later part reaches an earlier one, neither values nor pairs nor aggregates.

The tests change rows of a later part and add rows to it. The content of earlier parts, and all models fitted on it,
must stay equal to the last bit. The exceptions are the ids, the scale of ratings and the k-core, which depend on the
whole table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from item_features import with_item_features
from repeated_pairs import ITEMS, MERGINGS, USERS, Row, alike, any_rows, expected, listed, merged

from recsys.data.ratings import Events, Ratings
from recsys.data.repeats import Merging
from recsys.data.split_labels import TEST, TRAIN, VALIDATION
from recsys.errors import InputError
from recsys.evaluation.baselines.table import BASELINES, RATING_BASELINES
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import ranking_part
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.splitting.split import Split

some, few = (hypothesis_settings(max_examples=count) for count in (50, 20))
BY_ROWS = ("temporal", "leave_last", "column")
kinds = pytest.mark.parametrize("kind", BY_ROWS)
mergings = st.sampled_from(MERGINGS)


@dataclass(frozen=True)
class Cut:
    """Rows, and the part that each is in by the definition of its kind."""

    kind: str
    rows: list[Row]
    marks: list[int]
    settings: SplitSettings

    def made(self, merging: Merging) -> Split:
        marks = self.marks if self.kind == "column" else None
        try:
            return make_split(merged(self.rows, merging, marks), self.settings)
        except InputError as error:  # nobody has anything new in what is held out
            assume("part is empty" not in str(error))
            raise

    def of(self, *parts: int) -> list[Row]:
        return [row for row, mark in zip(self.rows, self.marks, strict=True) if mark in parts]


def settings(kind: str, *, repeats: bool, sizes: tuple[float, float] | None = None, last: int = 2) -> SplitSettings:
    document: dict[str, Any] = {"kind": kind, "repeats": repeats}
    if sizes is not None:
        document |= {"size": sizes[0], "validation": {"size": sizes[1]}}
    if kind == "leave_last":
        document |= {"last": last, "validation": {"last": 1}}
    return SplitSettings.model_validate(document)


def by_time(rows: Sequence[Row], places: Sequence[int]) -> list[int]:
    """Places in the order of time; of equal times the later in the file is the later."""
    return sorted(places, key=lambda place: (rows[place][3], place))


def temporal(rows: list[Row], tested: int, validated: int, *, repeats: bool) -> Cut:
    order, marks = by_time(rows, range(len(rows))), [TRAIN] * len(rows)
    for place in order[-tested:]:
        marks[place] = TEST
    for place in order[-tested - validated : -tested]:
        marks[place] = VALIDATION
    sizes = (tested - 0.5) / len(rows), (validated - 0.5) / (len(rows) - tested)
    return Cut("temporal", rows, marks, settings("temporal", repeats=repeats, sizes=sizes))


def leave_last(rows: list[Row], last: int, *, repeats: bool) -> Cut:
    marks = [TRAIN] * len(rows)
    for user in range(USERS):
        own = by_time(rows, [place for place, row in enumerate(rows) if row[0] == user])
        tested = own[-last:] if len(own) > last else []
        rest = own[: len(own) - len(tested)]
        for place in tested:
            marks[place] = TEST
        for place in rest[-1:] if len(rest) > 1 else []:
            marks[place] = VALIDATION
    return Cut("leave_last", rows, marks, settings("leave_last", repeats=repeats, last=last))


def column(rows: list[Row], marks: list[int], *, repeats: bool) -> Cut:
    return Cut("column", rows, marks, settings("column", repeats=repeats))


@st.composite
def any_cut(draw: st.DrawFn, kind: str, *, repeats: bool) -> Cut:
    rows = draw(any_rows)
    if kind == "temporal":
        return temporal(rows, draw(st.integers(2, 5)), draw(st.integers(2, 4)), repeats=repeats)
    if kind == "leave_last":
        cut = leave_last(rows, 2, repeats=repeats)
        assume({TRAIN, VALIDATION, TEST} <= set(cut.marks))
        return cut
    marks = draw(st.permutations([TRAIN, VALIDATION, TEST] + [draw(st.integers(0, 2)) for _ in rows[3:]]))
    return column(rows, list(marks), repeats=repeats)


@st.composite
def changed(draw: st.DrawFn, cut: Cut, parts: tuple[int, ...]) -> Cut:
    """The same but for what the rows of some later parts say; they stay in their parts."""
    rows = list(cut.rows)
    for place, mark in enumerate(cut.marks):
        if mark in parts:
            user, _, _, time = rows[place]
            other = draw(st.integers(0, USERS - 1)) if cut.kind != "leave_last" else user
            value = draw(st.sampled_from([1.0, 2.0, 4.5, 5.0]))
            rows[place] = (other, draw(st.integers(0, ITEMS - 1)), value, time)
    return Cut(cut.kind, rows, cut.marks, cut.settings)


def grown(cut: Cut, more: list[Row], *, repeats: bool) -> Cut:
    """The same with more rows in the test part: later than all, where time decides."""
    late = [(*row[:3], 100 + place) for place, row in enumerate(more)]
    if cut.kind == "temporal":
        tested, validated = cut.marks.count(TEST), cut.marks.count(VALIDATION)
        return temporal([*cut.rows, *late], tested + len(late), validated, repeats=repeats)
    if cut.kind == "leave_last":  # one more of everybody who is tested
        one_each = [(row[0], *late[0][1:]) for row in sorted({row[:1] for row in cut.of(TEST)})]
        return leave_last([*cut.rows, *one_each], 3, repeats=repeats)
    return column([*cut.rows, *late], [*cut.marks, *[TEST] * len(late)], repeats=repeats)


def same(one: Any, other: Any) -> bool:
    """Whether two parts agree in everything that they hold, bit for bit."""
    if isinstance(one, (Ratings, Events)):
        return type(one) is type(other) and all(
            same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one)
        )
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(each, other[name]) for name, each in one.items())
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    return bool(one is other or one == other)


@kinds
class TestTheLaw:
    @some
    @given(data=st.data(), merging=mergings, repeats=st.booleans())
    def test_each_part_is_merged_from_its_own_rows_alone(
        self, kind: str, data: st.DataObject, merging: Merging, repeats: bool
    ) -> None:
        cut = data.draw(any_cut(kind, repeats=repeats))
        split = cut.made(merging)
        test = split.open_test("a law", lambda _why: None)
        trained, held_out = {row[:2] for row in cut.of(TRAIN)}, {row[:2] for row in cut.of(TRAIN, VALIDATION)}
        assert alike(listed(split.train), expected(cut.of(TRAIN), merging))
        for part, mark, before in ((split.validation, VALIDATION, trained), (test, TEST, held_out)):
            own = expected(cut.of(mark), merging)
            again = [row for row in own if row[:2] in before]
            assert getattr(split.repeated, "test" if mark == TEST else "validation") == len(again)
            assert alike(listed(part), own if repeats else [row for row in own if row not in again])

    @some
    @given(data=st.data(), merging=mergings, repeats=st.booleans())
    def test_what_is_tested_never_moves_training_or_validation(
        self, kind: str, data: st.DataObject, merging: Merging, repeats: bool
    ) -> None:
        cut = data.draw(any_cut(kind, repeats=repeats))
        split, other = cut.made(merging), data.draw(changed(cut, (TEST,))).made(merging)
        assert same(split.train, other.train)
        assert same(split.validation, other.validation)
        assert same(split.train.join(split.validation), other.train.join(other.validation))

    @some
    @given(data=st.data(), merging=mergings, repeats=st.booleans())
    def test_what_is_validated_never_moves_training(
        self, kind: str, data: st.DataObject, merging: Merging, repeats: bool
    ) -> None:
        cut = data.draw(any_cut(kind, repeats=repeats))
        other = data.draw(changed(cut, (VALIDATION, TEST)))
        assert same(cut.made(merging).train, other.made(merging).train)

    @some
    @given(
        data=st.data(),
        merging=mergings,
        repeats=st.booleans(),
        more=st.lists(st.tuples(*[st.integers(0, 3)] * 2, st.just(5.0), st.just(0)), min_size=1),
    )
    def test_nor_does_what_is_added_to_the_test_part(
        self, kind: str, data: st.DataObject, merging: Merging, repeats: bool, more: list[Row]
    ) -> None:
        cut = data.draw(any_cut(kind, repeats=repeats))
        split, other = cut.made(merging), grown(cut, more, repeats=repeats).made(merging)
        assert same(split.train, other.train)
        assert same(split.validation, other.validation)

    @some
    @given(data=st.data(), merging=mergings, repeats=st.booleans())
    def test_all_parts_joined_are_the_whole_table(
        self, kind: str, data: st.DataObject, merging: Merging, repeats: bool
    ) -> None:
        cut = data.draw(any_cut(kind, repeats=repeats))
        split = cut.made(merging)
        test = split.open_test("a law", lambda _why: None)
        everything = split.train.join(split.validation).join(test)
        assert sorted(listed(everything.rows)) == sorted(cut.rows)
        counts = {row[:2] for row in cut.rows}
        assert {row[:2] for row in listed(everything)} == counts
        assert len(everything) == len(counts)


@kinds
@pytest.mark.parametrize("name", BASELINES)
@few
@given(data=st.data())
def test_what_a_judge_learns_is_of_its_own_part(kind: str, name: str, data: st.DataObject) -> None:
    """Whatever it predicts, for everybody and everything."""
    merging = Merging("mean") if BASELINES[name] in RATING_BASELINES else Merging("sum", "log")
    cut = data.draw(any_cut(kind, repeats=False))
    everybody = np.arange(USERS, dtype=np.int32)
    one, other = (
        BASELINES[name]().fit(with_item_features(each.made(merging).train)).score_all(everybody, ITEMS)
        for each in (cut, data.draw(changed(cut, (VALIDATION, TEST))))
    )
    assert np.array_equal(one, other)


@kinds
@few
@given(data=st.data())
def test_what_was_had_before_is_a_candidate_only_where_repeats_are_asked_for(kind: str, data: st.DataObject) -> None:
    for repeats in (False, True):
        split = data.draw(any_cut(kind, repeats=repeats)).made(Merging("sum"))
        part = ranking_part(split.train, split.validation, ObjectiveSettings(metric="ndcg"))
        measured = np.isin(split.train.users, part.users)
        hidden = set() if repeats else set(zip(split.train.users[measured], split.train.items[measured], strict=True))
        cases, items = part.cases.seen.nonzero()
        assert set(zip(part.users[cases], items, strict=True)) == hidden
        assert (part.cases.relevant.sum() == len(split.validation)).all()


@pytest.mark.parametrize("kind", ["random", "user_random"])
@given(merging=mergings, rows=any_rows, seed=st.integers(0, 9))
def test_a_kind_that_deals_out_pairs_leaves_no_pair_in_two_parts(
    merging: Merging, kind: str, rows: list[Row], seed: int
) -> None:
    """Each pair is merged from all its rows, as if they had been one."""
    whole = merged(rows, merging)
    pairs = whole.alone
    document = {"kind": kind, "seed": seed, "size": 0.3, "validation": {"size": 0.3}}
    try:
        split, plain = (make_split(each, SplitSettings.model_validate(document)) for each in (whole, pairs))
    except InputError:
        assume(False)
    for part, other in ((split.train, plain.train), (split.validation, plain.validation)):
        assert listed(part) == listed(other)
    tests = [each.open_test("a law", lambda _why: None) for each in (split, plain)]
    assert listed(tests[0]) == listed(tests[1])
    everything = split.train.join(split.validation).join(tests[0])
    assert listed(everything) == listed(plain.train.join(plain.validation).join(tests[1]))


@given(data=st.data())
def test_validation_by_time_of_what_was_dealt_out_cuts_rows_too(data: st.DataObject) -> None:
    whole = merged(data.draw(any_rows), Merging("sum"))
    document = {"kind": "random", "size": 0.2, "validation": {"kind": "temporal", "size": 0.3}, "repeats": True}
    try:
        split = make_split(whole, SplitSettings.model_validate(document))
    except InputError:
        assume(False)
    assert split.train.rows.timestamps is not None
    assert split.validation.rows.timestamps is not None
    assert split.train.rows.timestamps.max() <= split.validation.rows.timestamps.min()
    test = split.open_test("a law", lambda _why: None)
    development = split.train.join(split.validation)
    assert not {row[:2] for row in listed(test)} & {row[:2] for row in listed(development)}
    assert sorted(listed(development.join(test))) == sorted(listed(whole))


class TestSaying:
    ROWS: tuple[Row, ...] = tuple((0, place % 2, 1.0, place) for place in range(12))

    def test_nothing_new_to_test_is_refused_with_what_to_do(self) -> None:
        with pytest.raises(InputError, match=r"validation part is empty: all 1 pairs .* split\.repeats = true"):
            make_split(merged(self.ROWS, Merging("sum")), SplitSettings(kind="temporal"))

    def test_repeats_of_pairs_that_are_dealt_out_are_refused(self) -> None:
        with pytest.raises(ValueError, match="repeats does nothing here: kind 'random' deals out pairs"):
            SplitSettings(repeats=True)
        assert SplitSettings.model_validate({"repeats": True, "validation": {"kind": "temporal"}}).repeats
