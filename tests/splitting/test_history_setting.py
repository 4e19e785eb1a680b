"""Tests of whether the histories of users grow within a held-out part."""

from __future__ import annotations

from typing import Any

import pytest
from repeated_pairs import MERGINGS, Row, merged

from recsys.data.repeats import Merging
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings

ROWS: list[Row] = [(place % 3, place % 5, 1.0, place) for place in range(24)]


@pytest.mark.parametrize("kind", ["temporal", "leave_last"])
@pytest.mark.parametrize("merging", MERGINGS)
@pytest.mark.parametrize("history", ["fixed", "grows"])
def test_every_part_knows_it_and_what_is_made_of_parts_too(kind: str, merging: Merging, history: str) -> None:
    by = SplitSettings.model_validate({"kind": kind, "history": history, "repeats": True})
    split = make_split(merged(ROWS, merging), by)
    test = split.open_test("a test", lambda _why: None)
    parts = [split.train, split.validation, test, split.train.join(split.validation), test.take([0]), test.rows]
    assert {part.grows for part in [*parts, test.positives]} == {history == "grows"}


@pytest.mark.parametrize(
    "split", [{}, {"kind": "user_random"}, {"kind": "temporal", "validation": {"kind": "random"}}, {"kind": "fold"}]
)
def test_a_part_that_is_dealt_out_has_no_history_that_grows(split: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="history does nothing here: it needs two parts by time"):
        SplitSettings.model_validate({"history": "grows", **split})
