"""The commands for new users: write an experiment for a file, or copy a shipped one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recsys.cli.group import Group
from recsys.cli.options import Output
from recsys.cli.views.data import show_copied, show_examples, show_started

app = Group("Start")


@app.command()
def init(
    source: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A file of ratings or events, a folder of files, or a data set's name."),
    ],
    *,
    items: Annotated[
        Path | None, typer.Option("--items", metavar="FILE", help="A file with what is known of the items.")
    ] = None,
    users: Annotated[
        Path | None, typer.Option("--users", metavar="FILE", help="A file with what is known of the users.")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            "--output", help="The experiment file to write. Default: the name of the data, in the current folder."
        ),
    ] = None,
    output: Output,
) -> None:
    """Describe a file of ratings or events, and write an experiment that runs on it."""
    from recsys.workflows.setup.init import init as run

    output.give(run(source, output=into, items=items, users=users), show_started)


@app.command()
def examples(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="The experiments to copy. Without names the command lists all."),
    ] = None,
    *,
    to: Annotated[
        Path | None,
        typer.Option(help="The folder to copy to. Default: the current folder. Without names it copies all."),
    ] = None,
    output: Output,
) -> None:
    """List the shipped experiments, or copy them with their search spaces."""
    from recsys.shipped.examples import copy_examples
    from recsys.shipped.examples import examples as shipped

    if names or to:
        output.give(copy_examples(names or list(shipped()), to or Path()), show_copied)
    else:
        output.give(shipped(), show_examples)
