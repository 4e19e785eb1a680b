"""How far one coordinator reaches: `python -m benchmarks.coordinator [--trials 100000]`.

Training is simulated and takes no time of this machine; the study and the MLflow tracking are the real ones. For each
sampler it measures what a trial costs the coordinator as the study grows, then says how busy that keeps it with 10 to
1,000 workers that train a trial for a minute each. What is busy more than all of the time is what saturates first.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.environment import Bench, machine
from recsys.models.catalog import build_model, weights_of
from recsys.studies.make import make_study
from recsys.tracking.mlflow_store import MlflowStore
from recsys.training.trial import Result, State, Told, Trial
from recsys.workflows.prepare import prepare
from recsys.workflows.sweep import header

_WORKERS = (10, 100, 1000)
_TRAINING = 60.0
_MARKS = (100, 1_000, 3_000, 10_000, 30_000, 100_000)
_PATIENCE = 120.0
"""Seconds after which a sampler has shown how it grows."""


def study_costs(sampler: str, most: int) -> Iterator[tuple[int, float]]:
    """How many trials there were, and the milliseconds that a trial then cost to ask for and to tell."""
    experiment = Bench().experiment("mf", f"study.sampler={sampler}", f"study.trials={most}")
    study = make_study(experiment.study, experiment.search_space, experiment.default_point, 30, "minimize")
    random, begun = np.random.default_rng(0), time.perf_counter()
    done = 0
    while done < most and time.perf_counter() - begun < _PATIENCE:
        started = time.perf_counter()
        trials = study.ask(experiment.study.asked_at_once)
        for trial in trials:
            study.tell(trial, Told(State.COMPLETE, float(random.normal(0.93, 0.01))))
        before, done = done, done + len(trials)
        if any(before < mark <= done for mark in _MARKS):
            yield done, 1e3 * (time.perf_counter() - started) / len(trials)


def tracking_cost(trials: int = 200) -> float:
    """Milliseconds that a trial costs to track, with its embeddings, in a SQLite store."""
    experiment = Bench().experiment("mf")
    prepared = prepare(experiment)
    data = Bench().data
    point = experiment.default_point
    weights = weights_of(build_model(experiment.model, data.shape, point, 0))
    store = MlflowStore(f"sqlite:///{tempfile.mkdtemp()}/mlflow.db")
    tracker = store.create_sweep(header(prepared, "simulated", "sweep"), prepared.catalogue)
    history: Any = {name: [0.93] * 30 for name in ("train_loss", "rmse", "mae", "rounded_mae")}
    values = dict.fromkeys(("rmse", "mae", "rounded_mae"), 0.93)
    started = time.perf_counter()
    for first in range(0, trials, 16):
        asked = [Trial(number, point, number, 30) for number in range(first, min(first + 16, trials))]
        tracker.start(asked)
        for trial in asked:
            tracker.finish(Result(trial, State.COMPLETE, history, 0, values, weights, 60.0))
    tracker.flush()
    return 1e3 * (time.perf_counter() - started) / trials


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coordinator", description=__doc__)
    parser.add_argument("--trials", type=int, default=100_000)
    most = parser.parse_args().trials
    print(f"{machine()}. Trials of {_TRAINING:.0f} s each; share of the coordinator's time.\n")
    print("| part | trials so far | ms a trial |" + "".join(f" {n} workers |" for n in _WORKERS))
    print("|---|---|---|" + "---|" * len(_WORKERS))
    _line("tracking (SQLite, embeddings)", 200, tracking_cost())
    for sampler in ("random", "tpe"):
        for trials, cost in study_costs(sampler, most):
            _line(f"study ({sampler})", trials, cost)


def _line(part: str, trials: int, cost: float) -> None:
    shares = [f" {n / _TRAINING * cost / 1e3:.1%} |" for n in _WORKERS]
    print(f"| {part} | {trials:,} | {cost:.2f} |{''.join(shares)}", flush=True)


if __name__ == "__main__":
    main()
