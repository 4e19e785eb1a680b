"""The comparison of methods for the next item on one split: this project and its peers, measured with its own metrics.

The split is that of `experiments/next_sequential_mf.toml` on MovieLens-100K: the last rating of each user is the test
part, the one before it the validation part, and all ratings are positives. Each method chooses its epochs or its
neighbours on validation, is then fitted once to train and validation, and ranks all items that a user has not rated.

Run it as `python -m benchmarks.next_items`. `taskset -c 0` in front of it gives every method one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from benchmarks.environment import HERE, Bench, choose_device, machine, save_rows
from benchmarks.judge import Judge, Standing, run_peer
from benchmarks.ours import default_point
from recsys.data.ratings import Ratings

EXPERIMENT = "next_sequential_mf"
OURS = f"`{EXPERIMENT}`, its default point"
PEERS: dict[str, tuple[str, int, tuple[str, ...]]] = {
    "implicit cosine neighbours": ("implicit_next.py", 16, ("cosine",)),
    "implicit BM25 neighbours": ("implicit_next.py", 32, ("bm25",)),
    "RecBole SASRec": ("recbole_next.py", 1, ("sasrec",)),
    "RecBole GRU4Rec": ("recbole_next.py", 2, ("gru4rec",)),
}
"""The script, the most trials or epochs, and the arguments of each peer, by name. The epochs are as few as fit a run of
minutes on one core; `--trials` gives more."""
RECTOOLS = {"RecTools SASRec": ("rectools_next.py", 15, ("50",))}
"""The same in an environment of their own: RecTools depends on a package that replaces the files of implicit."""


class NextJudge(Judge):
    """The protocol of the race for next items."""

    @cached_property
    def rows(self) -> Path:
        """Return the path of a file with train and validation for the peers: by user, the oldest first."""
        split = self.prepared.split
        return save_rows(self.bench.folder / "next.npz", in_order(split.train), in_order(split.validation))


def in_order(ratings: Ratings) -> Ratings:
    """Return the ratings by user and time; those of equal time are in the order of the file."""
    assert ratings.timestamps is not None  # noqa: S101 - the split needs them
    return ratings.take(np.lexsort((np.arange(len(ratings)), ratings.timestamps, ratings.users)))


def race(bench: Bench, rectools: Bench, chosen: list[str]) -> list[Standing]:
    """Run methods in sequence; print the error of one that fails, and leave it out.

    Args:
        bench: The environment.
        rectools: The environment of RecTools.
        chosen: The names of the methods.
    """
    judge, standings = NextJudge(bench, EXPERIMENT, "benchmarks: the race for next items"), []
    runs: dict[str, Callable[[], Standing]] = {who: partial(run_peer, judge, who, *how) for who, how in PEERS.items()}
    runs |= {who: partial(run_peer, judge, who, *how, bench=rectools) for who, how in RECTOOLS.items()}
    runs[OURS] = partial(default_point, judge)
    for who in chosen:
        try:
            standings.append(runs[who]())
        except Exception as error:  # a peer that fails must not stop the others
            print(f"left out: {error}", flush=True)
            continue
        print(f"{line(standings[-1])} best validation {standings[-1].validation:.4f}", flush=True)
    return standings


def table(standings: list[Standing]) -> str:
    """Return the results as Markdown, the best on test first."""
    head = ["| method | NDCG@10 | hit rate@10 | seconds |", "|---|---|---|---|"]
    ranked = sorted(standings, key=lambda standing: -standing.test)
    return "\n".join([f"{machine()}. MovieLens-100K, `leave_last`.", "", *head, *map(line, ranked)])


def line(standing: Standing) -> str:
    """Return a result as a line of the table; the seconds are those of the choice on validation and of the refit."""
    seconds = standing.seconds + standing.refit
    return f"| {standing.who} | {standing.test:.4f} | {standing.hit_rate:.4f} | {seconds:.0f} |"


def main() -> None:
    """Run the chosen methods, and print the table."""
    names = [*PEERS, *RECTOOLS, OURS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.next_items", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=names, default=names, help="methods; all by default")
    parser.add_argument("--trials", type=int, help="trials or epochs of each peer, in place of its own number")
    parser.add_argument("--peers", type=Path, default=HERE / ".venv-peers", help="the peers' environment")
    parser.add_argument("--rectools", type=Path, default=HERE / ".venv-rectools", help="the environment of RecTools")
    asked = parser.parse_args()
    choose_device(gpu=False)
    bench = Bench(trials=asked.trials, environment=asked.peers)
    rectools = Bench(environment=asked.rectools, requirements="requirements-rectools.txt")
    print(table(race(bench, rectools, asked.only)))


if __name__ == "__main__":
    main()
