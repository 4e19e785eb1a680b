"""The commands that measure baselines, run and resume sweeps, and train."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recsys.cli.group import Group
from recsys.cli.notices import Notices
from recsys.cli.options import (
    Access,
    AllowTracker,
    Changes,
    ExperimentFile,
    Output,
    OwnCode,
    Set,
    SweepName,
    TrackingUri,
    Workers,
)
from recsys.cli.output import echo, err, fail
from recsys.cli.signals import sweeping
from recsys.cli.views.baselines import show_baselines
from recsys.cli.views.live import live
from recsys.cli.views.sweeps import show_evaluation, show_stopping, show_sweep, show_training, show_watched

if TYPE_CHECKING:
    from recsys.workflows.search.run_study import SweepResult

app = Group("Sweeps")


@app.command()
def baselines(experiment: ExperimentFile, *, set_: Set = None, output: Output) -> None:
    """Measure the baselines on validation. A promoted model has to beat the same baselines on the test part."""
    from recsys.workflows.comparison.baselines import baselines as run

    output.give(run(experiment, overrides=set_ or (), reporter=echo), show_baselines)


@app.command()
def sweep(
    context: typer.Context,
    experiment: Annotated[
        Path | None,
        typer.Argument(
            metavar="EXPERIMENT", show_default=False, help="An experiment file, or the name of a shipped experiment."
        ),
    ] = None,
    *,
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="SWEEP", help="Use the stored experiment of this sweep instead of a file."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The name of the sweep. Default: the name of the file.")] = None,
    trials: Annotated[int | None, typer.Option(min=1, help="Replaces study.trials.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0, help="Replaces study.minutes, the minutes of work.")] = None,
    try_: Annotated[
        list[str] | None,
        typer.Option(
            "--try",
            metavar="RUN_OR_FILE",
            help="Train this first: a run, the best point of a sweep, or points of a TOML or JSON file. Repeatable.",
        ),
    ] = None,
    changes: Changes,
    own_code: OwnCode,
    workers: Workers,
    notices: Notices,
    access: Access,
    output: Output,
) -> None:
    """Run a sweep: search the space, train trials together in cohorts, and log every trial to MLflow."""
    from recsys.workflows.search.sweep import sweep as run

    if experiment is None and from_ is None:
        context.fail("Missing argument 'EXPERIMENT', or --from SWEEP.")
    with sweeping(quiet=output.as_json) as view, notices.telling(view) as tell:
        result = run(
            experiment,
            from_=from_,
            name=name,
            trials=trials,
            minutes=minutes,
            seed=changes.seed,
            overrides=changes.set_ or (),
            try_=try_ or (),
            **own_code.arguments,
            execution=workers.execution,
            watch=view.watch,
            **access.arguments,
        )
        tell(result)
    output.give(result, show_sweep)
    _refuse_nothing(result)


@app.command()
def resume(
    name: Annotated[str, typer.Argument(help="The name of the sweep.")],
    *,
    trials: Annotated[int | None, typer.Option(min=1, help="The new total number of trials.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0, help="The new total number of minutes of work.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="data.source=PATH", help="The new place of the data, or of data.titles.path."),
    ] = None,
    own_code: OwnCode,
    workers: Workers,
    notices: Notices,
    access: Access,
    output: Output,
) -> None:
    """Resume a sweep up to its total budget, from its stored experiment."""
    from recsys.workflows.search.resume import resume as run

    with sweeping(quiet=output.as_json) as view, notices.telling(view) as tell:
        result = run(
            name,
            trials=trials,
            minutes=minutes,
            overrides=set_ or (),
            **own_code.arguments,
            execution=workers.execution,
            watch=view.watch,
            **access.arguments,
        )
        tell(result)
    output.give(result, show_sweep)
    _refuse_nothing(result)


@app.command()
def watch(
    name: SweepName,
    *,
    once: Annotated[bool, typer.Option("--once", help="Show the state once and exit, for scripts.")] = False,
    tracking_uri: TrackingUri = None,
    output: Output,
) -> None:
    """Follow a sweep that runs in another terminal or on another machine, until it ends."""
    from recsys.workflows.search.watching import watch as run

    try:
        with live(err, quiet=output.as_json or once) as view:
            summary = run(name, once=once, tracking_uri=tracking_uri, watch=view.watch, reporter=echo)
    except KeyboardInterrupt:
        fail(f"watching no more; {name} is where it was", 130)
    output.give(summary, show_watched)
    if summary.state == "FAILED":
        fail(f"{name} has no best trial: {summary.stopped or 'none was completed'}", 1)
    if summary.state not in {"FINISHED", "RUNNING"}:
        fail(f"{name} was interrupted; go on with: recsys resume {name}", 1)


@app.command()
def stop(name: SweepName, *, tracking_uri: TrackingUri = None, output: Output) -> None:
    """Ask a running sweep to end after its running cohorts, from any machine that reaches its store."""
    from recsys.workflows.search.stopping import stop as run

    output.give(run(name, tracking_uri=tracking_uri), show_stopping)


@app.command()
def train(
    experiment: ExperimentFile,
    *,
    open_test: Annotated[
        bool, typer.Option("--open-test", help="Also measure the test part. The opening is recorded.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="The name of the run. Default: the name of the file.")] = None,
    changes: Changes,
    allow_custom_tracker: AllowTracker = False,
    access: Access,
    output: Output,
) -> None:
    """Train one point, without a search."""
    from recsys.workflows.search.train import train as run

    result = run(
        experiment,
        open_test=open_test,
        name=name,
        seed=changes.seed,
        overrides=changes.set_ or (),
        allow_custom_tracker=allow_custom_tracker,
        **access.arguments,
    )
    output.give(result, show_training)


@app.command()
def evaluate(
    experiment: ExperimentFile,
    *,
    folds: Annotated[
        int | None, typer.Option(min=2, help="Number of splits: official folds, or random splits; 5 by default.")
    ] = None,
    windows: Annotated[
        int | None,
        typer.Option(min=2, help="Test the best trial of a temporal split on this many periods before the test part."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="With --windows: draw the objective over time.")
    ] = None,
    ensemble: Annotated[
        int | None, typer.Option(min=2, metavar="N", help="Test a greedy ensemble of at most N picks of each sweep.")
    ] = None,
    trials: Annotated[int | None, typer.Option(min=1, help="Replaces study.trials, for each split.")] = None,
    changes: Changes,
    own_code: OwnCode,
    workers: Workers,
    access: Access,
    output: Output,
) -> None:
    """Search and test on several splits, or test over time, and give mean and deviation of every metric.

    With --windows each period is as long as the test part, which stays sealed, and the last one ends where it begins.
    After an interruption the same command takes the finished sweeps from the store and resumes the other one.
    """
    from recsys.workflows.comparison.evaluate import evaluate as run
    from recsys.workflows.comparison.windows import draw_windows

    if picture is not None and windows is None:
        fail("--picture draws values over time: give --windows", 2)
    with sweeping(quiet=output.as_json, again="the same command, which resumes {}") as view:
        result = run(
            experiment,
            folds=folds,
            windows=windows,
            ensemble=ensemble,
            trials=trials,
            seed=changes.seed,
            overrides=changes.set_ or (),
            **own_code.arguments,
            execution=workers.execution,
            watch=view.watch,
            **access.arguments,
        )
    output.give(result, show_evaluation)
    if picture is not None:
        draw_windows(result, picture)
        echo(f"wrote {picture}")


def _refuse_nothing(result: SweepResult) -> None:
    """Fail if the sweep has no complete trial."""
    if result.best is None:
        fail(f"{result.sweep} has no best trial: {result.stopped}", 1)
