"""The protocol fingerprint: equal where numbers are comparable, else what differs is named."""

from __future__ import annotations

import pytest
from evaluation_samples import make_ratings
from hypothesis import given
from hypothesis import strategies as st

from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.protocol import difference, fingerprint, fingerprint_of_test, protocol_parts
from recsys.splitting.settings import SplitSettings, ValidationSettings

RATINGS = make_ratings(8, 6, 30)
parts_of = st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=4)


def parts(split: SplitSettings | None = None, **objective: object) -> dict[str, str]:
    return protocol_parts(RATINGS, split or SplitSettings(), ObjectiveSettings.model_validate(objective))


@given(parts_of, parts_of)
def test_fingerprints_are_equal_exactly_where_no_part_differs(a, b) -> None:
    assert (fingerprint(a) == fingerprint(b)) == (a == b) == (difference(a, b) == [])


@given(parts_of)
def test_the_order_of_the_parts_does_not_matter(a) -> None:
    assert fingerprint(dict(reversed(a.items()))) == fingerprint(a)


def test_a_fingerprint_stays_the_same_from_version_to_version() -> None:
    assert fingerprint({"k": "10", "data": "abc"}) == "0e0330b62285b658"


def test_each_difference_is_a_sentence_that_names_the_part_and_both_values() -> None:
    assert difference({"k": "10", "clip": "true"}, {"k": "5"}) == [
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
        (parts(threshold=3.5), "objective.threshold"),
        (protocol_parts(make_ratings(8, 6, 30, seed=1), SplitSettings(), ObjectiveSettings()), "data"),
    ],
)
def test_whatever_moves_a_value_changes_the_fingerprint_and_is_named(changed: dict[str, str], name: str) -> None:
    assert fingerprint(changed) != fingerprint(parts())
    (sentence,) = difference(parts(), changed)
    assert sentence.startswith(f"{name} is ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SplitSettings(kind="leave_last", seed=1), SplitSettings(kind="leave_last", seed=2)),
        (SplitSettings(kind="temporal", seed=1), SplitSettings(kind="temporal", seed=2)),
        (SplitSettings(validation=ValidationSettings()), SplitSettings(validation=ValidationSettings(kind="random"))),
    ],
)
def test_what_a_kind_of_split_does_not_look_at_keeps_runs_comparable(one: SplitSettings, other: SplitSettings) -> None:
    assert fingerprint(parts(one)) == fingerprint(parts(other))


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
