"""How the command line shows results: tables on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from recsys.errors import shown as on_one_line

if TYPE_CHECKING:
    from recsys.data.describe import Description
    from recsys.registry.mlflow_registry import Event
    from recsys.tracking.summary import SweepSummary
    from recsys.workflows.compare import Leaderboard
    from recsys.workflows.evaluate import Evaluation
    from recsys.workflows.progress import Progress
    from recsys.workflows.promote import Promotion
    from recsys.workflows.recommend import Recommendations
    from recsys.workflows.reruns import Reruns
    from recsys.workflows.show import Shown
    from recsys.workflows.sweep import SweepResult
    from recsys.workflows.train import TrainResult


class SweepView:
    """Shows the progress of a sweep: a live table on a terminal, a line a cohort elsewhere, nothing when quiet."""

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self.console, self.quiet = console, quiet
        self.sweep: str | None = None
        """The sweep's name, once it has begun."""
        self.stopping = False
        """Whether to end the sweep when it next shows its progress, which it does after every cohort."""
        self._started = time.monotonic()
        self._live: Live | None = None
        self._progress: Progress | None = None

    def watch(self, progress: Progress) -> None:
        """Take the latest progress."""
        if progress.sweep != self.sweep:  # evaluate runs one after the other
            self._started = time.monotonic()
        self.sweep, self._progress = progress.sweep, progress
        if self.stopping:
            raise KeyboardInterrupt
        if self.quiet:
            return
        if not self.console.is_terminal:
            self.console.print(_text(self._line(progress)), soft_wrap=True)
        elif self._live is None:
            self._live = Live(get_renderable=self._table, console=self.console, refresh_per_second=4, transient=True)
            self._live.start()

    def stop(self) -> None:
        """Leave the terminal as it was."""
        if self._live is not None:
            self._live.stop()

    def _line(self, progress: Progress) -> str:
        counts = ", ".join(f"{number} {state.lower()}" for state, number in progress.counts.items() if number)
        head = f"{progress.sweep}: {progress.done} of {progress.total} trials ({counts or 'none yet'})"
        return f"{head}{self._best(progress)}, {self._times(progress)}"

    def _best(self, progress: Progress) -> str:
        if progress.best is None:
            return ""
        name = progress.metric.name
        return f", best {name} {progress.best.values[name]:.4f} (trial {progress.best.trial.number})"

    def _times(self, progress: Progress) -> str:
        elapsed = time.monotonic() - self._started
        new = progress.done - progress.resumed
        left = f", {elapsed / new * (progress.total - progress.done):.0f} s remaining" if new else ""
        return f"{elapsed:.0f} s elapsed{left}"

    def _table(self) -> Group:
        progress = self._progress
        assert progress is not None  # noqa: S101 - drawn only once there is progress
        table = Table(box=None, pad_edge=False)
        for column in ("trial", "state", progress.metric.name, "epoch", "point"):
            table.add_column(column, justify="right" if column in {"trial", "epoch", progress.metric.name} else "left")
        for result in progress.last:
            value = result.values.get(progress.metric.name)
            table.add_row(
                str(result.trial.number),
                result.state.lower(),
                "-" if value is None else f"{value:.4f}",
                str(result.best_epoch),
                Text(point_text(result.trial.point), overflow="ellipsis", no_wrap=True),
            )
        bar = ProgressBar(total=progress.total, completed=progress.done, width=40)
        return Group(_text(self._line(progress)), bar, table)


@contextmanager
def live(console: Console, *, quiet: bool) -> Iterator[SweepView]:
    """A view of a sweep's progress that ends with the block."""
    view = SweepView(console, quiet=quiet)
    try:
        yield view
    finally:
        view.stop()


def _text(value: object) -> Text:
    """What comes from data or from a store: neither markup nor a terminal's commands."""
    return Text(on_one_line(value, _LONGEST))


_LONGEST = 10_000


