"""The commands for notes and tags."""

from __future__ import annotations

from typing import Annotated

import typer

from recsys.cli.group import Group
from recsys.cli.options import Output, TrackingUri
from recsys.cli.views.annotations import show_annotations

app = Group("Results")
Noted = Annotated[str, typer.Argument(metavar="SWEEP_OR_RUN", help="A sweep's name or a run's id.")]


@app.command()
def note(
    name: Noted,
    text: Annotated[
        str | None,
        typer.Argument(help="The note, which replaces the earlier one; without it the command shows the note."),
    ] = None,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the note.")] = False,
    tracking_uri: TrackingUri = None,
    output: Output,
) -> None:
    """Write a note on a sweep or a trial. MLflow shows it as the description."""
    from recsys.workflows.comparison.annotations import note as run

    output.give(run(name, text, remove=remove, tracking_uri=tracking_uri), show_annotations)


@app.command()
def tag(
    name: Noted,
    tags: Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE…", help="Tags to set.")] = None,
    *,
    remove: Annotated[list[str] | None, typer.Option(metavar="KEY", help="Remove this tag. Repeatable.")] = None,
    tracking_uri: TrackingUri = None,
    output: Output,
) -> None:
    """Set tags on a sweep or a trial. recsys list --tag and MLflow's search use them."""
    from recsys.workflows.comparison.annotations import tag as run

    output.give(run(name, tags or (), remove=remove or (), tracking_uri=tracking_uri), show_annotations)
