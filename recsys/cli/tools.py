"""Commands that let other tools in."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from recsys.cli.group import Group
from recsys.cli.options import Output, SweepName, TrackingUri
from recsys.cli.output import echo, out, print_json
from recsys.cli.views.tools import show_export, show_relocation

app = Group("Tools")


@app.command()
def export(
    name: SweepName,
    *,
    optuna: Annotated[
        str,
        typer.Option(
            metavar="URL",
            envvar="OPTUNA_STORAGE",
            help="An Optuna storage: sqlite:///studies.db, postgresql://…; one with a password in OPTUNA_STORAGE.",
        ),
    ],
    study: Annotated[str | None, typer.Option("--name", help="The study's name; the sweep's by default.")] = None,
    tracking_uri: TrackingUri = None,
    output: Output,
) -> None:
    """Write a sweep, of whichever engine, as an Optuna study, for optuna-dashboard and Optuna's own tools."""
    from recsys.workflows.serving.export import export as run

    output.give(run(name, optuna, study=study, tracking_uri=tracking_uri), show_export)


@app.command()
def relocate(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The folder, file or address where something was.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Where it is now.")],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would be rewritten, and write nothing.")
    ] = False,
    tracking_uri: TrackingUri = None,
    output: Output,
) -> None:
    """Tell a store that its artifacts, or the data of its sweeps, were moved from OLD to NEW; no file is touched.

    Commands find the files beside a SQLite store that was moved without this; MLflow's own pages do not.
    """
    from recsys.workflows.setup.relocate import relocate as run

    output.give(run(old, new, dry_run=dry_run, tracking_uri=tracking_uri, reporter=echo), show_relocation)


@app.command()
def schema(
    kind: Annotated[
        Literal["experiment", "space"] | None,
        typer.Argument(help="One alone, as an editor wants it."),
    ] = None,
    *,
    page: Annotated[bool, typer.Option("--page", help="All that a file can say, as Markdown to read.")] = False,
) -> None:
    """JSON schemas of experiment and search-space files, for editors."""
    if page:
        from recsys.workflows.setup.reference import reference

        out.print(reference(), markup=False, highlight=False, soft_wrap=True, end="")
        return
    from recsys.experiment import Experiment
    from recsys.spaces.space import Space

    schemas = {"experiment": Experiment.model_json_schema(), "space": Space.model_json_schema()}
    print_json(schemas if kind is None else schemas[kind])


@app.command()
def ui(
    name: Annotated[str | None, typer.Argument(metavar="[SWEEP]", help="Whose trials to show; the latest's.")] = None,
    *,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 5000,
    tracking_uri: TrackingUri = None,
) -> None:
    """The MLflow UI on the store in use, loopback only, with a link to a sweep's trials, sorted by the objective."""
    from recsys.workflows.comparison.show import serve_ui

    serve_ui(name, port=port, tracking_uri=tracking_uri, reporter=echo)
