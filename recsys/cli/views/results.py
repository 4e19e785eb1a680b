"""The views of sweeps and runs, single and compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from recsys.cli.views.text import show_pairs, text
from recsys.evaluation.formatting import format_metrics
from recsys.spaces.formatting import format_point

if TYPE_CHECKING:
    from recsys.tracking.summary import SweepSummary
    from recsys.workflows.comparison.leaderboard import Leaderboard
    from recsys.workflows.comparison.report import Report
    from recsys.workflows.comparison.reruns import Reruns
    from recsys.workflows.comparison.show import Shown


def show_sweeps(console: Console, sweeps: Sequence[SweepSummary], *, all_of_them: bool = True) -> None:
    """Print the sweeps of a store.

    Args:
        console: The console to print on.
        sweeps: The sweeps.
        all_of_them: Whether the list was not filtered, which decides the text for an empty list.
    """
    if not sweeps:
        none = "no sweeps yet: recsys sweep experiments/mf.toml" if all_of_them else "no such sweeps"
        console.print(none, highlight=False)
        return
    table = Table(box=None, pad_edge=False)
    said = any(s.words for s in sweeps)
    for column in ("sweep", "kind", "state", "data", "trials", "best", "started", *(["words"] if said else [])):
        table.add_column(column)
    for s in sweeps:
        best = "-" if s.best is None else f"{s.metric} {s.best:.4f}"
        done = f"{s.complete + s.pruned + s.failed} of {s.total}"
        row = s.name, s.kind, s.state, s.data, done, best, f"{s.started.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(*map(text, row), *([text(s.words)] if said else []))
    console.print(table)


def show_shown(console: Console, shown: Shown) -> None:
    """Print the content of a sweep or a run."""
    pairs: dict[str, object] = {shown.kind: shown.name, "run": shown.run_id, "state": shown.state, **shown.details}
    if shown.values:
        pairs["values"] = format_metrics(shown.values)
    show_pairs(console, pairs)
    console.print()
    for line in shown.toml.splitlines():
        console.print(text(line), soft_wrap=True)


def show_leaderboard(console: Console, board: Leaderboard, top: int) -> None:
    """Print the first `top` trials of a leaderboard, and below it the parameters that all their points share."""
    rows = board.rows[:top]
    shared = {
        name: value
        for name, value in (rows[0].params.items() if rows else ())
        if all(row.params.get(name) == value for row in rows)
    }
    several = len({row.sweep for row in rows}) > 1
    table = Table(box=None, pad_edge=False)
    for column in board.columns(sweep=several):
        justify: Any = "right" if column in {"", "trial", "p"} else "left"
        table.add_column(column, justify=justify, no_wrap=column != "point", overflow="fold")
    for row in rows:
        rank, *cells = board.cells(row, sweep=several, shared=shared)
        table.add_row(rank if row.tied else f"{rank} ", *map(text, cells))
    console.print(table)
    if shared and len(rows) > 1:
        console.print(text(f"All have {format_point(shared)}."))
    for name, words in board.words.items():
        console.print(text(f"{name}: {words}"))
    for row in (row for row in rows if row.words):
        console.print(text(f"{row.sweep}, trial {row.trial}: {row.words}"))
    console.print(text(board.note))


def show_report(console: Console, report: Report) -> None:
    """Print the path of a report."""
    console.print(text(f"wrote {report.file}"), soft_wrap=True)


def show_reruns(console: Console, again: Reruns) -> None:
    """Print the best trials, trained again with new seeds."""
    table = Table(box=None, pad_edge=False)
    for column in ("", "sweep", "trial", f"mean {again.metric}", "deviation", "was selected by"):
        table.add_column(column, justify="right" if column in {"", "trial"} else "left")
    for row in again.rows:
        numbers = f"{row.mean:.4f}", f"{row.deviation:.4f}", f"{row.recorded:.4f}"
        table.add_row(str(row.rank), text(row.sweep), str(row.trial), *numbers)
    console.print(table)
    console.print(
        f"Over {again.seeds} new seeds each. The best recorded value was better by {again.winners_curse:.4f} than "
        "its trial is on average: that much was luck.",
        highlight=False,
    )
