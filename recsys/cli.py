"""The command line: typer commands, each a thin face of one documented function.

Nothing heavy is imported here: `--help` and input errors must answer at once.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from rich.console import Console
from typer.exceptions import TyperException

from recsys.credentials import masked
from recsys.errors import RecsysError, shown

if TYPE_CHECKING:
    from recsys.cli_views import SweepView
    from recsys.workflows.sweep import SweepResult

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

app = typer.Typer(
    help="Tune, track and promote recommender models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data_app = typer.Typer(help="Get and check data sets.", no_args_is_help=True)
app.add_typer(data_app, name="data")

out = Console()
err = Console(stderr=True)

Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on standard output and nothing else there.")
]
Store = Annotated[
    str | None,
    typer.Option(
        "--tracking-uri",
        help="The MLflow store; MLFLOW_TRACKING_URI or ./mlruns by default. An address with a password belongs in "
        "MLFLOW_TRACKING_URI, since other users of the machine can see a command line.",
    ),
]
Set = Annotated[list[str] | None, typer.Option("--set", help="Replace a value of the file: section.key=value.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of search and training; the split keeps its own.")]
Custom = Annotated[
    bool, typer.Option("--allow-custom-factory", help="Let [model] factory run code of the experiment's own.")
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Cohorts trained at once: in processes on this machine, or Ray tasks.")
]
ExecutorName = Annotated[Literal["local", "ray"], typer.Option(help="Where cohorts are trained.")]
Address = Annotated[str | None, typer.Option(help="Ray: the cluster's address, or auto; a local one by default.")]
Cpus = Annotated[
    float | None,
    typer.Option(min=0, help="Threads of a worker, by default its share of the cores; on Ray what it reserves, or 1."),
]
Gpus = Annotated[float, typer.Option(min=0, help="Ray: GPUs that a worker reserves; a fraction shares one.")]
ExperimentFile = Annotated[Path, typer.Argument(metavar="EXPERIMENT.toml", help="The experiment file.")]


def main() -> NoReturn:
    """The `recsys` command."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = app(standalone_mode=False)
    except RecsysError as error:
        _fail(str(error), error.exit_code)
    except TyperException as error:
        _fail(_sentence(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        _fail("interrupted", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(code or 0)


def _sentence(error: TyperException) -> str:
    """A usage error in one line, with the command whose --help knows more."""
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    return f"{message} (see {context.command_path} --help)" if context else message


def _fail(message: str, code: int) -> NoReturn:
    err.print(f"recsys: {_line(message)}", style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(code)


def _line(message: str) -> str:
    """The message on one line, without passwords and without what a terminal would obey."""
    return shown(masked(message), 10_000)


def _terminate(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    err.print(_line(line), style="dim", markup=False, highlight=False, soft_wrap=True)


def _json(document: Any) -> None:
    plain = asdict(document) if is_dataclass(document) and not isinstance(document, type) else document
    print(json.dumps(_finite(plain), allow_nan=False))  # noqa: T201 - this is what standard output is for


def _finite(value: Any) -> Any:
    """The value in what JSON has: numbers that are none are null."""
    if isinstance(value, Mapping):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_finite(inner) for inner in value]
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, float):
        return plain if math.isfinite(plain) else None
    return plain if plain is None or isinstance(plain, (bool, int, str)) else str(plain)


_GRACE = 10
"""Seconds that a sweep has to finish its cohort after SIGTERM."""


def _stop_soon(view: SweepView) -> None:
    """Stop after the cohort under way, or in ten seconds, whichever comes first."""
    view.stopping = True
    signal.signal(signal.SIGALRM, _terminate)
    signal.alarm(_GRACE)


@contextmanager
def _sweeping(*, quiet: bool, again: str = "recsys resume {}") -> Iterator[SweepView]:
    """Shows a sweep while it runs; Ctrl-C ends it cleanly and says by what, of the sweep's name, it goes on."""
    from recsys.cli_views import live

    try:
        with live(err, quiet=quiet) as view:
            signal.signal(signal.SIGTERM, lambda _signal, _frame: _stop_soon(view))
            yield view
    except KeyboardInterrupt:
        how = f"go on with: {again.format(view.sweep)}" if view.sweep else "nothing was begun"
        _fail(f"interrupted; {how}", 130)


def _refuse_nothing(result: SweepResult) -> None:
    """A sweep that has no complete trial is no success."""
    if result.best is None:
        _fail(f"no trial of {result.sweep} was completed; the runs in the MLflow UI say why", 1)


@data_app.command("fetch")
def data_fetch(name: Annotated[str, typer.Argument(help="ml-100k, ml-1m, ml-25m or ml-latest-small.")]) -> None:
    """Download a MovieLens data set, check it and keep it in the user's cache folder."""
    from recsys.data.movielens import fetch

    out.print(str(fetch(name, say=_say)), markup=False, highlight=False, soft_wrap=True)


@data_app.command("describe")
def data_describe(
    source: Annotated[
        str, typer.Argument(metavar="NAME_OR_FILE", help="A data set's name, or a CSV, TSV, Parquet file.")
    ],
    set_: Set = None,
    as_json: Json = False,  # noqa: FBT002 - typer's way of a flag
) -> None:
    """Users, items, ratings, density and the histogram of the ratings."""
    from recsys.cli_views import show_description
    from recsys.workflows.describe import describe_data

    description = describe_data(source, overrides=set_ or (), say=_say)
    _json(description) if as_json else show_description(out, description)


@app.command()
def sweep(
    experiment: ExperimentFile,
    name: Annotated[str | None, typer.Option(help="The sweep's name; the file's by default.")] = None,
    trials: Annotated[int | None, typer.Option(min=1, help="In place of study.trials.")] = None,
    seed: Seed = None,
    set_: Set = None,
    workers: Workers = None,
    executor: ExecutorName = "local",
    address: Address = None,
    cpus_per_worker: Cpus = None,
    gpus_per_worker: Gpus = 0,
    tracking_uri: Store = None,
    allow_custom_factory: Custom = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Run a sweep: search the space, train trials together in cohorts, log every trial to MLflow."""
    from recsys.cli_views import show_sweep
    from recsys.workflows.execution import Execution
    from recsys.workflows.sweep import sweep as run

    execution = Execution(executor, workers, cpus_per_worker, gpus_per_worker, address)
    with _sweeping(quiet=as_json) as view:
        result = run(
            experiment,
            name=name,
            trials=trials,
            seed=seed,
            overrides=set_ or (),
            tracking_uri=tracking_uri,
            allow_custom_factory=allow_custom_factory,
            execution=execution,
            watch=view.watch,
            say=_say,
        )
    _json(result) if as_json else show_sweep(out, result)
    _refuse_nothing(result)


@app.command()
def resume(
    name: Annotated[str, typer.Argument(help="The sweep's name.")],
    trials: Annotated[int | None, typer.Option(min=1, help="A higher total budget.")] = None,
    workers: Workers = None,
    executor: ExecutorName = "local",
    address: Address = None,
    cpus_per_worker: Cpus = None,
    gpus_per_worker: Gpus = 0,
    tracking_uri: Store = None,
    allow_custom_factory: Custom = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Go on with an interrupted sweep up to its total budget, from its stored experiment."""
    from recsys.cli_views import show_sweep
    from recsys.workflows.execution import Execution
    from recsys.workflows.sweep import resume as run

    execution = Execution(executor, workers, cpus_per_worker, gpus_per_worker, address)
    with _sweeping(quiet=as_json) as view:
        result = run(
            name,
            trials=trials,
            tracking_uri=tracking_uri,
            allow_custom_factory=allow_custom_factory,
            execution=execution,
            watch=view.watch,
            say=_say,
        )
    _json(result) if as_json else show_sweep(out, result)
    _refuse_nothing(result)


@app.command()
def train(
    experiment: ExperimentFile,
    open_test: Annotated[bool, typer.Option("--open-test", help="Also score the test part, and record that.")] = False,  # noqa: FBT002
    name: Annotated[str | None, typer.Option(help="The run's name; the file's by default.")] = None,
    seed: Seed = None,
    set_: Set = None,
    tracking_uri: Store = None,
    allow_custom_factory: Custom = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Train one fixed point, no search."""
    from recsys.cli_views import show_training
    from recsys.workflows.train import train as run

    result = run(
        experiment,
        open_test=open_test,
        name=name,
        seed=seed,
        overrides=set_ or (),
        tracking_uri=tracking_uri,
        allow_custom_factory=allow_custom_factory,
        say=_say,
    )
    _json(result) if as_json else show_training(out, result)


@app.command("list")
def list_(
    tracking_uri: Store = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """The sweeps in the store."""
    from recsys.cli_views import show_sweeps
    from recsys.workflows.show import list_sweeps

    sweeps = list_sweeps(tracking_uri=tracking_uri)
    _json([asdict(s) for s in sweeps]) if as_json else show_sweeps(out, sweeps)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="SWEEP_OR_RUN", help="A sweep's name or a run's id.")],
    artifacts: Annotated[bool, typer.Option("--artifacts", help="Also make the run's pictures.")] = False,  # noqa: FBT002
    tracking_uri: Store = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """One sweep or run, whole; a trial's point as TOML."""
    from recsys.cli_views import show_shown
    from recsys.workflows.show import show as run

    found = run(name, artifacts=artifacts, tracking_uri=tracking_uri)
    _json(found) if as_json else show_shown(out, found)


@app.command()
def delete(
    name: Annotated[str, typer.Argument(metavar="SWEEP", help="The sweep's name.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,  # noqa: FBT002
    tracking_uri: Store = None,
) -> None:
    """Remove a sweep with its trials and artifacts."""
    from recsys.workflows.show import delete as run

    if not yes:
        typer.confirm(f"Delete the sweep {name} with all its trials?", abort=True, err=True)
    run(name, tracking_uri=tracking_uri)
    out.print(f"deleted {name}", markup=False, highlight=False)


@app.command()
def compare(
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="Sweeps to compare.")],
    top: Annotated[int, typer.Option(min=1, help="How many trials to test against the best, and to show.")] = 20,
    reruns: Annotated[
        int | None, typer.Option(min=1, metavar="K", help="Train the top trials again over K seeds; rank by the mean.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw best-so-far against trials and against time.")
    ] = None,
    tracking_uri: Store = None,
    allow_custom_factory: Custom = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Leaderboard of one or several sweeps of one fingerprint, with intervals and tests against the best."""
    from recsys.cli_views import show_leaderboard, show_reruns
    from recsys.workflows.compare import compare as run
    from recsys.workflows.compare import draw
    from recsys.workflows.reruns import rerun

    common: dict[str, Any] = {
        "tracking_uri": tracking_uri,
        "allow_custom_factory": allow_custom_factory,
        "say": _say,
    }
    if picture is not None:
        draw(names, picture, tracking_uri=tracking_uri)
        _say(f"wrote {picture}")
    if reruns is not None:
        again = rerun(names, seeds=reruns, top=top, **common)
        _json(again) if as_json else show_reruns(out, again)
    else:
        board = run(names, top=top, **common)
        _json(board) if as_json else show_leaderboard(out, board, top)


@app.command()
def report(
    name: Annotated[str, typer.Argument(metavar="SWEEP", help="The sweep's name.")],
    output: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Where to; SWEEP.html by default.")] = None,
    tracking_uri: Store = None,
    allow_custom_factory: Custom = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """One self-contained HTML page about a sweep, also logged to its run."""
    from recsys.workflows.report import report as run

    result = run(name, output=output, tracking_uri=tracking_uri, allow_custom_factory=allow_custom_factory, say=_say)
    _json(result) if as_json else out.print(f"wrote {result.file}", markup=False, highlight=False)


@app.command()
def evaluate(
    experiment: ExperimentFile,
    folds: Annotated[int, typer.Option(min=2, help="How many splits: official folds, or random ones.")] = 5,
    ensemble: Annotated[
        int | None, typer.Option(min=2, metavar="N", help="Test a greedy ensemble of at most N picks.")
    ] = None,
    trials: Annotated[int | None, typer.Option(min=1, help="In place of study.trials, for each split.")] = None,
    seed: Seed = None,
    set_: Set = None,
    workers: Workers = None,
    executor: ExecutorName = "local",
    address: Address = None,
    cpus_per_worker: Cpus = None,
    gpus_per_worker: Gpus = 0,
    tracking_uri: Store = None,
    allow_custom_factory: Custom = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """The whole procedure, search inside and test outside, on several splits: mean and deviation of every metric.

    Run again after an interruption, it takes the finished sweeps from the store and resumes the other.
    """
    from recsys.cli_views import show_evaluation
    from recsys.workflows.evaluate import evaluate as run
    from recsys.workflows.execution import Execution

    execution = Execution(executor, workers, cpus_per_worker, gpus_per_worker, address)
    with _sweeping(quiet=as_json, again="the same command, which resumes {}") as view:
        result = run(
            experiment,
            folds=folds,
            ensemble=ensemble,
            trials=trials,
            seed=seed,
            overrides=set_ or (),
            tracking_uri=tracking_uri,
            allow_custom_factory=allow_custom_factory,
            execution=execution,
            watch=view.watch,
            say=_say,
        )
    _json(result) if as_json else show_evaluation(out, result)


@app.command()
def promote(
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME_OR_RUN…", help="A sweep, whose best trial is meant, or a trial's run."),
    ],
    ensemble: Annotated[
        int | None, typer.Option(min=2, metavar="N", help="A greedy ensemble of at most N picks from the sweeps.")
    ] = None,
    replace: Annotated[
        str | None, typer.Option(metavar="REASON", help="Replace the champion without comparing with it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide, but change nothing.")] = False,  # noqa: FBT002
    no_final_refit: Annotated[  # noqa: FBT002
        bool, typer.Option("--no-final-refit", help="Serve what was tested, not one trained on all ratings.")
    ] = False,
    tracking_uri: Store = None,
    allow_custom_factory: Custom = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Refit on train and validation, open the test once, beat the champion, register, set the alias `champion`."""
    from recsys.cli_views import show_promotion
    from recsys.workflows.promote import promote as run

    result = run(
        names,
        ensemble=ensemble,
        replace=replace,
        dry_run=dry_run,
        final_refit=not no_final_refit,
        tracking_uri=tracking_uri,
        allow_custom_factory=allow_custom_factory,
        say=_say,
    )
    _json(result) if as_json else show_promotion(out, result)
    if not result.promoted:
        sys.exit(3)


@app.command()
def history(
    model: Annotated[str | None, typer.Option(help="The registered model; the only one by default.")] = None,
    tracking_uri: Store = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Who was champion when and why; refusals too."""
    from recsys.cli_views import show_history
    from recsys.workflows.champions import history as run

    events = run(model=model, tracking_uri=tracking_uri)
    _json([asdict(event) for event in events]) if as_json else show_history(out, events)


@app.command()
def rollback(
    reason: Annotated[str, typer.Option(help="Why, for the history.")] = "rolled back by hand",
    model: Annotated[str | None, typer.Option(help="The registered model; the only one by default.")] = None,
    tracking_uri: Store = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Return the alias `champion` to the champion before."""
    from recsys.workflows.champions import rollback as run

    version = run(reason, model=model, tracking_uri=tracking_uri)
    if as_json:
        _json({"model": version.model, "version": version.version})
    else:
        out.print(f"{version.model}: version {version.version} is the champion again", markup=False, highlight=False)


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 5001,
    model: Annotated[str | None, typer.Option(help="The registered model; the only one by default.")] = None,
    tracking_uri: Store = None,
) -> None:
    """The champion behind MLflow's own scoring server, loopback only."""
    from recsys.workflows.champions import serve as run

    run(port, model=model, tracking_uri=tracking_uri, say=_say)


@app.command()
def recommend(
    user: Annotated[str | None, typer.Argument(help="A user's id, as in the data.")] = None,
    n: Annotated[int, typer.Option("-n", min=1, help="How many items.")] = 10,
    everyone: Annotated[bool, typer.Option("--all", help="For every user, into a file.")] = False,  # noqa: FBT002
    output: Annotated[Path | None, typer.Option(help="With --all: a .parquet or .csv file.")] = None,
    model: Annotated[str | None, typer.Option(help="The registered model; the only one by default.")] = None,
    tracking_uri: Store = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """What the champion would have a user see next: titles and predicted ratings, nothing already rated."""
    from recsys.cli_views import show_recommendations
    from recsys.errors import InputError

    if everyone != (user is None) or everyone != (output is not None):
        raise InputError("give a user; or --all with --output FILE")
    if output is not None:
        from recsys.workflows.recommend import recommend_all

        rows = recommend_all(output, n=n, model=model, tracking_uri=tracking_uri)
        _json({"rows": rows, "output": str(output)}) if as_json else _say(f"wrote {rows:,} rows to {output}")
    elif user is not None:
        from recsys.workflows.recommend import recommend as run

        result = run(user, n=n, model=model, tracking_uri=tracking_uri)
        _json(result) if as_json else show_recommendations(out, result)


@app.command()
def export(
    name: Annotated[str, typer.Argument(metavar="SWEEP", help="The sweep's name.")],
    optuna: Annotated[
        str,
        typer.Option(
            metavar="URL",
            envvar="OPTUNA_STORAGE",
            help="An Optuna storage: sqlite:///studies.db, postgresql://…; one with a password in OPTUNA_STORAGE.",
        ),
    ],
    study: Annotated[str | None, typer.Option("--name", help="The study's name; the sweep's by default.")] = None,
    tracking_uri: Store = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Write a sweep, of whichever engine, as an Optuna study, for optuna-dashboard and Optuna's own tools."""
    from recsys.workflows.export import export as run

    result = run(name, optuna, study=study, tracking_uri=tracking_uri)
    if as_json:
        _json(result)
    else:
        out.print(f"wrote {result.trials} trials of {result.sweep} as the Optuna study {result.study}", markup=False)


@app.command()
def schema(
    kind: Annotated[
        Literal["experiment", "space"] | None,
        typer.Argument(help="One alone, as an editor wants it."),
    ] = None,
    page: Annotated[bool, typer.Option("--page", help="All that a file can say, as Markdown to read.")] = False,  # noqa: FBT002
) -> None:
    """JSON schemas of experiment and search-space files, for editors."""
    if page:
        from recsys.workflows.reference import reference

        out.print(reference(), markup=False, highlight=False, soft_wrap=True, end="")
        return
    from recsys.experiment import Experiment
    from recsys.spaces.space import Space

    schemas = {"experiment": Experiment.model_json_schema(), "space": Space.model_json_schema()}
    _json(schemas if kind is None else schemas[kind])


@app.command()
def ui(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 5000,
    tracking_uri: Store = None,
) -> None:
    """The MLflow UI on the store in use, loopback only."""
    from recsys.workflows.show import serve_ui

    serve_ui(port, tracking_uri=tracking_uri, say=_say)


if __name__ == "__main__":
    main()
