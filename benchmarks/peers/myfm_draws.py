"""myFM's Gibbs sampler over ids alone; prints seconds a draw and the validation error of the mean of all draws.

Usage: myfm_draws.py RATINGS.npz RANK DRAWS BURN_IN
"""

import json
import sys
import time

import myfm
import numpy as np
from scipy.sparse import csr_matrix

rows = np.load(sys.argv[1])
rank, draws, burn_in = map(int, sys.argv[2:])
users, items = int(rows["users"]), int(rows["items"])


def features(part):
    """A one for the user and a one for the item of every rating."""
    pairs = np.stack([rows[f"{part}_users"], users + rows[f"{part}_items"]], axis=1)
    starts = np.arange(len(pairs) + 1) * 2
    return csr_matrix((np.ones(pairs.size), pairs.ravel(), starts), shape=(len(pairs), users + items))


model = myfm.MyFMRegressor(rank=rank, random_seed=0)
train, values = features("train"), rows["train_values"].astype(float)
began = time.perf_counter()
model.fit(train, values, n_iter=draws, n_kept_samples=draws - burn_in, group_shapes=[users, items])
seconds = (time.perf_counter() - began) / draws
predicted = np.clip(model.predict(features("validation")), 1, 5)
error = float(np.sqrt(np.mean((predicted - rows["validation_values"]) ** 2)))
print(json.dumps({"per_draw": seconds, "rmse": error}))
