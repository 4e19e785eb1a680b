"""The commands for other tools: Optuna, MLflow and editors."""

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
            help="An Optuna storage, such as sqlite:///studies.db. Put one with a password in OPTUNA_STORAGE.",
        ),
    ],
    study: Annotated[
        str | None, typer.Option("--name", help="The name of the study. Default: the name of the sweep.")
    ] = None,
    tracking_uri: TrackingUri = None,
    output: Output,
) -> None:
    """Write a sweep of either engine as an Optuna study, for optuna-dashboard and other tools."""
    from recsys.workflows.serving.export import export as run

    output.give(run(name, optuna, study=study, tracking_uri=tracking_uri), show_export)


@app.command()
def relocate(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The old folder, file or address.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new folder, file or address.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count the changes, and write nothing.")] = False,
    tracking_uri: TrackingUri = None,
    output: Output,
) -> None:
    """Rewrite the addresses in a store after its artifacts, or the data of its sweeps, moved from OLD to NEW.

    It moves no file. Commands find the files beside a moved SQLite store without this; MLflow's own pages do not.
    """
    from recsys.workflows.setup.relocate import relocate as run

    output.give(run(old, new, dry_run=dry_run, tracking_uri=tracking_uri, reporter=echo), show_relocation)


@app.command()
def schema(
    kind: Annotated[
        Literal["experiment", "space"] | None,
        typer.Argument(help="Print one schema alone."),
    ] = None,
    *,
    page: Annotated[bool, typer.Option("--page", help="Print the reference of all keys as Markdown.")] = False,
) -> None:
    """Print JSON schemas of experiment and search-space files, for editors."""
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
    name: Annotated[
        str | None, typer.Argument(metavar="[SWEEP]", help="The sweep to link to. Default: the latest.")
    ] = None,
    *,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 5000,
    tracking_uri: TrackingUri = None,
) -> None:
    """Open the MLflow UI on the store, on loopback only, with a link to the trials of a sweep."""
    from recsys.workflows.comparison.show import serve_ui

    serve_ui(name, port=port, tracking_uri=tracking_uri, reporter=echo)
