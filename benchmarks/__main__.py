"""Run the rows, the charts and the race for lists; write the table, its numbers, and the pictures."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks import feature_rows as _feature_rows  # noqa: F401 - the import registers its rows
from benchmarks import large_rows as _large_rows  # noqa: F401 - the import registers its rows
from benchmarks import list_rows as _list_rows  # noqa: F401 - the import registers its rows
from benchmarks import lists
from benchmarks import posterior_rows as _posterior_rows  # noqa: F401 - the import registers its rows
from benchmarks import sequence_rows as _sequence_rows  # noqa: F401 - the import registers its rows
from benchmarks.chart import cohort_chart, lists_chart, race_chart
from benchmarks.environment import HERE, RESULTS, Bench, choose_device, machine
from benchmarks.rows import ROWS, Row, measured


def _lists(bench: Bench) -> None:
    """Run the comparison of lists, and write a table, its numbers, and a chart of one run."""
    standings = lists.race(bench)
    (RESULTS / "lists.md").write_text(lists.table(standings, f"`random` seed {bench.split_seed}"), encoding="utf-8")
    (RESULTS / "lists.json").write_text(json.dumps([asdict(each) for each in standings], indent=1), encoding="utf-8")
    (RESULTS / "lists.png").write_bytes(lists_chart(standings, bench.split_seed))


def _chart(name: str, draw: Callable[[Bench], bytes]) -> Callable[[Bench], None]:
    def write(bench: Bench) -> None:
        (RESULTS / f"{name}.png").write_bytes(draw(bench))

    return write


PICTURES = {"cohorts": _chart("cohorts", cohort_chart), "race": _chart("race", race_chart), "lists": _lists}


def main() -> None:
    """Measure the selected rows; print the error of a row that fails, and continue with the others."""
    asked = _parser().parse_args()
    choose_device(gpu=asked.gpu)
    RESULTS.mkdir(exist_ok=True)
    print(machine(), flush=True)
    bench = Bench(asked.split_seed, asked.trials, asked.peers)
    done = []
    for name in asked.only or [*ROWS, *PICTURES]:
        try:
            if name in PICTURES:
                PICTURES[name](bench)
                continue
            row = measured(name, bench, asked.pairs)
        except Exception as error:  # a peer that fails must not stop the others
            print(f"{name}: failed: {error}", flush=True)
            continue
        done.append(row)
        print(line(row), flush=True)
    if done:
        (RESULTS / "table.md").write_text(table(done), encoding="utf-8")
        (RESULTS / "results.json").write_text(json.dumps([asdict(row) for row in done], indent=1), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=[*ROWS, *PICTURES], help="rows and pictures; all by default")
    parser.add_argument("--split-seed", type=int, default=0, help="of the race for lists, which opens the test part")
    parser.add_argument("--trials", type=int, help="of each in the race for lists, in place of its own number")
    parser.add_argument("--pairs", type=int, default=3, help="how often a ratio is measured; the middle one is told")
    parser.add_argument("--gpu", action="store_true", help="on a GPU, which has to be there; it is hidden otherwise")
    parser.add_argument("--peers", type=Path, default=HERE / ".venv-peers", help="the peers' environment")
    return parser


def table(rows: list[Row]) -> str:
    """Return the rows as Markdown, below a line about the machine."""
    head = ["| what | ours | theirs | ratio | bar | |", "|---|---|---|---|---|---|"]
    return "\n".join([f"{machine()}.", "", *head, *map(line, rows)]) + "\n"


def line(row: Row) -> str:
    """Return a row as a line of the table."""
    spread = f" ({row.spread[0]:.2f} to {row.spread[1]:.2f})" if row.spread else ""
    met = "met" if row.met else "missed"
    return f"| {row.what} | {row.ours} | {row.theirs} | {row.ratio:.2f}{spread} | {row.bar} | {met} |"


if __name__ == "__main__":
    main()
