"""The sections of a report about groups of users: how good lists or ratings are for each, and whether they differ."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from recsys.evaluation.group_gaps import group_gaps
from recsys.evaluation.groups import CaseGroup
from recsys.evaluation.scoring import EvaluationResult
from recsys.tracking.pictures.figures import SERIES, empty_figure
from recsys.workflows.comparison.report_sections import Section
from recsys.workflows.search.prepare import Prepared


def sections_of_groups(prepared: Prepared, scored: EvaluationResult) -> list[Section]:
    """Return a section for the activity of the users, and one for each feature that divides them.

    Args:
        prepared: The data and settings of the sweep.
        scored: The evaluation of the best trial on validation.
    """
    metric = prepared.metric.name
    return [
        Section(
            f"Differences by {gap.column} of the user",
            f"Validation {metric}, with 95 % intervals. {gap.sentence}",
            by_group(gap.groups, metric, gap.column),
        )
        for gap in group_gaps(scored.samples[metric].defined, prepared.split.train)
    ]


def by_group(groups: Sequence[CaseGroup], metric: str, axis: str) -> go.Figure:
    """Plot the metric of each group with its interval.

    Args:
        groups: The groups.
        metric: The name of the metric.
        axis: What divides the cases.
    """
    figure = empty_figure(axis, metric)
    figure.add_bar(
        x=[group.name for group in groups],
        y=[group.value for group in groups],
        text=[f"{group.cases:,} cases" for group in groups],
        marker_color=SERIES[0],
        error_y={
            "array": [group.high - group.value for group in groups],
            "arrayminus": [group.value - group.low for group in groups],
        },
    )
    figure.update_xaxes(type="category")
    return figure
