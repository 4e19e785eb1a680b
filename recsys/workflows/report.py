"""Report: one page that shows a sweep whole, and needs no network."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from recsys.errors import InputError
from recsys.experiment import Experiment
from recsys.spaces.parameter import ChoiceParameter
from recsys.tracking.tracker import Header, Recorded, best_of
from recsys.training.trial import Weights
from recsys.workflows.compare import Leaderboard, Row, compare
from recsys.workflows.frameworks import load_frameworks
from recsys.workflows.prepare import Prepared, Say, prepare, quiet
from recsys.workflows.rebuild import rebuilt
from recsys.workflows.sweep import stored_experiment

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from recsys.tracking.mlflow_store import MlflowStore

_TOP = 15
_CURVES = 5
_FILE = "report.html"


@dataclass(frozen=True)
class Report:
    """What was written."""

    sweep: str
    run_id: str
    file: str


@dataclass(frozen=True)
class _Figure:
    title: str
    text: str
    figure: go.Figure


def report(
    name: str,
    *,
    output: Path | None = None,
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    say: Say = quiet,
) -> Report:
    """Write a sweep's report, and log it to the sweep's run.

    Args:
        name: The sweep's.
        output: Where to; `NAME.html` by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        say: Hears of downloads.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: It has no complete trial, or there is no such folder.
    """
    output = output or Path(f"{name}.html")
    if not output.parent.is_dir():
        raise InputError(f"--output {output}: there is no folder {output.parent}")
    load_frameworks()

    from recsys.tracking.mlflow_store import MlflowStore

    store = MlflowStore(tracking_uri)
    header = store.header(name)
    tracker = store.open_sweep(name)
    records = tracker.records()
    best = best_of(records, header.direction)
    if not best:
        raise InputError(f"{name}: there is no complete trial to report on")
    prepared = prepare(stored_experiment(header), allow_custom_factory=allow_custom_factory, say=say)
    board = compare([name], top=_TOP, tracking_uri=tracking_uri, allow_custom_factory=allow_custom_factory, say=say)
    weights = store.weights(best[0].run_id)
    figures = [
        *_search_figures(header, records, prepared.experiment),
        *_trial_figures(store, header, best, prepared, weights),
    ]
    page = _page(header, board, figures, prepared, weights, best)
    output.write_text(page, encoding="utf-8")
    store.attach(name, _FILE, page.encode())
    return Report(name, tracker.run_id, str(output))


def _search_figures(header: Header, records: list[Recorded], experiment: Experiment) -> list[_Figure]:
    """What the study saw."""
    from recsys.studies.importances import importances
    from recsys.tracking.pictures import axes_of
    from recsys.workflows import report_figures as draw

    space = experiment.search_space
    complete = [
        (record.point, record.told.value)
        for record in best_of(records, header.direction)
        if record.told is not None and record.told.value is not None
    ]
    figures = [
        _Figure(
            "Optimisation history",
            "Every trial's objective, and the best so far.",
            draw.optimisation_history(records, header.metric, header.direction),
        )
    ]
    if shares := importances(space, complete, header.direction):
        text = "How much of the objective's variance each parameter explains (PED-ANOVA)."
        figures.append(_Figure("Parameter importances", text, draw.importances(shares)))
    logarithmic = {
        each: not isinstance(parameter, ChoiceParameter) and parameter.scale == "log"
        for each, parameter in space.items()
    }
    if logarithmic and len(complete) > 1:
        text = "A line a trial; drag along an axis to filter, drag a name to reorder."
        axes = axes_of(records, logarithmic, header.metric)
        figures.append(_Figure("Parallel coordinates", text, draw.parallel_coordinates(axes)))
    return figures


def _trial_figures(
    store: MlflowStore, header: Header, best: list[Recorded], prepared: Prepared, weights: Weights
) -> list[_Figure]:
    """What the best trials did."""
    from recsys.workflows import report_figures as draw

    validation = prepared.split.validation
    scorer = rebuilt(prepared, weights, best[0])
    predicted = scorer.clipped(scorer.predict(validation.users, validation.items))
    curves = {f"trial {record.number}": store.history(record.run_id) for record in best[:_CURVES]}
    figures = [
        _Figure(
            "Learning curves", f"The {len(curves)} best trials, by epoch.", draw.learning_curves(curves, header.metric)
        ),
        _Figure(
            "Residuals by true rating",
            "What the best trial predicts on validation, less the truth: models of ratings shrink to the mean.",
            draw.residuals(validation.values, predicted),
        ),
    ]
    table = weights.get("item_embedding/table")
    if table is not None:
        catalogue = prepared.catalogue
        popularity = np.bincount(prepared.split.train.items, minlength=catalogue.items)
        rated = popularity > 0
        names = catalogue.item_ids.astype(str) if catalogue.titles is None else catalogue.titles
        drawn = draw.item_map(table[: catalogue.items][rated], list(np.asarray(names)[rated]), popularity[rated])
        text = "Item embeddings of the best trial on their first two principal components; hover for the title."
        figures.append(_Figure("Map of the items", text, drawn))
    return figures


def _page(
    header: Header,
    board: Leaderboard,
    figures: list[_Figure],
    prepared: Prepared,
    weights: Weights,
    best: list[Recorded],
) -> str:
    import jinja2
    from plotly.offline import get_plotlyjs

    from recsys.models.summary import graph_png, layer_table

    model = rebuilt(prepared, weights, best[0]).models[0]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("report.html.j2").render(
        title=header.name,
        metric=header.metric,
        best=f"{board.rows[0].value:.4f}",
        trial=board.rows[0].trial,
        trials=header.trials,
        facts=_facts(header, board, prepared),
        rows=[_row(row) for row in board.rows[:_TOP]],
        figures=[{"title": f.title, "text": f.text, "html": _html(f.figure)} for f in figures],
        script=get_plotlyjs(),
        graph=base64.b64encode(graph_png(model)).decode(),
        layers=layer_table(model),
    )


def _facts(header: Header, board: Leaderboard, prepared: Prepared) -> dict[str, str]:
    study = prepared.experiment.study
    return {
        "data": f"{header.data_name}: {header.ratings:,} ratings, {header.users:,} users, {header.items:,} items",
        "search": f"{study.engine} {study.sampler}, pruner {study.pruner}, seed {study.seed}",
        "protocol": f"{header.fingerprint}; the test part has been opened {board.openings} times",
        "split": ", ".join(
            f"{name.removeprefix('split.')} {v}" for name, v in header.protocol.items() if "split" in name
        ),
    }


def _row(row: Row) -> dict[str, Any]:
    from recsys.workflows.card import short

    return {
        "rank": row.rank,
        "tied": row.tied,
        "trial": row.trial,
        "value": f"{row.value:.4f}",
        "interval": "" if row.interval is None else f"{row.interval[0]:.4f} to {row.interval[1]:.4f}",
        "p": "" if row.p_value is None else f"{row.p_value:.3f}",
        "point": ", ".join(f"{name} {short(value)}" for name, value in row.params.items()),
    }


def _html(figure: go.Figure) -> str:
    html: str = figure.to_html(
        full_html=False, include_plotlyjs=False, config={"displaylogo": False, "responsive": True}
    )
    return html
