"""Options and arguments that several commands share, each written once.

Those that go together stand in a dataclass, whose fields a command of a `Group` takes as options.
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
else:  # typer reads the names when it runs, which a type checker cannot
    ExecutorName = Literal[tuple(EXECUTORS)]
Result = TypeVar("Result")

ExperimentFile = Annotated[
    Path, typer.Argument(metavar="EXPERIMENT", help="The experiment file, or the name of a shipped one, such as mf.")
]
SweepName = Annotated[str, typer.Argument(metavar="SWEEP", help="The sweep's name.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of search and training; the split keeps its own.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="Replace a value of the file: section.key=value.")]
TrackingUri = Annotated[
    str | None,
    typer.Option(
        help="The MLflow store; MLFLOW_TRACKING_URI or ./mlruns by default. An address with a password belongs in "
        "MLFLOW_TRACKING_URI, since other users of the machine can see a command line.",
    ),
]


def _option(text: str, minimum: int | None = None) -> Any:
    """An option in the panel on workers."""
    return typer.Option(min=minimum, help=text, rich_help_panel="Workers")


AllowSampler = Annotated[
    bool, typer.Option("--allow-custom-sampler", help=r"Let \[study] sampler run a class named by its module.")
]

AllowTracker = Annotated[
    bool, typer.Option("--allow-custom-tracker", help=r"Let \[tracking] mirror run a class named by its module.")
]


@dataclass(frozen=True)
class Changes:
    """What is to be other than the experiment file says."""

    seed: Seed = None
    set_: Set = None


@dataclass(frozen=True)
class Workers:
    """Where cohorts are trained."""

    workers: Annotated[
        int | None, _option("Processes on this machine, or Ray tasks; by default threads of this process.", 1)
    ] = None
    executor: Annotated[ExecutorName, _option("Where cohorts are trained.")] = "local"
    address: Annotated[str | None, _option("Ray: the cluster's address, or auto; a local one by default.")] = None
    cpus_per_worker: Annotated[
        float | None,
        _option("Threads of a worker, by default its share of the cores; on Ray what it reserves, or 1.", 0),
    ] = None
    gpus_per_worker: Annotated[float, _option("Ray: GPUs that a worker reserves; a fraction shares one.", 0)] = 0

    @property
    def execution(self) -> Execution:
        """The same for a workflow."""
        return Execution(self.executor, self.workers, self.cpus_per_worker, self.gpus_per_worker, self.address)


@dataclass(frozen=True)
class Access:
    """Where results are kept, and whether those who use them may run code of their own."""

    tracking_uri: TrackingUri = None
    allow_custom_factory: Annotated[
        bool, typer.Option("--allow-custom-factory", help=r"Let \[model] factory run code of the experiment's own.")
    ] = False

    @property
    def arguments(self) -> _AccessArguments:
        """The same for a workflow, and who hears what it says."""
        return {"tracking_uri": self.tracking_uri, "allow_custom_factory": self.allow_custom_factory, "reporter": echo}


class _AccessArguments(TypedDict):
    tracking_uri: str | None
    allow_custom_factory: bool
    reporter: Reporter


@dataclass(frozen=True)
class Champion:
    """Which champion is meant."""

    model: Annotated[str | None, typer.Option(help="The registered model; the only one by default.")] = None
    tracking_uri: TrackingUri = None

    @property
    def arguments(self) -> _ChampionArguments:
        """The same for a workflow, and who hears what it says."""
        return {"model": self.model, "tracking_uri": self.tracking_uri, "reporter": echo}


class _ChampionArguments(TypedDict):
    model: str | None
    tracking_uri: str | None
    reporter: Reporter


@dataclass(frozen=True)
class Output:
    """How a result is given."""

    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on standard output and nothing else there.")
    ] = False

    def give(self, result: Result, show: Callable[[Console, Result], None]) -> None:
        """Give a result: to a program as JSON, to a person as `show` does it."""
        if self.as_json:
            print_json(result)
        else:
            show(out, result)
