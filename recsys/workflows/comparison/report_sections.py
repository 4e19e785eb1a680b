"""The sections of a report: what the study saw, and what the best trial predicts and recommends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from recsys.evaluation.example_lists import ExampleList, sampled_lists
from recsys.evaluation.groups import metric_by_group
from recsys.evaluation.popularity_bands import bands_by_popularity
from recsys.evaluation.scoring import Evaluation
from recsys.experiment import Experiment
from recsys.spaces.parameter import ChoiceParameter
from recsys.spaces.space import Space
from recsys.tracking.front import goals_of
from recsys.tracking.tracker import Header, Recorded, best_of
from recsys.training.trial import Weights
from recsys.workflows.search.prepare import Prepared

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from recsys.serving.scorer import Scorer

_GROUPS = 5
"""Groups of users by activity."""


@dataclass(frozen=True)
class Section:
    """A figure under its title."""

    title: str
    text: str
    figure: go.Figure


def sections_of_search(header: Header, records: list[Recorded], experiment: Experiment) -> list[Section]:
    """What the study saw."""
    from recsys.workflows.comparison import report_figures as draw

    space = experiment.search_space
    history = draw.optimisation_history(records, header.metric, header.direction)
    sections = [Section("Optimisation history", "Every trial's objective, and the best so far.", history)]
    if header.further:
        goals = goals_of(header)
        text = f"No trial is better in {' and '.join(goals)} at once than one on the front."
        sections.append(Section("Front", text, draw.front(records, goals)))
    if (shares := importances_of(header, records, space)) is not None:
        text = "How much of the objective's variance each parameter explains (PED-ANOVA)."
        sections.append(Section("Parameter importances", text, shares))
    if (lines := coordinates_of(header, records, space)) is not None:
        text = "A line a trial; drag along an axis to filter, drag a name to reorder."
        sections.append(Section("Parallel coordinates", text, lines))
    return sections


def importances_of(header: Header, records: list[Recorded], space: Space) -> go.Figure | None:
    """The parameters' importances; None where too few trials are complete to tell."""
    from recsys.studies.importances import importances
    from recsys.workflows.comparison import report_figures as draw

    complete = [
        (record.point, record.finished.value)
        for record in best_of(records, header.direction)
        if record.finished is not None and record.finished.value is not None
    ]
    shares = importances(space, complete, header.direction)
    return draw.importances(shares) if shares else None


def coordinates_of(header: Header, records: list[Recorded], space: Space) -> go.Figure | None:
    """A line a trial; None where there are no two, or no parameter."""
    from recsys.tracking.pictures.axes import axes_of
    from recsys.workflows.comparison import report_figures as draw

    logarithmic = {
        each: not isinstance(parameter, ChoiceParameter) and parameter.scale == "log"
        for each, parameter in space.items()
    }
    if not logarithmic or len(best_of(records, header.direction)) < 2:
        return None
    return draw.parallel_coordinates(axes_of(records, logarithmic, header.metric))


def learning_curves(curves: Mapping[str, Mapping[str, Sequence[float]]], metric: str, rounds: str) -> Section:
    """The best trials by round."""
    from recsys.workflows.comparison import report_figures as draw

    text = f"The {len(curves)} best trials, by {rounds}."
    return Section("Learning curves", text, draw.learning_curves(curves, metric, rounds))


def sections_of_predictions(prepared: Prepared, scorer: Scorer, scored: Evaluation) -> list[Section]:
    """What the best trial does on validation: its residuals where it predicts ratings, and for whom it is good."""
    from recsys.workflows.comparison import report_figures as draw

    train, validation = prepared.split.train, prepared.split.validation
    sections = []
    if scorer.rates and not validation.implicit:
        predicted = scorer.clipped(scorer.predict(validation.users, validation.items))
        text = "What the best trial predicts on validation, less the truth: models of ratings shrink to the mean."
        sections.append(Section("Residuals by true rating", text, draw.residuals(validation.values, predicted)))
    if scored.reliability is not None:
        text = (
            f"Of the validation ratings intervals of 90 % cover {scored.reliability.observed():.1%}; on the line the "
            "best trial is as sure as it should be, above it less. A rating is all that would be rounded to it."
        )
        sections.append(Section("Reliability of the intervals", text, draw.reliability(scored.reliability.curve)))
    lists = prepared.metric.family != "rating"
    objective = scored.samples[prepared.metric.name]
    activity = np.bincount(train.users, minlength=train.catalogue.users)
    groups = metric_by_group(objective.values, objective.users, activity, groups=_GROUPS, root=objective.root)
    figure = draw.by_activity(groups, objective.metric, "users" if lists else "ratings")
    text = (
        f"Validation {objective.metric} of users with few and with many training ratings, in groups of about a fifth."
    )
    sections.append(Section("Quality by activity of the user", text, figure))
    if lists and scored.ranking is not None:
        bands = bands_by_popularity(
            scored.ranking.lists.ranked, np.bincount(train.items, minlength=train.catalogue.items)
        )
        text = (
            "The items in tenths, the most popular first: their share of the training ratings, and of what the best "
            "trial recommends."
        )
        sections.append(Section("Popularity of what is recommended", text, draw.popularity_bands(bands)))
    return sections


def map_of_items(prepared: Prepared, weights: Weights) -> list[Section]:
    """The item embeddings; none of a model that has no such table."""
    from recsys.workflows.comparison import report_figures as draw

    table = weights.get("item_embedding/table")
    if table is None:
        return []
    catalogue = prepared.catalogue
    popularity = np.bincount(prepared.split.train.items, minlength=catalogue.items)
    rated = popularity > 0
    names = catalogue.item_ids.astype(str) if catalogue.titles is None else catalogue.titles
    drawn = draw.item_map(table[: catalogue.items][rated], list(np.asarray(names)[rated]), popularity[rated])
    text = "Item embeddings of the best trial on their first two principal components; hover for the title."
    return [Section("Map of the items", text, drawn)]


def example_lists(prepared: Prepared, scored: Evaluation) -> Sequence[ExampleList]:
    """What three users of the validation part are shown; none where the objective is not of lists."""
    ranking = scored.ranking
    if ranking is None or prepared.metric.family == "rating":
        return []
    return sampled_lists(ranking.users, ranking.lists.ranked[0], ranking.lists.hits[0], prepared.split.train)
