"""The commands that download and describe data sets."""

from __future__ import annotations

from typing import Annotated

import typer

from recsys.cli.group import Group
from recsys.cli.options import Output, Set
from recsys.cli.output import echo, out
from recsys.cli.views.data import show_description

app = Group("Data", name="data", help="Download and describe data sets.", no_args_is_help=True)


@app.command()
def fetch(name: Annotated[str, typer.Argument(help="ml-100k, ml-1m, ml-25m or ml-latest-small.")]) -> None:
    """Download a MovieLens data set, verify it, and store it in the cache folder."""
    from recsys.data.movielens import fetch as run

    out.print(str(run(name, reporter=echo)), markup=False, highlight=False, soft_wrap=True)


@app.command()
def describe(
    source: Annotated[str, typer.Argument(metavar="NAME_OR_FILE", help="A data set's name, or a file.")],
    *,
    set_: Set = None,
    output: Output,
) -> None:
    """Count users, items and ratings, and show the density and the histogram of the ratings."""
    from recsys.workflows.setup.describe import describe_data

    output.give(describe_data(source, overrides=set_ or (), reporter=echo), show_description)
