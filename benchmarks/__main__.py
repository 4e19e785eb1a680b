"""Run the rows and write the table, its numbers, and the charts."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from benchmarks.chart import cohort_chart, race_chart
from benchmarks.environment import RESULTS, Bench, machine
from benchmarks.rows import ROWS, Row

CHARTS = {"cohorts": cohort_chart, "race": race_chart}


def main() -> None:
    """Measure what was asked for; a row that fails says so and the others go on."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=[*ROWS, *CHARTS], help="rows and charts; all by default")
    wanted = parser.parse_args().only or [*ROWS, *CHARTS]
    RESULTS.mkdir(exist_ok=True)
    bench = Bench()
    done = []
    for name in wanted:
        try:
            if name in CHARTS:
                (RESULTS / f"{name}.png").write_bytes(CHARTS[name](bench))
                continue
            row = ROWS[name](bench)
        except Exception as error:  # one peer that cannot run must not take the others along
            print(f"{name}: failed: {error}", flush=True)
            continue
        done.append(row)
        print(line(row), flush=True)
    (RESULTS / "table.md").write_text(table(done), encoding="utf-8")
    (RESULTS / "results.json").write_text(json.dumps([asdict(row) for row in done], indent=1), encoding="utf-8")


def table(rows: list[Row]) -> str:
    """The rows as Markdown, under the machine."""
    head = ["| what | ours | theirs | ratio | bar | |", "|---|---|---|---|---|---|"]
    return "\n".join([f"{machine()}.", "", *head, *map(line, rows)]) + "\n"


def line(row: Row) -> str:
    """A row of the table."""
    return (
        f"| {row.what} | {row.ours} | {row.theirs} | {row.ratio:.2f} | {row.bar} | {'met' if row.met else 'missed'} |"
    )


if __name__ == "__main__":
    main()
