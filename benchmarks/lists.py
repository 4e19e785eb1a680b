"""The comparison of list methods on one split: this project and its peers, measured with this project's metric.

Each method searches on validation, with training on train. It is then fitted once to train and validation, and measured
on the test part. All methods get ratings of 4 or more as positives, and rank all items that a user has not rated. Every
method that accepts weights also searches the weight of lower ratings.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.environment import Bench, machine
from benchmarks.judge import Judge, Standing, run_peer
from benchmarks.ours import baselines, swept

OURS = ("mf_top_n", "als_top_n")
PEERS: dict[str, tuple[str, int, tuple[str, ...]]] = {
    "irspack iALS, its own tuner": ("irspack_lists.py", 64, ()),
    "implicit ALS, Optuna": ("implicit_lists.py", 64, ("als",)),
    "implicit BPR, Optuna": ("implicit_lists.py", 40, ("bpr",)),
    "LensKit ImplicitMF, Optuna": ("lenskit_lists.py", 64, ("als",)),
    "LensKit EASE, Optuna": ("lenskit_lists.py", 10, ("ease",)),
    "RecBole EASE, Optuna": ("recbole_lists.py", 10, ("ease",)),
    "RecBole BPR, Optuna": ("recbole_lists.py", 10, ("bpr",)),
}
"""The script, the number of trials and the arguments of each peer, by name. The numbers of trials are those of this
project's sweeps and baselines. They are smaller for methods with one parameter, and for slow trials."""


def race(bench: Bench) -> list[Standing]:
    """Run all methods in sequence; print the error of one that fails, and leave it out."""
    judge, standings = Judge(bench, "mf_top_n", "benchmarks: the race for lists"), []
    runs: list[Callable[[], Standing]] = [partial(swept, judge, name, bench.trials) for name in OURS]
    runs += [partial(run_peer, judge, who, *how) for who, how in PEERS.items()]
    for run in runs:
        try:
            standings.append(run())
        except Exception as error:
            print(f"left out: {error}", flush=True)
            continue
        print(line(standings[-1]), flush=True)
    for standing in baselines(judge):
        standings.append(standing)
        print(line(standing), flush=True)
    return standings


def table(standings: list[Standing], split: str) -> str:
    """Return the results as Markdown, the best on test first.

    Args:
        standings: The results.
        split: The split, in words.
    """
    head = ["| who | trials | search | refit | best validation | test |", "|---|---|---|---|---|---|"]
    said = f"{machine()}. MovieLens-100K, {split}, NDCG@10."
    ranked = sorted(standings, key=lambda standing: -standing.test)
    return "\n".join([said, "", *head, *map(line, ranked)]) + "\n"


def line(standing: Standing) -> str:
    """Return a result as a line of the table."""
    return (
        f"| {standing.who} | {standing.trials} | {standing.seconds:.1f} s | {standing.refit:.1f} s "
        f"| {standing.validation:.4f} | {standing.test:.4f} |"
    )
