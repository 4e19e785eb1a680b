"""A row on features: a large catalogue whose items have many categories."""

from __future__ import annotations

from benchmarks.environment import Bench
from benchmarks.rows import Row, long_row

_CATEGORIES = """
import json, resource, sys, time
import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Catalogue, Ratings
from recsys.experiment import load_experiment
from recsys.models.training_data import TrainingData
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.training.cohort import Trainer
from recsys.training.trial import Trial
name, epochs, users, items, categories, count = sys.argv[1], *map(int, sys.argv[2:])
random = np.random.default_rng(0)
drawn = random.integers(0, categories, (items, 10))
ones, starts = np.ones(drawn.size, np.float32), np.arange(0, drawn.size + 1, 10)
features = csr_array((ones, drawn.ravel(), starts), shape=(items, categories))
features.sum_duplicates()
names = [f"category={number}" for number in range(categories)]
table = FeatureTable(features, names, ["category"] * categories)
catalogue = Catalogue(pd.RangeIndex(users), pd.RangeIndex(items), item_features=table)
by_category = features.tocsc()  # a user chooses among the items of one category
who = random.integers(0, users, count)
liked = random.integers(0, categories, users)[who]
place = random.random(count) * np.diff(by_category.indptr)[liked]
what = by_category.indices[by_category.indptr[liked] + place.astype(np.int64)]
who, what = np.divmod(np.unique(who * items + what), items)
who, what, weights = who.astype(np.int32), what.astype(np.int32), np.ones(len(who), np.float32)
events = Ratings(who, what, weights, None, catalogue, (0.0, 1.0), "synthetic", implicit=True)
split = make_split(events, SplitSettings())
data = TrainingData(split.train, split.validation)
experiment = load_experiment(f"experiments/{name}.toml", ["training.patience=0", "objective.users=200"])
trainer = Trainer(experiment.model, data, experiment.training, experiment.objective)
point = {**experiment.default_point, "embedding_size": 32}
if point.get("solver") != "als":
    point |= {"negatives": 256, "batch_size": 8192}
began = time.perf_counter()
trainer.train([Trial(0, point, 0, epochs)])
print(json.dumps({"seconds": time.perf_counter() - began,
                  "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""


@long_row
def many_features(bench: Bench) -> Row:
    """Measure two epochs by gradients and a round of least squares on a million items with ten categories each."""
    size = 200_000, 1_000_000, 10_000, 2_000_000
    (adam, _), (als, _) = (bench.python(_CATEGORIES, *how, *size) for how in (("mf_top_n", 2), ("als_top_n", 1)))
    peak = max(adam["peak"], als["peak"]) / 2**30
    what = "2 M events, 1 M items of 10,000 categories: 2 epochs of mf with 256 shared negatives, a round of als"
    ours = f"{adam['seconds']:.0f} s, {als['seconds']:.0f} s, {peak:.1f} GiB"
    minutes = (adam["seconds"] + als["seconds"]) / 60
    return Row("many_features", what, ours, "", minutes / 15, "15 min, 6 GiB", minutes <= 15 and peak <= 6)
