"""Figures of a sweep for notebooks. Each function takes the name of a sweep and returns a Plotly figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.errors import InputError
from recsys.frameworks import load_frameworks
from recsys.tracking.front import goals_of
from recsys.tracking.pictures import figures as draw
from recsys.tracking.tracker import Header, Recorded, best_of
from recsys.workflows.comparison.report_sections import coordinates_of, importances_of
from recsys.workflows.search.stored import stored_experiment
from recsys.workflows.search.stores import open_store

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from recsys.tracking.store import Store

__all__ = ["curves", "front", "history", "importances", "parallel_coordinates"]


def history(sweep: str, *, tracking_uri: str | None = None) -> go.Figure:
    """Plot the objective of every trial by its number, and the best value so far.

    Args:
        sweep: The name of the sweep.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
    """
    _, header, records = _recorded(sweep, tracking_uri)
    return draw.optimisation_history(records, header.metric, header.direction)


def front(sweep: str, *, tracking_uri: str | None = None) -> go.Figure:
    """Plot trials by the first two of several objectives, with the Pareto front of all objectives.

    Args:
        sweep: The name of the sweep.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweep has one objective.
    """
    _, header, records = _recorded(sweep, tracking_uri)
    if not header.further:
        raise InputError(f"{sweep}: it has one objective, {header.metric}, and so no front")
    return draw.front(records, goals_of(header))


def importances(sweep: str, *, tracking_uri: str | None = None) -> go.Figure:
    """Plot the share of the objective's variance that each parameter explains (PED-ANOVA), the largest on top.

    Args:
        sweep: The name of the sweep.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweep has too few complete trials, or no parameters.
    """
    _, header, records = _recorded(sweep, tracking_uri)
    return _drawn(sweep, importances_of(header, records, stored_experiment(header).search_space))


def parallel_coordinates(sweep: str, *, tracking_uri: str | None = None) -> go.Figure:
    """Plot one line for each trial across the axes of the parameters, coloured by the objective.

    Args:
        sweep: The name of the sweep.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweep has fewer than two complete trials, or no parameters.
    """
    _, header, records = _recorded(sweep, tracking_uri)
    return _drawn(sweep, coordinates_of(header, records, stored_experiment(header).search_space))


def curves(sweep: str, *, top: int = 5, tracking_uri: str | None = None) -> go.Figure:
    """Plot the learning curves of the best trials: the objective (solid) and the training loss (dotted, right axis).

    Args:
        sweep: The name of the sweep.
        top: The number of trials.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
    """
    store, header, records = _recorded(sweep, tracking_uri)
    best = best_of(records, header.direction)[:top]
    histories = {f"trial {record.number}": store.history(record.run_id) for record in best}
    return draw.learning_curves(histories, [header.metric], stored_experiment(header).model.rounds)


def _recorded(sweep: str, uri: str | None) -> tuple[Store, Header, list[Recorded]]:
    load_frameworks()

    store = open_store(uri)
    return store, store.header(sweep), store.open_sweep(sweep).records()


def _drawn(sweep: str, figure: go.Figure | None) -> go.Figure:
    if figure is None:
        raise InputError(f"{sweep}: it has too few complete trials for this figure, or no parameters")
    return figure
