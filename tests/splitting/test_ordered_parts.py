"""Tests that the parts of a split say whether they follow each other in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import synthetic_ratings
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings

RATINGS = synthetic_ratings(SyntheticSettings(users=40, items=30, ratings=600))


@pytest.mark.parametrize(
    ("kind", "validation", "ordered"),
    [
        ("temporal", None, True),
        ("leave_last", None, True),
        ("leave_last", "temporal", True),
        ("leave_last", "random", False),
        ("random", None, False),
        ("random", "leave_last", False),
        ("user_random", None, False),
    ],
)
def test_parts_are_ordered_if_time_cuts_the_test_part_and_validation(
    kind: str, validation: str | None, ordered: bool
) -> None:
    settings = SplitSettings.model_validate({"kind": kind, "validation": {"kind": validation}})
    split = make_split(replace(RATINGS, timestamps=np.arange(len(RATINGS))), settings)
    test = split.open_test("a test of order", lambda _why: None)
    parts = [split.train, split.validation, test, split.train.join(split.validation), split.train.positives]
    assert {part.ordered for part in parts} == {ordered}


def test_the_digest_does_not_know_the_order() -> None:
    assert replace(RATINGS, ordered=True).digest == RATINGS.digest
