"""The views of sweeps, trainings and evaluations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from recsys.cli.views.text import show_pairs, text
from recsys.evaluation.formatting import format_metrics
from recsys.tracking.summary import state_text

if TYPE_CHECKING:
    from recsys.tracking.summary import SweepSummary
    from recsys.workflows.comparison.evaluate import Evaluation
    from recsys.workflows.search.run_study import SweepResult
    from recsys.workflows.search.train import TrainResult


def show_sweep(console: Console, result: SweepResult) -> None:
    """Print the result of a finished sweep."""
    show_pairs(console, result.lines)


def show_watched(console: Console, summary: SweepSummary) -> None:
    """Print the state of a watched sweep."""
    best = "none yet" if summary.best is None else f"{summary.metric} {summary.best:.4f}"
    done = summary.complete + summary.pruned + summary.failed
    show_pairs(
        console,
        {"sweep": summary.name, "trials": f"{done} of {summary.total}", "best": best, "state": state_text(summary)},
    )


def show_stopping(console: Console, summary: SweepSummary) -> None:
    """Print that a sweep was asked to end."""
    done = summary.complete + summary.pruned + summary.failed
    asked = f"{summary.name} ends after its running cohorts; {done} of {summary.total} trials are recorded"
    console.print(text(f"{asked}; go on with: recsys resume {summary.name}"), soft_wrap=True)


def show_training(console: Console, result: TrainResult) -> None:
    """Print the result of a finished training."""
    pairs: dict[str, object] = {
        "run": f"{result.name} ({result.run_id})",
        "parameters": f"{result.parameters:,}",
        "best epoch": result.best_epoch,
        "validation": format_metrics(result.validation),
        "seconds": f"{result.seconds:.1f}",
    }
    if result.test is not None:
        pairs["test"] = format_metrics(result.test)
    show_pairs(console, pairs)


def show_evaluation(console: Console, evaluation: Evaluation) -> None:
    """Print the test metrics of each fold, with mean and standard deviation."""
    from recsys.evaluation.metrics.table import missing_reason

    table = Table(box=None, pad_edge=False)
    for column in ("metric", "mean", "deviation", *(f"{n}" for n in range(1, len(evaluation.folds) + 1))):
        table.add_column(column, justify="left" if column == "metric" else "right")
    for metric, mean in evaluation.mean.items():
        folds = [f"{fold.test[metric]:.4f}" for fold in evaluation.folds]
        table.add_row(metric, f"{mean:.4f}", f"{evaluation.deviation[metric]:.4f}", *folds)
    console.print(table)
    if why := missing_reason(evaluation.mean):
        console.print(text(f"{why}."))
    console.print(f"{len(evaluation.folds)} {evaluation.splits}, each tested once.", highlight=False)
    if begins := [fold.begins for fold in evaluation.folds if fold.begins]:
        console.print(text(f"They begin at {', '.join(begins)}."))
