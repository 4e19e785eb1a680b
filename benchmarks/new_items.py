"""The comparison of methods for new items on one split: this project and its peers, measured with its own metric.

The split is that of `experiments/cold_items.toml` on MovieLens-100K: a tenth of the films are the test part, with all
their ratings, and a tenth of the others the validation part. Ratings of 4 or more are positives, and lists are made of
the films of a part alone. All methods get the same features of genres and year. Each searches on validation, is then
fitted once to train and validation, and ranks the films of the test part.

Run it as `python -m benchmarks.new_items`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from benchmarks.environment import HERE, Bench, choose_device
from benchmarks.judge import Judge, Standing, run_peer
from benchmarks.lists import line, table
from benchmarks.ours import baselines, default_point, swept

EXPERIMENT = "cold_items"
TRIALS = 16
"""The number of trials of each search."""
PEERS: dict[str, str] = {
    "LightFM WARP, Optuna": "lightfm_new.py",
    "irspack iALS with features, Optuna": "irspack_new.py",
    "implicit ALS and ridge regression, Optuna": "implicit_new.py",
}
"""The script of each peer, by name."""
OURS = ("baselines", "default point", "sweep")


def race(bench: Bench, trials: int, chosen: list[str]) -> list[Standing]:
    """Run methods in sequence; print the error of one that fails, and leave it out.

    Args:
        bench: The environment.
        trials: The number of trials of this project's sweep.
        chosen: The names of the methods.
    """
    judge, standings = Judge(bench, EXPERIMENT, "benchmarks: the race for new items"), []
    for who in chosen:
        try:
            for standing in _measured(judge, trials, who):
                standings.append(standing)
                print(line(standing), flush=True)
        except Exception as error:  # a peer that fails must not stop the others
            print(f"left out: {error}", flush=True)
    return standings


def _measured(judge: Judge, trials: int, who: str) -> Iterator[Standing]:
    """Run a method; the baselines have a result each."""
    match who:
        case "baselines":
            yield from baselines(judge)
        case "default point":
            yield default_point(judge)
        case "sweep":
            yield swept(judge, EXPERIMENT, trials)
        case _:
            yield run_peer(judge, who, PEERS[who], TRIALS, ())


def main() -> None:
    """Run the chosen methods, and print the table."""
    names = [*PEERS, *OURS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.new_items", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=names, default=names, help="methods; all by default")
    parser.add_argument("--split-seed", type=int, default=0, help="of the split, whose test part is opened")
    parser.add_argument("--trials", type=int, default=TRIALS, help="of each peer")
    parser.add_argument("--ours-trials", type=int, default=TRIALS, help="of this project's sweep")
    parser.add_argument("--peers", type=Path, default=HERE / ".venv-peers", help="the peers' environment")
    asked = parser.parse_args()
    choose_device(gpu=False)
    bench = Bench(asked.split_seed, asked.trials, asked.peers)
    print(table(race(bench, asked.ours_trials, asked.only), f"`cold_items` seed {asked.split_seed}"), end="")


if __name__ == "__main__":
    main()
