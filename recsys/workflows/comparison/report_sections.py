"""The sections of a report about the search, each with a title, a text and a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recsys.experiment import Experiment
from recsys.spaces.parameter import ChoiceParameter
from recsys.spaces.space import Space
from recsys.tracking.front import goals_of
from recsys.tracking.pictures import figures
from recsys.tracking.pictures.axes import axes_of
from recsys.tracking.tracker import Header, Recorded, best_of

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Section:
    """A figure with its title and a sentence about it."""

    title: str
    text: str
    figure: go.Figure


def sections_of_search(header: Header, records: Sequence[Recorded], experiment: Experiment) -> list[Section]:
    """Return the sections with trials by number, by objectives and by parameters."""
    space = experiment.search_space
    history = figures.optimisation_history(records, header.metric, header.direction)
    sections = [Section("Optimisation history", "Every trial's objective, and the best so far.", history)]
    if header.further:
        goals = goals_of(header)
        text = f"No trial is better in {' and '.join(goals)} at once than one on the front."
        sections.append(Section("Front", text, figures.front(records, goals)))
    if (shares := importances_of(header, records, space)) is not None:
        text = "How much of the objective's variance each parameter explains (PED-ANOVA)."
        sections.append(Section("Parameter importances", text, shares))
    if (lines := coordinates_of(header, records, space)) is not None:
        text = "A line a trial; drag along an axis to filter, drag a name to reorder."
        sections.append(Section("Parallel coordinates", text, lines))
    return sections


def section_of_curves(histories: Mapping[str, figures.History], metric: str, rounds: str) -> Section:
    """Return the section with the learning curves of the best trials.

    Args:
        histories: The curves, by the name of the trial.
        metric: The objective.
        rounds: The name of a round, such as epochs.
    """
    text = f"The {len(histories)} best trials, by {rounds}."
    return Section("Learning curves", text, figures.learning_curves(histories, [metric], rounds))


def importances_of(header: Header, records: Sequence[Recorded], space: Space) -> go.Figure | None:
    """Plot the importances of the parameters; return None if there are too few complete trials."""
    from recsys.studies.importances import importances

    complete = [
        (record.point, record.finished.value)
        for record in best_of(records, header.direction)
        if record.finished is not None and record.finished.value is not None
    ]
    shares = importances(space, complete, header.direction)
    return figures.importances(shares) if shares else None


def coordinates_of(header: Header, records: Sequence[Recorded], space: Space) -> go.Figure | None:
    """Plot one line for each trial across the axes of the parameters.

    Returns:
        The figure; None for fewer than two complete trials, and for a space without parameters.
    """
    logarithmic = {
        name: not isinstance(parameter, ChoiceParameter) and parameter.scale == "log"
        for name, parameter in space.items()
    }
    if not logarithmic or len(best_of(records, header.direction)) < 2:
        return None
    return figures.parallel_coordinates(axes_of(records, logarithmic, header.metric))
