"""Rows on lists: a trial-epoch, and forty trials with a solver."""

from __future__ import annotations

import numpy as np

from benchmarks.environment import Bench
from benchmarks.rows import Row, row
from benchmarks.training import seconds_per_epoch
from recsys.models.training_data import TrainingData
from recsys.workflows.search.prepare import prepare

_MEMBERS = 8
SHAPE_OF_LATEST_SMALL = (
    'data.source="synthetic"',
    "data.synthetic={users = 672, items = 9066, ratings = 100000, rank = 16}",
    "data.positive_from=4",
)
"""The overrides for a data set with the numbers of users, items and ratings of MovieLens-latest-small."""


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
def list_epoch_of_many_items(bench: Bench) -> Row:
    """Measure a trial-epoch of MF of size 144 on lists over as many items as MovieLens-latest-small has.

    The trial is a cohort of its own, as in a sweep.
    """
    experiment = bench.experiment("mf_top_n", *SHAPE_OF_LATEST_SMALL)
    split = prepare(experiment).split
    seconds = seconds_per_epoch(experiment, TrainingData(split.train, split.validation), [144])
    what = "MF for lists over 9,066 items, 672 users, size 144, a trial-epoch"
    return Row(
        "list_epoch_of_many_items", what, f"{1e3 * seconds:.0f} ms", "", 0.25 / seconds, "≤ 250 ms", seconds <= 0.25
    )


@row
def forty_solved(bench: Bench) -> Row:
    """Measure the whole process of 40 tracked trials with alternating least squares, including start-up."""
    seconds = bench.sweep("--trials", "40", name="als_top_n").seconds
    what = "40 trials with solver als, a process with its start-up"
    return Row("forty_solved", what, f"{seconds:.1f} s", "", 30 / seconds, "≤ 30 s", seconds <= 30)
