"""Tests of the protocol fingerprint: it is equal for comparable values, and otherwise the differences are named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from evaluation_samples import make_ratings
from hypothesis import given
from hypothesis import strategies as st

from recsys.data.ratings import Ratings
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.protocol import differing_parts, fingerprint, fingerprint_of_test, protocol_parts
from recsys.splitting.settings import SplitSettings, ValidationSettings

RATINGS = make_ratings(8, 6, 30)
parts_of = st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=4)


def parts(split: SplitSettings | None = None, **objective: object) -> dict[str, str]:
    return protocol_parts(RATINGS, split or SplitSettings(), ObjectiveSettings.model_validate(objective))


@given(parts_of, parts_of)
def test_fingerprints_are_equal_exactly_where_no_part_differs(a, b) -> None:
    assert (fingerprint(a) == fingerprint(b)) == (a == b) == (differing_parts(a, b) == [])


@given(parts_of)
def test_the_order_of_the_parts_does_not_matter(a) -> None:
    assert fingerprint(dict(reversed(a.items()))) == fingerprint(a)


def test_a_fingerprint_stays_the_same_from_version_to_version() -> None:
    assert fingerprint({"k": "10", "data": "abc"}) == "0e0330b62285b658"


def test_each_difference_is_a_sentence_that_names_the_part_and_both_values() -> None:
    assert differing_parts({"k": "10", "clip": "true"}, {"k": "5"}) == [
        "clip is true in one and not set in the other",
        "k is 10 in one and 5 in the other",
    ]


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        (parts(SplitSettings(seed=1)), "split.seed"),
        (parts(SplitSettings(size=0.3)), "split.size"),
        (parts(SplitSettings(validation=ValidationSettings(size=0.2))), "split.validation.size"),
        (parts(clip=False), "objective.clip"),
        (parts(k=5), "objective.k"),
        (parts(users=5), "objective.users"),
        (parts(threshold=3.5), "objective.threshold"),
        (protocol_parts(make_ratings(8, 6, 30, seed=1), SplitSettings(), ObjectiveSettings()), "data"),
    ],
)
def test_whatever_moves_a_value_changes_the_fingerprint_and_is_named(changed: dict[str, str], name: str) -> None:
    assert fingerprint(changed) != fingerprint(parts())
    (sentence,) = differing_parts(parts(), changed)
    assert sentence.startswith(f"{name} is ")


def test_whether_repeats_are_tested_is_of_the_protocol_and_of_the_test_part_where_it_is_asked_for() -> None:
    plain, again = (parts(SplitSettings(kind="temporal", repeats=repeats)) for repeats in (False, True))
    assert differing_parts(plain, again) == ["split.repeats is not set in one and true in the other"]
    assert fingerprint_of_test(plain) != fingerprint_of_test(again)


LAST = {"kind": "leave_last"}
TEMPORAL = {"kind": "temporal"}


@pytest.mark.parametrize(
    ("plain", "more", "differing", "moves_test"),
    [
        (TEMPORAL, {"at": "1998-03-01"}, ["split.at"], True),
        (TEMPORAL, {"last": "14 days"}, ["split.last"], True),
        (TEMPORAL, {"validation": {"at": 7}}, ["split.validation.at"], False),
        (TEMPORAL, {"validation": {"last": "7 days"}}, ["split.validation.last"], False),
        (TEMPORAL, {"history": "grows"}, ["split.history"], False),
        (LAST, {"history": "grows"}, ["split.history"], False),
        (LAST, {"session_gap": "30 min"}, ["split.session_gap"], True),
        (LAST, {"horizon": "global"}, ["split.horizon"], True),
        (LAST, {"horizon": "global", "size": 0.3}, ["split.horizon", "split.size"], True),
        (LAST, {"horizon": "global", "validation": {"size": 0.3}}, ["split.horizon", "split.validation.size"], True),
        (TEMPORAL | {"validation": LAST}, {"horizon": "global"}, ["split.horizon"], False),
    ],
)
def test_how_time_cuts_is_of_the_protocol_where_it_is_set(
    plain: dict[str, object], more: dict[str, object], differing: list[str], moves_test: bool
) -> None:
    one, other = (parts(SplitSettings.model_validate(each)) for each in (plain, plain | more))
    assert [sentence.split()[0] for sentence in differing_parts(one, other)] == differing
    assert (fingerprint_of_test(one) != fingerprint_of_test(other)) == moves_test


@pytest.mark.parametrize(
    ("split", "whole", "test"),
    [
        (TEMPORAL, "6d8d6096aa988dc4", "a387e16e9a6f1960"),
        (LAST, "bd1c59f9d76622d6", "4d4a5419de63c1ac"),
        ({"kind": "user_random"}, "1cd4328217a91502", "a2daaa8ff287c17d"),
    ],
)
def test_the_protocol_of_each_kind_stays_the_same_from_version_to_version(
    split: dict[str, object], whole: str, test: str
) -> None:
    found = parts(SplitSettings.model_validate(split))
    assert (fingerprint(found), fingerprint_of_test(found)) == (whole, test)


def test_how_validation_is_cut_is_what_the_data_mark() -> None:
    split = SplitSettings(kind="column")
    marks = np.arange(len(RATINGS), dtype=np.int8) % 3
    marked, unmarked = (
        protocol_parts(replace(RATINGS, split_labels=each), split, ObjectiveSettings())
        for each in (marks, 2 * (marks // 2))
    )
    assert (marked["split.validation.kind"], unmarked["split.validation.kind"]) == ('"column"', '"random"')
    assert "split.seed" not in marked
    assert unmarked["split.validation.size"] == "0.1"
    assert fingerprint_of_test(marked) != fingerprint_of_test(unmarked)


AT_3 = ValidationSettings(at=3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SplitSettings(kind="leave_last", seed=1), SplitSettings(kind="leave_last", seed=2)),
        (SplitSettings(kind="temporal", seed=1), SplitSettings(kind="temporal", seed=2)),
        (
            SplitSettings(kind="cold_items", at=5, seed=1, validation=AT_3),
            SplitSettings(kind="cold_items", at=5, validation=AT_3),
        ),
        (SplitSettings(validation=ValidationSettings()), SplitSettings(validation=ValidationSettings(kind="random"))),
    ],
)
def test_what_a_kind_of_split_does_not_look_at_keeps_runs_comparable(one: SplitSettings, other: SplitSettings) -> None:
    assert fingerprint(parts(one)) == fingerprint(parts(other))


def test_a_seed_that_draws_validation_alone_leaves_the_test_part_the_same() -> None:
    """The new items of the test part are those of a date, and validation is a share of the remaining items."""
    one, other = (parts(SplitSettings(kind="cold_items", at=5, seed=seed)) for seed in (1, 2))
    assert differing_parts(one, other) == ["split.seed is 1 in one and 2 in the other"]
    assert fingerprint_of_test(one) == fingerprint_of_test(other)


CORE = replace(RATINGS, core=(5, 0))
IMPLICIT = replace(RATINGS, implicit=True)
POSITIVE = replace(RATINGS, positive_from=3.0)


@pytest.mark.parametrize(
    ("ratings", "sentence"),
    [
        (CORE, "data.min_user_ratings is not set in one and 5 in the other"),
        (replace(RATINGS, core=(0, 2)), "data.min_item_ratings is not set in one and 2 in the other"),
        (IMPLICIT, 'data.feedback is not set in one and "implicit" in the other'),
        (POSITIVE, "objective.threshold is 4.0 in one and 3.0 in the other"),
    ],
)
def test_what_the_data_are_made_by_is_named_too(ratings: Ratings, sentence: str) -> None:
    assert sentence in differing_parts(parts(), protocol_parts(ratings, SplitSettings(), ObjectiveSettings()))


def test_a_threshold_said_by_the_data_is_the_same_as_one_said_by_the_objective() -> None:
    assert protocol_parts(POSITIVE, SplitSettings(), ObjectiveSettings()) == parts(threshold=3.0)


def test_the_protocol_of_plain_ratings_stays_the_same_from_version_to_version() -> None:
    assert fingerprint(parts()) == "69154ce3d4386863"
    assert fingerprint_of_test(parts()) == "3ea84229c1b38d43"


@pytest.mark.parametrize("side", ["test", "validation"])
def test_a_split_by_user_that_is_drawn_has_its_seed_and_its_size(side: str) -> None:
    def drawn(seed: int, **more: object) -> SplitSettings:
        cut = {"kind": "user_random", **more}
        other = {"kind": "temporal"}
        return SplitSettings.model_validate(
            {**cut, "seed": seed, "validation": other} if side == "test" else {**other, "seed": seed, "validation": cut}
        )

    prefix = "split" if side == "test" else "split.validation"
    assert [s.split()[0] for s in differing_parts(parts(drawn(1)), parts(drawn(2)))] == ["split.seed"]
    assert [s.split()[0] for s in differing_parts(parts(drawn(1)), parts(drawn(1, size=0.5)))] == [f"{prefix}.size"]
    assert [s.split()[0] for s in differing_parts(parts(drawn(1)), parts(drawn(1, number=2)))] == [f"{prefix}.number"]
    assert (fingerprint_of_test(parts(drawn(1))) == fingerprint_of_test(parts(drawn(2)))) == (side == "validation")


def test_lengths_that_are_measured_beside_keep_runs_comparable() -> None:
    assert fingerprint(parts(also_at=(5, 20))) == fingerprint(parts())


def test_a_sample_of_all_users_is_none() -> None:
    assert fingerprint(parts(users=RATINGS.catalogue.users)) == fingerprint(parts())


def test_what_is_optimised_keeps_runs_comparable() -> None:
    assert fingerprint(parts(metric="mae")) == fingerprint(parts(metric="rmse"))


class TestTestPart:
    @pytest.mark.parametrize(
        "same",
        [
            parts(k=5),
            parts(threshold=3.5),
            parts(SplitSettings(validation=ValidationSettings(size=0.2))),
            parts(SplitSettings(validation=ValidationSettings(kind="temporal"))),
        ],
    )
    def test_what_leaves_the_test_ratings_as_they_are_leaves_their_count_of_openings(self, same) -> None:
        assert fingerprint_of_test(same) == fingerprint_of_test(parts())
        assert fingerprint(same) != fingerprint(parts())

    @pytest.mark.parametrize(
        "other",
        [
            parts(SplitSettings(seed=1)),
            parts(SplitSettings(size=0.3)),
            parts(SplitSettings(kind="temporal")),
            protocol_parts(make_ratings(8, 6, 30, seed=1), SplitSettings(), ObjectiveSettings()),
        ],
    )
    def test_other_test_ratings_are_another_test_part(self, other) -> None:
        assert fingerprint_of_test(other) != fingerprint_of_test(parts())

    def test_a_seed_that_only_validation_uses_does_not_count(self) -> None:
        validation = ValidationSettings(kind="random")
        one, other = (SplitSettings(kind="temporal", seed=seed, validation=validation) for seed in (1, 2))
        assert fingerprint_of_test(parts(one)) == fingerprint_of_test(parts(other))
        assert fingerprint(parts(one)) != fingerprint(parts(other))
