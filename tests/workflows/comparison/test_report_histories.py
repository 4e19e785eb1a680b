"""Tests of the metric by length of history and by time since the last choice, against loops."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from recsys.data.histories import Histories
from recsys.evaluation.cases import Cases
from recsys.workflows.comparison.report_histories import by_gap, by_length

DAY = 86_400
START = 10**9


def cases(lengths: list[int], days: list[float]) -> Cases:
    """A case each user, whose last choice was so many days ago."""
    starts = np.concatenate([[0], np.cumsum(lengths)])
    count = int(starts[-1])
    ones, none = np.ones(count, np.float32), csr_array((len(lengths), 3), dtype=bool)
    histories = Histories(starts, np.zeros(count, np.int32), ones, ones, np.full(count, START))
    times = START + (np.array(days) * DAY).astype(np.int64)
    return Cases(np.arange(len(lengths), dtype=np.int32), none, none, times, grow=False, _before=lambda: histories)


class TestGroups:
    def test_each_case_is_in_the_group_of_its_length(self) -> None:
        found = by_length(cases([0, 1, 4, 5, 250, 300], [1] * 6), np.array([0.0, 0.2, 0.4, 0.6, 0.8, 1.0]))
        assert [(group.name, group.cases) for group in found] == [
            ("0", 1),
            ("1 to 4", 2),
            ("5 to 9", 1),
            ("200 or more", 2),
        ]
        assert [group.value for group in found] == pytest.approx([0.0, 0.3, 0.6, 0.9])
        assert found[1].low <= found[1].value <= found[1].high
        assert np.isnan(found[0].low)

    def test_each_case_with_a_history_is_in_the_group_of_its_gap(self) -> None:
        found = by_gap(cases([0, 1, 1, 2, 1], [1, 0.01, 0.5, 3, 400]), np.array([9.0, 0.1, 0.2, 0.3, 0.4]))
        assert [(group.name, group.cases, group.value) for group in found] == [
            ("within an hour", 1, 0.1),
            ("within a day", 1, 0.2),
            ("within a week", 1, 0.3),
            ("later", 1, 0.4),
        ]

    def test_times_without_a_unit_give_no_gaps(self) -> None:
        whole = cases([1, 1], [0, 0])
        steps = Cases(
            whole.users, whole.seen, whole.relevant, np.array([3, 4]), grow=False, _before=lambda: whole.histories
        )
        assert by_gap(steps, np.zeros(2)) == []
