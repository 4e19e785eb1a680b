"""The commands one begins with: a file of the user's own, or what is shipped."""

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
    source: Annotated[Path, typer.Argument(metavar="FILE", help="Of ratings or events; or a folder of files.")],
    *,
    into: Annotated[
        Path | None,
        typer.Option("--output", help="The experiment file; of the data's name in the current folder by default."),
    ] = None,
    output: Output,
) -> None:
    """Look at a file, say what is in it, and write an experiment that runs on it as it stands."""
    from recsys.workflows.setup.init import init as run

    output.give(run(source, output=into), show_started)


@app.command()
def examples(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Copy these; none lists all.")] = None,
    *,
    to: Annotated[Path | None, typer.Option(help="Where to copy, by default here; without a name, all.")] = None,
    output: Output,
) -> None:
    """The experiments that are shipped: list them, or copy them, with their search spaces, to change them."""
    from recsys.shipped.examples import copy_examples
    from recsys.shipped.examples import examples as shipped

    if names or to:
        output.give(copy_examples(names or list(shipped()), to or Path()), show_copied)
    else:
        output.give(shipped(), show_examples)
