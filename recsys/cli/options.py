"""Options and arguments that several commands share.

A dataclass groups related options. A command of a `Group` takes its fields as options.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, TypeVar

import typer
from rich.console import Console

from recsys.cli.output import echo, out, print_json
from recsys.execution.make import EXECUTORS, Execution
from recsys.reporter import Reporter

if TYPE_CHECKING:
    ExecutorName = str
else:  # typer reads the names at run time; a type checker cannot evaluate them
    ExecutorName = Literal[tuple(EXECUTORS)]
Result = TypeVar("Result")

ExperimentFile = Annotated[
    Path,
    typer.Argument(metavar="EXPERIMENT", help="An experiment file, or the name of a shipped experiment, such as mf."),
]
SweepName = Annotated[str, typer.Argument(metavar="SWEEP", help="The name of the sweep.")]
Seed = Annotated[
    int | None, typer.Option(min=0, help="Seed of the search and the training. The split has its own seed.")
]
Set = Annotated[
    list[str] | None, typer.Option("--set", help="Replace a value of the experiment: section.key=value. Repeatable.")
]
TrackingUri = Annotated[
    str | None,
    typer.Option(
        help="The MLflow store. Default: MLFLOW_TRACKING_URI, else ./mlruns. Put an address with a password in "
        "MLFLOW_TRACKING_URI, because other users of the machine can read command lines.",
    ),
]


def _option(text: str, minimum: int | None = None) -> Any:
    """Return an option in the help panel "Workers"."""
    return typer.Option(min=minimum, help=text, rich_help_panel="Workers")


AllowTracker = Annotated[
    bool,
    typer.Option("--allow-custom-tracker", help=r"Allow \[tracking] mirror to name a class, whose code then runs."),
]


@dataclass(frozen=True)
class Changes:
    """The options that change an experiment."""

    seed: Seed = None
    set_: Set = None


@dataclass(frozen=True)
class OwnCode:
    """The options that allow an experiment to run classes of the user's own."""

    allow_custom_sampler: Annotated[
        bool,
        typer.Option("--allow-custom-sampler", help=r"Allow \[study] sampler to name a class, whose code then runs."),
    ] = False
    allow_custom_tracker: AllowTracker = False

    @property
    def arguments(self) -> _OwnCodeArguments:
        """The same as arguments of a workflow."""
        return {
            "allow_custom_sampler": self.allow_custom_sampler,
            "allow_custom_tracker": self.allow_custom_tracker,
        }


class _OwnCodeArguments(TypedDict):
    allow_custom_sampler: bool
    allow_custom_tracker: bool


@dataclass(frozen=True)
class Workers:
    """The options that select where cohorts are trained."""

    workers: Annotated[
        int | None, _option("Number of processes, or of Ray tasks. Default: threads of this process.", 1)
    ] = None
    executor: Annotated[ExecutorName, _option("Where to train cohorts.")] = "local"
    address: Annotated[str | None, _option("Ray: the address of the cluster, or auto. Default: a local cluster.")] = (
        None
    )
    cpus_per_worker: Annotated[
        float | None,
        _option("Threads of a worker. Default: its share of the cores; on Ray, 1 reserved CPU.", 0),
    ] = None
    gpus_per_worker: Annotated[float, _option("Ray: GPUs that a worker reserves. A fraction shares a GPU.", 0)] = 0

    @property
    def execution(self) -> Execution:
        """Return the executor settings for a workflow."""
        return Execution(self.executor, self.workers, self.cpus_per_worker, self.gpus_per_worker, self.address)


@dataclass(frozen=True)
class Access:
    """The options for the store, and for custom code of an experiment."""

    tracking_uri: TrackingUri = None
    allow_custom_factory: Annotated[
        bool,
        typer.Option(
            "--allow-custom-factory", help=r"Allow \[model] factory to name a function, whose code then runs."
        ),
    ] = False

    @property
    def arguments(self) -> _AccessArguments:
        """Return the arguments of a workflow, with a reporter."""
        return {"tracking_uri": self.tracking_uri, "allow_custom_factory": self.allow_custom_factory, "reporter": echo}


class _AccessArguments(TypedDict):
    tracking_uri: str | None
    allow_custom_factory: bool
    reporter: Reporter


@dataclass(frozen=True)
class Champion:
    """The options that select a champion."""

    model: Annotated[str | None, typer.Option(help="The registered model. Default: the only one.")] = None
    tracking_uri: TrackingUri = None

    @property
    def arguments(self) -> _ChampionArguments:
        """Return the arguments of a workflow, with a reporter."""
        return {"model": self.model, "tracking_uri": self.tracking_uri, "reporter": echo}


class _ChampionArguments(TypedDict):
    model: str | None
    tracking_uri: str | None
    reporter: Reporter


@dataclass(frozen=True)
class Output:
    """The option that selects the output format."""

    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document, and nothing else, on standard output.")
    ] = False

    def give(self, result: Result, show: Callable[[Console, Result], None]) -> None:
        """Print a result as JSON, or with `show`."""
        if self.as_json:
            print_json(result)
        else:
            show(out, result)
