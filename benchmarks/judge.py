"""The judge of a comparison, which measures the scores of all methods with this project's metric."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from benchmarks.environment import HERE, Bench, save_rows
from recsys.arrays import AnyArray
from recsys.data.ratings import Ratings
from recsys.evaluation.ranking import evaluate_ranking
from recsys.workflows.search.prepare import Prepared, prepare


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
    name: str
    """The shipped experiment that defines the data, the split and the metric."""
    why: str
    """The reason for opening the test part."""

    @cached_property
    def prepared(self) -> Prepared:
        """Return the data of the experiment on the requested split."""
        experiment = self.bench.experiment(self.name, f"split.seed={self.bench.split_seed}")
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
        return save_rows(self.bench.folder / f"{self.name}.npz", split.train, split.validation)

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
