"""The section of a model card about differences between groups of users."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.evaluation.formatting import interval_text
from recsys.evaluation.group_gaps import GroupGap
from recsys.workflows.promotion.card_lists import cell


def parts_of_gaps(gaps: Sequence[GroupGap], metric: str) -> list[str]:
    """Return the section as Markdown; empty if no groups are large enough to be compared.

    Args:
        gaps: The differences, by column.
        metric: The name of the metric.
    """
    if not gaps:
        return []
    rows = ["| by | group | users | value | 95 % interval |", "|---|---|---|---|---|"]
    for gap in gaps:
        rows += [
            f"| {cell(gap.column)} | {cell(group.name)} | {group.users} | {group.value:.4f} | "
            f"{interval_text((group.low, group.high))} |"
            for group in gap.groups
        ]
    said = [f"- {cell(gap.column)}: {cell(gap.sentence, 500)}" for gap in gaps]
    return [f"## {metric} by group of users", "\n".join(rows), "\n".join(said)]
