"""Tests of the section of a model card about groups of users."""

from __future__ import annotations

from recsys.evaluation.group_gaps import GroupGap
from recsys.evaluation.groups import CaseGroup
from recsys.evaluation.significance import UnpairedTest
from recsys.workflows.promotion.card_groups import parts_of_gaps


def test_each_group_has_a_row_and_each_division_a_test() -> None:
    groups = [CaseGroup("F", 40, 30, 0.5, 0.4, 0.625), CaseGroup("<b>|", 70, 60, 0.25, 0.125, 0.375)]
    gap = GroupGap("gender", groups, "F", "<b>|", UnpairedTest(0.25, (0.0, 0.5), 0.03125))
    head, table, said = parts_of_gaps([gap], "ndcg")
    assert head == "## ndcg by group of users"
    assert table.splitlines() == [
        "| by | group | users | value | 95 % interval |",
        "|---|---|---|---|---|",
        "| gender | F | 30 | 0.5000 | 0.4000 to 0.6250 |",
        "| gender | &#60;b&#62;&#124; | 60 | 0.2500 | 0.1250 to 0.3750 |",
    ]
    assert said == f"- gender: {gap.sentence}".replace("<b>|", "&#60;b&#62;&#124;")


def test_without_groups_there_is_no_section() -> None:
    assert parts_of_gaps([], "ndcg") == []
