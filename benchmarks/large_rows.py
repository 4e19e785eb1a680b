"""Rows on large data: tables, ratings, catalogues and files."""

from __future__ import annotations

import json
import math
import tempfile
from typing import Any

from benchmarks.environment import Bench
from benchmarks.rows import Row, at_most, long_row

_SYNTHETIC = """
import json, resource, sys, time
from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import synthetic_ratings
from recsys.experiment import load_experiment
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.training.cohort import Trainer
from recsys.models.training_data import TrainingData
from recsys.training.trial import Trial
users, items, count, batch, members, epochs = map(int, sys.argv[1:])
split = make_split(synthetic_ratings(SyntheticSettings(users=users, items=items, ratings=count)), SplitSettings())
data = TrainingData(split.train, split.validation)
del split
experiment = load_experiment("experiments/mf.toml", ["training.patience=0"])
trainer = Trainer(experiment.model, data, experiment.training, experiment.objective)
point = {**experiment.default_point, "embedding_size": 16, "batch_size": batch}
def timed(last):
    began = time.perf_counter()
    trainer.train([Trial(n, point, n, last) for n in range(members)])
    return time.perf_counter() - began
timed(1)
short = timed(1)
print(json.dumps({"per_epoch": (timed(1 + epochs) - short) / epochs,
                  "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""


@long_row
def large_tables(bench: Bench) -> Row:
    """Measure an epoch with ten times more users and items, and the same ratings.

    Both sizes are above the limit from which tables are updated by rows.
    """
    (small, _), (large, _) = (
        bench.python(_SYNTHETIC, users, items, 400_000, 8192, 4, 3)
        for users, items in ((16_000, 6_000), (160_000, 60_000))
    )
    ours, theirs = 1e3 * large["per_epoch"], 1e3 * small["per_epoch"]
    return at_most("large_tables", "10 times the users and items, same ratings", ours, theirs, 2)


@long_row
def many_ratings(bench: Bench) -> Row:
    """Measure an epoch on 20 million ratings against 2 million; the first column also shows the peak memory."""
    (small, _), (large, _) = (
        bench.python(_SYNTHETIC, 100_000, 20_000, count, 8192, 2, 1) for count in (2_000_000, 20_000_000)
    )
    ratio, gib = large["per_epoch"] / small["per_epoch"], large["peak"] / 2**30
    return Row(
        "many_ratings",
        "20 M ratings / 2 M, time an epoch; peak memory",
        f"{large['per_epoch']:.1f} s, {gib:.2f} GiB",
        f"{small['per_epoch']:.2f} s",
        ratio,
        "≤ 11 and 3 GiB",
        ratio <= 11 and gib <= 3,
    )


EVENTS = {
    "data.synthetic": {"users": 1_000_000, "items": 100_000, "ratings": 20_000_000, "rank": 16},
    "data.min_user_ratings": 0,
    "point.embedding_size": 16,
    "point.batch_size": 8192,
    "study.sampler": "random",
    "study.trials": 8,
    "training.epochs": 3,
    "training.patience": 0,
    "tracking.embeddings": "best",
    "objective.users": 2_000,
}
"""The overrides of `events_top_n`. The sizes imply shared negatives; lists are measured on 2,000 users."""
SHAPE_OF_25M = {"users": 162_000, "items": 59_000, "ratings": 25_000_000, "rank": 16}
"""The numbers of users, items and ratings of MovieLens-25M."""
RATINGS = {
    "data.source": "synthetic",
    "data.synthetic": SHAPE_OF_25M,
    "space.embedding_size": {"type": "int", "low": 8, "high": 16},
    "point.batch_size": 16384,
    "study.sampler": "random",
    "study.trials": 16,
    "training.epochs": 10,
    "training.patience": 0,
    "tracking.embeddings": "best",
}
"""The overrides of `mf`, with as many ratings, users and items as MovieLens-25M."""
_SWEEP = """
import json, resource, sys, tempfile
from recsys.workflows.search.sweep import sweep
store = "sqlite:///" + tempfile.mkdtemp() + "/mlflow.db"
done = sweep(f"experiments/{sys.argv[1]}.toml", overrides=json.loads(sys.argv[2]), tracking_uri=store)
print(json.dumps({"seconds": done.seconds, "complete": done.trials["complete"],
                  "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""


@long_row
def large_catalogue(bench: Bench) -> Row:
    """Measure the peak memory of a sweep on 1 million users, 100,000 items and 20 million events."""
    what = "20 M events of 1 M users and 100,000 items, 8 trials of 3 epochs; peak memory"
    return _swept(bench, "large_catalogue", what, EVENTS, gib=8)


@long_row
def large_sweep(bench: Bench) -> Row:
    """Measure the time and memory of 16 trials of 10 epochs on 25 million ratings, with a limit of 15 minutes."""
    what = "25 M ratings of 162,000 users and 59,000 items, 16 trials of 10 epochs"
    return _swept(bench, "large_sweep", what, RATINGS, gib=4, minutes=15)


def _swept(bench: Bench, name: str, what: str, changes: Any, *, gib: float, minutes: float = math.inf) -> Row:
    experiment = "events_top_n" if changes is EVENTS else "mf"
    swept, _ = bench.python(_SWEEP, experiment, json.dumps(changes))
    took, peak = swept["seconds"] / 60, swept["peak"] / 2**30
    ours = f"{swept['complete']} complete, {60 * took:.0f} s, {peak:.2f} GiB"
    bar = f"≤ {gib} GiB" if math.isinf(minutes) else f"≤ {minutes:g} min and {gib} GiB"
    met = peak <= gib and took <= minutes and swept["complete"] == changes["study.trials"]
    return Row(name, what, ours, "", min(gib / peak, minutes / took), bar, met)


_WRITE = """
import json, sys
import pyarrow as pa, pyarrow.csv, pyarrow.parquet
from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import synthetic_ratings
drawn = synthetic_ratings(SyntheticSettings(**json.loads(sys.argv[1])))
table = pa.table({"userId": drawn.users, "movieId": drawn.items, "rating": drawn.values, "timestamp": drawn.timestamps})
pyarrow.csv.write_csv(table, sys.argv[2] + "/ratings.csv")
pyarrow.parquet.write_table(table, sys.argv[2] + "/ratings.parquet")
print(json.dumps(len(drawn)))
"""
_LOAD = """
import json, resource, sys, time
from pathlib import Path
from recsys.data.load import load_ratings
from recsys.data.settings import DataSettings
settings = DataSettings(source=sys.argv[1], columns={"user": "userId", "item": "movieId", "timestamp": "timestamp"})
began = time.perf_counter()
ratings = load_ratings(settings, Path())
print(json.dumps({"seconds": time.perf_counter() - began, "ratings": len(ratings),
                  "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""


@long_row
def large_files(bench: Bench) -> Row:
    """Measure the seconds to read the same ratings from CSV and from Parquet, and the larger peak memory."""
    with tempfile.TemporaryDirectory(prefix="recsys-bench-") as folder:
        bench.python(_WRITE, json.dumps(SHAPE_OF_25M), folder)
        (csv, _), (parquet, _) = (bench.python(_LOAD, f"{folder}/ratings.{kind}") for kind in ("csv", "parquet"))
    peak = max(csv["peak"], parquet["peak"]) / 2**30
    ours = f"{csv['seconds']:.1f} s, {parquet['seconds']:.1f} s, {peak:.2f} GiB"
    ratio = min(60 / csv["seconds"], 10 / parquet["seconds"])
    return Row("large_files", "25 M ratings out of CSV, out of Parquet", ours, "", ratio, "≤ 60 s, 10 s", ratio >= 1)