def point_text(point: Mapping[str, Any]) -> str:
    """A point in one line."""
    return ", ".join(f"{name}={_short(value)}" for name, value in point.items())


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return "-".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)


def _pairs(console: Console, pairs: Mapping[str, object]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in pairs.items():
        table.add_row(_text(name), _text(value))
    console.print(table)


def show_sweep(console: Console, result: SweepResult) -> None:
    """A finished sweep."""
    counts = ", ".join(f"{number} {state}" for state, number in result.trials.items())
    pairs: dict[str, object] = {"sweep": result.sweep, "run": result.run_id, "trials": counts}
    if result.best is not None:
        pairs["best"] = f"{result.best.value:.4f} (trial {result.best.trial}, run {result.best.run_id})"
        pairs["point"] = point_text(result.best.params)
    pairs["seconds"] = f"{result.seconds:.1f}, of which {result.seconds_asking:.1f} asking"
    _pairs(console, pairs)


def show_training(console: Console, result: TrainResult) -> None:
    """A finished training."""
    pairs: dict[str, object] = {
        "run": f"{result.name} ({result.run_id})",
        "parameters": f"{result.parameters:,}",
        "best epoch": result.best_epoch,
        "validation": _values(result.validation),
        "seconds": f"{result.seconds:.1f}",
    }
    if result.test is not None:
        pairs["test"] = _values(result.test)
    _pairs(console, pairs)


def _values(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in values.items())


def show_description(console: Console, description: Description) -> None:
    """A data set."""
    _pairs(
        console,
        {
            "name": description.name,
            "users": f"{description.users:,}",
            "items": f"{description.items:,}",
            "ratings": f"{description.ratings:,}",
            "density": f"{description.density:.2%}",
            "mean": f"{description.mean:.3f}",
            "scale": f"{description.scale[0]:g} to {description.scale[1]:g}",
        },
    )
    most = max(description.histogram.values(), default=1)
    for value, count in description.histogram.items():
        console.print(f"{value:>6g} {'█' * round(40 * count / most):<40} {count:,}", highlight=False)


def show_sweeps(console: Console, sweeps: Sequence[SweepSummary]) -> None:
    """The sweeps of a store."""
    if not sweeps:
        console.print("no sweeps yet: recsys sweep experiments/mf.toml", highlight=False)
        return
    table = Table(box=None, pad_edge=False)
    for column in ("sweep", "kind", "state", "data", "trials", "best", "started"):
        table.add_column(column)
    for s in sweeps:
        best = "-" if s.best is None else f"{s.metric} {s.best:.4f}"
        done = f"{s.complete + s.pruned + s.failed} of {s.total}"
        row = s.name, s.kind, s.state, s.data, done, best, f"{s.started.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(*map(_text, row))
    console.print(table)


def show_shown(console: Console, shown: Shown) -> None:
    """One sweep or run."""
    pairs: dict[str, object] = {shown.kind: shown.name, "run": shown.run_id, "state": shown.state, **shown.details}
    if shown.values:
        pairs["values"] = _values(shown.values)
    _pairs(console, pairs)
    console.print()
    for line in shown.toml.splitlines():
        console.print(_text(line), soft_wrap=True)


def show_leaderboard(console: Console, board: Leaderboard, top: int) -> None:
    """A leaderboard; what all its points share is said once, below."""
    rows = board.rows[:top]
    shared = {
        name: value
        for name, value in (rows[0].params.items() if rows else ())
        if all(row.params.get(name) == value for row in rows)
    }
    several = len({row.sweep for row in rows}) > 1
    table = Table(box=None, pad_edge=False)
    columns = ["", *(["sweep"] if several else []), "trial", board.metric, "95 % interval", "p", "point"]
    for column in columns:
        justify: Any = "right" if column in {"", "trial", "p"} else "left"
        table.add_column(column, justify=justify, no_wrap=column != "point", overflow="fold")
    for row in rows:
        interval = "" if row.interval is None else f"{row.interval[0]:.4f} to {row.interval[1]:.4f}"
        table.add_row(
            f"{row.rank}{'=' if row.tied else ' '}",
            *([_text(row.sweep)] if several else []),
            str(row.trial),
            f"{row.value:.4f}",
            interval,
            "" if row.p_value is None else f"{row.p_value:.3f}",
            _text(point_text({name: value for name, value in row.params.items() if name not in shared})),
        )
    console.print(table)
    if shared and len(rows) > 1:
        console.print(_text(f"All have {point_text(shared)}."))
    times = "time" if board.openings == 1 else "times"
    console.print(
        _text(
            "= cannot be told apart from the best at 5 % (paired test by user, Holm over all pairs shown, since the "
            f"best was found in the same data). Protocol {board.fingerprint}; "
            f"its test part has been opened {board.openings} {times}."
        )
    )


def show_reruns(console: Console, again: Reruns) -> None:
    """The best trials over new seeds."""
    table = Table(box=None, pad_edge=False)
    for column in ("", "sweep", "trial", f"mean {again.metric}", "deviation", "was selected by"):
        table.add_column(column, justify="right" if column in {"", "trial"} else "left")
    for row in again.rows:
        numbers = f"{row.mean:.4f}", f"{row.deviation:.4f}", f"{row.recorded:.4f}"
        table.add_row(str(row.rank), _text(row.sweep), str(row.trial), *numbers)
    console.print(table)
    console.print(
        f"Over {again.seeds} new seeds each. The best recorded value was better by {again.winners_curse:.4f} than "
        "its trial is on average: that much was luck.",
        highlight=False,
    )


def show_evaluation(console: Console, evaluation: Evaluation) -> None:
    """Mean and deviation over the folds."""
    table = Table(box=None, pad_edge=False)
    for column in ("metric", "mean", "deviation", *(f"{n}" for n in range(1, len(evaluation.folds) + 1))):
        table.add_column(column, justify="left" if column == "metric" else "right")
    for metric, mean in evaluation.mean.items():
        folds = [f"{fold.test[metric]:.4f}" for fold in evaluation.folds]
        table.add_row(metric, f"{mean:.4f}", f"{evaluation.deviation[metric]:.4f}", *folds)
    console.print(table)
    console.print(f"{len(evaluation.folds)} {evaluation.splits}, each tested once.", highlight=False)


def show_promotion(console: Console, result: Promotion) -> None:
    """A promotion or a refusal."""
    pairs: dict[str, object] = {
        "model": result.model,
        "promoted": _outcome(result),
        "reason": result.reason,
        "test": _values(result.test),
        "baselines": _values(result.baselines),
    }
    if result.champion is not None:
        pairs["champion"] = f"{result.champion:.4f} on the same test part"
    if result.members > 1:
        pairs["ensemble"] = f"{result.members} models"
    _pairs(console, pairs)


def _outcome(result: Promotion) -> str:
    if not result.promoted:
        return "no"
    return "it would be (dry run)" if result.version is None else f"yes, version {result.version} is the champion"


def show_history(console: Console, events: Sequence[Event]) -> None:
    """Who was champion when and why."""
    table = Table(box=None, pad_edge=False)
    for column in ("time", "what", "champion", "why"):
        table.add_column(column, overflow="fold")
    for event in events:
        champion = "none" if event.version is None else f"version {event.version}"
        table.add_row(
            f"{event.time.astimezone():%Y-%m-%d %H:%M:%S}", _text(event.action), champion, _text(event.reason)
        )
    console.print(table)


def show_recommendations(console: Console, result: Recommendations) -> None:
    """What a user should see next."""
    if result.fallback:
        console.print(_text(f"user {result.user} is unknown: the popular items"))
    table = Table(box=None, pad_edge=False)
    for column in ("item", "title", "rating"):
        table.add_column(column, justify="right" if column == "rating" else "left")
    for item in result.items:
        table.add_row(_text(item.item), _text(item.title or ""), f"{item.rating:.2f}")
    console.print(table)
