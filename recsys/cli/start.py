"""The commands for new users: search for a champion, write an experiment for a file, or copy a shipped one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from recsys.cli.group import Group
from recsys.cli.options import Changes, Output, TrackingUri, Workers
from recsys.cli.output import echo
from recsys.cli.signals import sweeping
from recsys.cli.views.automatic import show_automatic, show_plan
from recsys.cli.views.data import show_copied, show_examples, show_started

app = Group("Start")
Items = Annotated[Path | None, typer.Option("--items", metavar="FILE", help="A file with what is known of the items.")]
Users = Annotated[Path | None, typer.Option("--users", metavar="FILE", help="A file with what is known of the users.")]
Source = Annotated[
    Path, typer.Argument(metavar="FILE", help="A file of ratings or events, a folder of files, or a data set's name.")
]


@app.command()
def auto(
    source: Source,
    *,
    goal: Annotated[
        str | None,
        typer.Option("--for", metavar="GOAL", help="ratings, lists, next or new-items. Default: as the data suggest."),
    ] = None,
    minutes: Annotated[
        float, typer.Option(min=0.1, help="The time. Sweeps end in time; refits and the report take what they need.")
    ] = 30,
    trials: Annotated[
        int | None, typer.Option(min=1, help="The number of trials of all sweeps together, instead of a time.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The name of the model. Default: the name of the data.")] = None,
    items: Items = None,
    users: Users = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="FOLDER", help="Write the experiments to a folder, and run nothing."),
    ] = None,
    changes: Changes,
    workers: Workers,
    tracking_uri: TrackingUri = None,
    output: Output,
) -> None:
    """Search for the best model of a file within a time, and make it the champion.

    After an interruption the same command continues.
    """
    from recsys.workflows.automatic.auto import auto as run
    from recsys.workflows.automatic.plan import plan_of
    from recsys.workflows.automatic.write import write_plan

    arguments: dict[str, Any] = {"goal": goal, "name": name, "items": items, "users": users}
    arguments |= {"seed": changes.seed, "overrides": changes.set_ or (), "tracking_uri": tracking_uri, "reporter": echo}
    if plan is not None:
        output.give(write_plan(plan_of(source, **arguments), plan), show_plan)
        return
    with sweeping(quiet=output.as_json, again="the same command") as view:
        result = run(source, minutes=minutes, trials=trials, execution=workers.execution, watch=view.watch, **arguments)
    output.give(result, show_automatic)


@app.command()
def init(
    source: Source,
    *,
    items: Items = None,
    users: Users = None,
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
