"""The report of a sweep: one self-contained HTML page."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recsys.errors import InputError, write_whole
from recsys.evaluation.cold_start import ColdStart
from recsys.evaluation.formatting import format_metrics
from recsys.evaluation.ranking import ranking_part, sample_size
from recsys.evaluation.scoring import EvaluationResult, described, score
from recsys.frameworks import load_frameworks
from recsys.reporter import Reporter, quiet
from recsys.tracking.summary import SweepSummary, state_text
from recsys.tracking.tracker import Header, best_of
from recsys.workflows.comparison.comparable_sweeps import comparable_sweeps_of
from recsys.workflows.comparison.compare import leaderboard_of
from recsys.workflows.comparison.importances import Importances, importances_of
from recsys.workflows.comparison.leaderboard import Leaderboard
from recsys.workflows.comparison.refit import recipe_of
from recsys.workflows.comparison.report_best_trial import example_lists, map_of_items, sections_of_predictions
from recsys.workflows.comparison.report_groups import sections_of_groups
from recsys.workflows.comparison.report_histories import sections_of_histories
from recsys.workflows.comparison.report_sections import Section, section_of_curves, sections_of_search
from recsys.workflows.search.prepare import Prepared
from recsys.workflows.search.stored import prepare_stored, rebuild
from recsys.workflows.search.stores import open_store

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from recsys.serving.scorer import Scorer

_TOP = 15
_CURVES = 5
_FILE = "report.html"


@dataclass(frozen=True)
class Report:
    """A report that was written."""

    sweep: str
    run_id: str
    file: str
    """The path of the report."""


def report(
    name: str,
    *,
    output: Path | None = None,
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    reporter: Reporter = quiet,
) -> Report:
    """Write the report of a sweep, and log it to the sweep's run as `report.html`.

    Args:
        name: The name of the sweep.
        output: The file to write; `NAME.html` by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user.
        reporter: Receives messages, such as those of downloads.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweep has no complete trial, or the folder of `output` does not exist.
    """
    output = output or Path(f"{name}.html")
    if not output.parent.is_dir():
        raise InputError(f"--output {output}: there is no folder {output.parent}")
    load_frameworks()

    store = open_store(tracking_uri)
    header = store.header(name)
    tracker = store.open_sweep(name)
    records = tracker.records()
    best = best_of(records, header.direction)
    if not best:
        raise InputError(f"{name}: there is no complete trial to report on")
    prepared = prepare_stored(header, allow_custom_factory=allow_custom_factory, reporter=reporter)
    board = leaderboard_of(store, comparable_sweeps_of(store, [name]), {name: prepared}, _TOP)
    weights = store.weights(best[0].run_id)
    scorer = rebuild(prepared, weights, best[0])
    split, objective = prepared.split, prepared.experiment.objective
    scored = score(scorer, split.train, split.validation, objective)
    curves = {f"trial {record.number}": store.history(record.run_id) for record in best[:_CURVES]}
    sections = [
        *sections_of_search(header, records, prepared.experiment),
        section_of_curves(curves, header.metric, prepared.experiment.model.rounds),
        *sections_of_predictions(prepared, scorer, scored),
        *sections_of_groups(prepared, scored),
        *sections_of_histories(prepared, scored),
        *map_of_items(prepared, weights),
    ]
    facts = _facts(header, store.summary(name), board, prepared, scored)
    parts = split.train, split.validation
    importances = importances_of(scorer, [recipe_of(prepared, best[0])], parts, "validation", scored, objective)
    page = _page(header, board, facts, sections, importances, prepared, scorer, scored)
    write_whole(output, page.encode())
    store.attach(name, _FILE, page.encode())
    return Report(name, tracker.run_id, str(output))


def _page(
    header: Header,
    board: Leaderboard,
    facts: dict[str, str],
    sections: list[Section],
    importances: Importances | None,
    prepared: Prepared,
    scorer: Scorer,
    scored: EvaluationResult,
) -> str:
    import jinja2
    from plotly.offline import get_plotlyjs

    from recsys.models.summary import graph_png, layer_table

    model = scorer.models[0]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("report.html.j2").render(
        title=header.name,
        metric=header.metric,
        best=f"{board.rows[0].value:.4f}",
        trial=board.rows[0].trial,
        trials=header.trials,
        facts=facts,
        columns=board.columns(sweep=False),
        rows=[{"tied": row.tied, "cells": board.cells(row, sweep=False)} for row in board.rows[:_TOP]],
        about=board.about,
        sections=[{"title": s.title, "text": s.text, "html": _html(s.figure)} for s in sections],
        importances=importances,
        examples=example_lists(prepared, scored),
        script=get_plotlyjs(),
        graph=base64.b64encode(graph_png(model)).decode(),
        layers=layer_table(model),
    )


def _facts(
    header: Header, summary: SweepSummary, board: Leaderboard, prepared: Prepared, scored: EvaluationResult
) -> dict[str, str]:
    study = prepared.experiment.study
    return {
        "data": f"{header.data_name}: {header.ratings:,} ratings, {header.users:,} users, {header.items:,} items",
        "search": f"{study.engine} {study.sampler}, pruner {study.pruner}, seed {study.seed}",
        "state": state_text(summary),
        "protocol": f"{header.fingerprint}; the test part has been opened {board.openings} times",
        "split": ", ".join(
            f"{name.removeprefix('split.')} {v}" for name, v in header.protocol.items() if "split" in name
        ),
        **_facts_of_lists(prepared, scored),
        **_facts_of_cold_start(prepared, scored),
        **({"words": str(summary.words)} if summary.words else {}),
        **{f"trial {row.trial}": str(row.words) for row in board.rows[:_TOP] if row.words},
    }


def _facts_of_lists(prepared: Prepared, scored: EvaluationResult) -> dict[str, str]:
    """Describe how the lists are measured, and what they are like; return nothing for an objective of ratings."""
    ranking, objective = scored.ranking, prepared.experiment.objective
    if prepared.metric.family == "rating" or ranking is None:
        return {}
    sampled = sample_size(objective, prepared.catalogue)
    who = "a sample of " if sampled else ""
    relevant = prepared.split.validation.relevant_from(objective.threshold)
    what = "" if prepared.split.validation.implicit else f" rated {relevant:g} or more"
    part = ranking_part(prepared.split.train, prepared.split.validation, objective)
    return {
        "lists": f"{objective.k} items, measured on {who}{len(ranking.users):,} users with a validation item{what}",
        "what lists are like": format_metrics(described(scored, part)),
    }


def _facts_of_cold_start(prepared: Prepared, scored: EvaluationResult) -> dict[str, str]:
    """Describe the share of validation with users and items that training never saw; empty if there are none."""
    cold = ColdStart.of(prepared.split.train, prepared.split.validation)
    divided = {"warm": scored.warm, "cold": scored.cold}
    return {"cold start": str(cold), **{n: format_metrics(each) for n, each in divided.items() if each}} if cold else {}


def _html(figure: go.Figure) -> str:
    html: str = figure.to_html(
        full_html=False, include_plotlyjs=False, config={"displaylogo": False, "responsive": True}
    )
    return html
