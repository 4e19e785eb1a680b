"""The comparison of list methods on one split: this project and its peers, measured with this project's metric.

Each method searches on validation, with training on train. It is then fitted once to train and validation, and measured
on the test part. All methods get ratings of 4 or more as positives, and rank all items that a user has not rated. Every
method that accepts weights also searches the weight of lower ratings.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from benchmarks.environment import HERE, Bench, machine, save_rows
from recsys.arrays import AnyArray
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.tuning import tune_all
from recsys.evaluation.ranking import evaluate_ranking
from recsys.workflows.comparison.candidate import candidate_of
from recsys.workflows.comparison.refit import refit
from recsys.workflows.search.prepare import Prepared, prepare

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


@dataclass
class Standing:
    """The result of one method."""

    who: str
    trials: int = 0
    seconds: float = 0.0
    """The seconds of the search."""
    path: list[tuple[float, float]] = field(default_factory=list)
    """The best validation value so far, as (seconds, value)."""
    validation: float = 0.0
    """The validation value of the best trial, measured by this project."""
    refit: float = 0.0
    """The seconds of the fit to train and validation, including scoring."""
    test: float = 0.0
    """The value on the test part."""
    hit_rate: float = 0.0
    """The hit rate on the test part."""

    def heard(self, seconds: float, value: float) -> None:
        """Record a validation value after these seconds of search."""
        best = max([value, *(best for _, best in self.path[-1:])])
        self.path.append((seconds, best))
        self.seconds = seconds


@dataclass
class Judge:
    """The protocol, which measures the scores of all methods."""

    bench: Bench
    why: str = "benchmarks: the race for lists"
    """The reason for opening the test part."""

    @cached_property
    def prepared(self) -> Prepared:
        """Return MovieLens-100K, prepared by `mf_top_n` on the requested split."""
        experiment = self.bench.experiment("mf_top_n", f"split.seed={self.bench.split_seed}")
        return prepare(experiment, sealed=False)

    @cached_property
    def development(self) -> Ratings:
        """Return the train and validation parts."""
        return self.prepared.split.train.join(self.prepared.split.validation)

    @cached_property
    def test(self) -> Ratings:
        """Return the test part, and print that it is opened."""
        return self.prepared.split.open_test(self.why, lambda why: print(why, flush=True))

    @cached_property
    def rows(self) -> Path:
        """Return the path of a file with train and validation for the peers, which get no test ratings."""
        split = self.prepared.split
        return save_rows(self.bench.folder / "lists.npz", split.train, split.validation)

    def value(self, part: str, scores: AnyArray) -> float:
        """Return NDCG@10 of scores; arguments as of `values`."""
        return self.values(part, scores)[self.prepared.experiment.objective.metric]

    def values(self, part: str, scores: AnyArray) -> dict[str, float]:
        """Return all metrics of the lists that scores make.

        Args:
            part: `validation`, for models trained on train, or `test`, for models trained on train and validation.
            scores: The scores (U, I).
        """
        split, objective = self.prepared.split, self.prepared.experiment.objective
        seen, held_out = (split.train, split.validation) if part == "validation" else (self.development, self.test)
        found = evaluate_ranking(lambda users: scores[users][None], seen, held_out, objective.k, objective.threshold)
        return {name: float(of_members[0]) for name, of_members in found.values.items()}

    def test_of(self, standing: Standing, scores: AnyArray) -> None:
        """Record the values on the test part of the scores of a model of train and validation."""
        values = self.values("test", scores)
        standing.test, standing.hit_rate = values[self.prepared.experiment.objective.metric], values["hit_rate"]


def race(bench: Bench) -> list[Standing]:
    """Run all methods in sequence; print the error of one that fails, and leave it out."""
    judge, standings = Judge(bench), []
    runs: list[Callable[[], Standing]] = [partial(_ours, judge, name) for name in OURS]
    runs += [partial(run_peer, judge, who, *how) for who, how in PEERS.items()]
    for run in runs:
        try:
            standings.append(run())
        except Exception as error:
            print(f"left out: {error}", flush=True)
            continue
        print(line(standings[-1]), flush=True)
    return standings + _baselines(judge)


def run_peer(
    judge: Judge, who: str, script: str, trials: int, words: tuple[str, ...], bench: Bench | None = None
) -> Standing:
    """Run a peer's script, and measure the scores that it leaves.

    Args:
        judge: The judge, whose rows the script gets.
        who: The name in the table.
        script: The script.
        trials: Its number of trials or epochs, unless `--trials` says another.
        words: Its further arguments.
        bench: The environment that contains the peer; that of the judge by default.

    Raises:
        RuntimeError: The script failed.
    """
    standing, scores = Standing(who, judge.bench.trials or trials), judge.bench.folder / "scores.npy"
    command = [(bench or judge.bench).peers, HERE / "peers" / script, judge.rows, scores, standing.trials, *words]
    log = judge.bench.folder / "peer.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdin  # noqa: S101 - stdin is a pipe
        for finished in process.stdout or ():
            said = json.loads(finished)
            if said["part"] == "own":
                standing.heard(said["seconds"], said["value"])
            elif said["part"] == "test":
                standing.refit = said["seconds"] - standing.seconds
                judge.test_of(standing, np.load(scores))
            else:
                value = judge.value("validation", np.load(scores))
                standing.heard(said["seconds"], value)
                standing.validation = max(standing.validation, value)
                print(value, file=process.stdin, flush=True)
    if process.returncode:
        raise RuntimeError(f"{who}: {(log.read_text().strip().splitlines() or ['it said nothing'])[-1]}")
    return standing


def _ours(judge: Judge, name: str) -> Standing:
    """Run the whole process of a sweep, including start-up and tracking, and fit its best trial again."""
    from recsys.tracking.mlflow.store import MlflowStore

    trials = judge.bench.trials or judge.bench.experiment(name).study.trials
    swept = judge.bench.sweep("--trials", str(trials), name=name, split=f"split.seed={judge.bench.split_seed}")
    standing = Standing(f"`recsys sweep` {name}", trials, swept.seconds, swept.path, swept.path[-1][1])
    store = MlflowStore(swept.store)
    candidate = candidate_of(store, [store.sweeps()[0].name])
    began, everybody = time.perf_counter(), np.arange(judge.prepared.catalogue.users)
    fitted = refit(candidate.recipes, judge.development, judge.prepared.experiment.objective)
    scores = fitted.score_all(everybody, judge.prepared.catalogue.items)
    standing.refit = time.perf_counter() - began
    judge.test_of(standing, scores)
    return standing


def _baselines(judge: Judge) -> list[Standing]:
    """Measure the baselines at the settings that `recsys baselines` chooses."""
    split, objective, catalogue = judge.prepared.split, judge.prepared.experiment.objective, judge.prepared.catalogue
    chosen = tune_all(split.train, split.validation, objective, lambda _line: None).chosen
    standings = []
    for name, choice in chosen.items():
        value = choice.scored.values[objective.metric]
        path = [(choice.seconds, value)]
        standing = Standing(f"`recsys baselines` {name}", choice.fits, choice.seconds, path, value)
        began = time.perf_counter()
        scores = choice.baseline.fit(judge.development).score_all(np.arange(catalogue.users), catalogue.items)
        standing.refit = time.perf_counter() - began
        judge.test_of(standing, np.asarray(scores))
        standings.append(standing)
        print(line(standing), flush=True)
    return standings


def table(standings: list[Standing], split_seed: int) -> str:
    """Return the results as Markdown, the best on test first."""
    head = ["| who | trials | search | refit | best validation | test |", "|---|---|---|---|---|---|"]
    said = f"{machine()}. MovieLens-100K, `random` seed {split_seed}, NDCG@10."
    ranked = sorted(standings, key=lambda standing: -standing.test)
    return "\n".join([said, "", *head, *map(line, ranked)]) + "\n"


def line(standing: Standing) -> str:
    """Return a result as a line of the table."""
    return (
        f"| {standing.who} | {standing.trials} | {standing.seconds:.1f} s | {standing.refit:.1f} s "
        f"| {standing.validation:.4f} | {standing.test:.4f} |"
    )
