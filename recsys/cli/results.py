"""The commands that list, compare, report and delete sweeps."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from recsys.cli.group import Group
from recsys.cli.options import Access, Output, SweepName, TrackingUri
from recsys.cli.output import echo, out
from recsys.cli.views.results import show_leaderboard, show_report, show_reruns, show_shown, show_sweeps

app = Group("Results")


@app.command("list")
def list_(
    *,
    experiment: Annotated[
        str | None, typer.Option(help="Only sweeps of this experiment. Names may be patterns, such as mf*.")
    ] = None,
    data: Annotated[str | None, typer.Option(help="Only sweeps on this data set.")] = None,
    model: Annotated[str | None, typer.Option(help="Only sweeps of this kind of model, or of this factory.")] = None,
    state: Annotated[
        str | None, typer.Option(help="Only sweeps in this state: running, finished, failed or killed.")
    ] = None,
    metric: Annotated[str | None, typer.Option(help="Only sweeps with this objective.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="KEY[=VALUE]", help="Only sweeps with this tag. Repeatable.")
    ] = None,
    sort: Annotated[str, typer.Option(help="Sort by date (newest first), value (best first) or name.")] = "date",
    tracking_uri: TrackingUri = None,
    output: Output,
) -> None:
    """List the sweeps in the store that match all given filters."""
    from recsys.workflows.comparison.listing import list_sweeps

    wanted = {"experiment": experiment, "data": data, "model": model, "state": state, "metric": metric}
    found = list_sweeps(**wanted, tags=tag or (), sort=sort, tracking_uri=tracking_uri, reporter=echo)
    output.give(found, partial(show_sweeps, all_of_them=not any((*wanted.values(), tag))))


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="SWEEP_OR_RUN", help="A sweep's name or a run's id.")],
    *,
    artifacts: Annotated[bool, typer.Option("--artifacts", help="Also draw the pictures of the run.")] = False,
    tracking_uri: TrackingUri = None,
    output: Output,
) -> None:
    """Show a sweep or a run in full; the point of a trial as TOML."""
    from recsys.workflows.comparison.show import show as run

    output.give(run(name, artifacts=artifacts, tracking_uri=tracking_uri), show_shown)


@app.command()
def compare(
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="Sweeps to compare.")],
    *,
    top: Annotated[int, typer.Option(min=1, help="Number of trials to show and to test against the best.")] = 20,
    reruns: Annotated[
        int | None,
        typer.Option(min=1, metavar="K", help="Train the top trials again over K seeds, and rank by the mean."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw the best value so far by trials and by time.")
    ] = None,
    access: Access,
    output: Output,
) -> None:
    """Rank the trials of sweeps with one protocol fingerprint, with intervals and tests against the best."""
    from recsys.workflows.comparison.compare import compare as run
    from recsys.workflows.comparison.compare import draw_race
    from recsys.workflows.comparison.reruns import rerun

    if picture is not None:
        draw_race(names, picture, tracking_uri=access.tracking_uri)
        echo(f"wrote {picture}")
    if reruns is not None:
        output.give(rerun(names, seeds=reruns, top=top, **access.arguments), show_reruns)
    else:
        output.give(run(names, top=top, **access.arguments), partial(show_leaderboard, top=top))


@app.command()
def report(
    name: SweepName,
    *,
    file: Annotated[
        Path | None, typer.Option("--output", metavar="FILE.html", help="The file to write. Default: SWEEP.html.")
    ] = None,
    access: Access,
    output: Output,
) -> None:
    """Write a report of a sweep as one self-contained HTML page, and log it to the run of the sweep."""
    from recsys.workflows.comparison.report import report as run

    output.give(run(name, output=file, **access.arguments), show_report)


@app.command()
def delete(
    name: SweepName,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
    tracking_uri: TrackingUri = None,
) -> None:
    """Delete a sweep with its trials and artifacts."""
    from recsys.workflows.comparison.show import delete as run

    if not yes:
        typer.confirm(f"Delete the sweep {name} with all its trials?", abort=True, err=True)
    run(name, tracking_uri=tracking_uri)
    out.print(f"deleted {name}", markup=False, highlight=False)
