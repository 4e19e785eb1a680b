"""Rows on lists: a trial-epoch, and forty trials with a solver."""

from __future__ import annotations

import numpy as np

from benchmarks.environment import Bench
from benchmarks.rows import Row, row
from benchmarks.training import seconds_per_epoch
from recsys.models.training_data import TrainingData

_MEMBERS = 8


@row
def list_epoch(bench: Bench) -> Row:
    """Measure a trial-epoch of MF of size 32 on lists, with batches of users and validation after every epoch."""
    experiment, data = bench.experiment("mf_top_n"), bench.lists
    unmeasured = TrainingData(data.train, data.validation.take(np.arange(0)))
    whole, training = (
        1e3 * seconds_per_epoch(experiment, some, [32] * _MEMBERS) / _MEMBERS for some in (data, unmeasured)
    )
    what = f"MF for lists, size 32, {_MEMBERS} members, a trial-epoch (training alone)"
    return Row("list_epoch", what, f"{whole:.1f} ms ({training:.1f} ms)", "", 25 / whole, "≤ 25 ms", whole <= 25)


@row
def forty_solved(bench: Bench) -> Row:
    """Measure the whole process of 40 tracked trials with alternating least squares, including start-up."""
    seconds = bench.sweep("--trials", "40", name="als_top_n").seconds
    what = "40 trials with solver als, a process with its start-up"
    return Row("forty_solved", what, f"{seconds:.1f} s", "", 30 / seconds, "≤ 30 s", seconds <= 30)
