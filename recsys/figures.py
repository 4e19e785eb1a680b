"""Figures of a sweep, as its report has them, for notebooks: the name of a sweep in, a Plotly figure out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.errors import InputError
from recsys.frameworks import load_frameworks
from recsys.tracking.front import goals_of
from recsys.tracking.tracker import Header, Recorded, best_of
from recsys.workflows.comparison import report_figures as draw
from recsys.workflows.comparison.report_sections import coordinates_of, importances_of
from recsys.workflows.search.stored import stored_experiment
from recsys.workflows.search.stores import open_store

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from recsys.tracking.store import Store

__all__ = ["curves", "front", "history", "importances", "parallel_coordinates"]


def history(sweep: str, *, tracking_uri: str | None = None) -> go.Figure:
    """The objective of every trial by its number, and the best so far.

    Args:
        sweep: Its name.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
    """
    _, header, records = _recorded(sweep, tracking_uri)
    return draw.optimisation_history(records, header.metric, header.direction)


def front(sweep: str, *, tracking_uri: str | None = None) -> go.Figure:
    """Trials by the first two of several objectives, and those that no other is better than in all at once.

    Args:
        sweep: Its name.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: It has one objective.
    """
    _, header, records = _recorded(sweep, tracking_uri)
    if not header.further:
        raise InputError(f"{sweep}: it has one objective, {header.metric}, and so no front")
    return draw.front(records, goals_of(header))


def importances(sweep: str, *, tracking_uri: str | None = None) -> go.Figure:
    """How much of the objective's variance each parameter explains (PED-ANOVA), the largest on top.

    Args:
        sweep: Its name.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: It has too few complete trials to tell.
    """
    _, header, records = _recorded(sweep, tracking_uri)
    return _drawn(sweep, importances_of(header, records, stored_experiment(header).search_space))


def parallel_coordinates(sweep: str, *, tracking_uri: str | None = None) -> go.Figure:
    """One line a trial across the parameters' axes, coloured by the objective.

    Args:
        sweep: Its name.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: It has too few complete trials to tell.
    """
    _, header, records = _recorded(sweep, tracking_uri)
    return _drawn(sweep, coordinates_of(header, records, stored_experiment(header).search_space))


def curves(sweep: str, *, top: int = 5, tracking_uri: str | None = None) -> go.Figure:
    """The best trials by epoch: the objective (solid) and the training loss (dotted, right axis).

    Args:
        sweep: Its name.
        top: How many trials.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
    """
    store, header, records = _recorded(sweep, tracking_uri)
    best = best_of(records, header.direction)[:top]
    histories = {f"trial {record.number}": store.history(record.run_id) for record in best}
    return draw.learning_curves(histories, header.metric, stored_experiment(header).model.rounds)


def _recorded(sweep: str, uri: str | None) -> tuple[Store, Header, list[Recorded]]:
    load_frameworks()

    store = open_store(uri)
    return store, store.header(sweep), store.open_sweep(sweep).records()


def _drawn(sweep: str, figure: go.Figure | None) -> go.Figure:
    if figure is None:
        raise InputError(f"{sweep}: it has too few complete trials for this figure, or no parameters")
    return figure
