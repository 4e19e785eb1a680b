"""Surprise's compiled SVD; prints seconds an epoch at one size, or what its grid search over 30 points ends with.

Usage: surprise_svd.py RATINGS.npz SIZE EPOCHS | surprise_svd.py RATINGS.npz grid
"""

import json
import sys
import time

import numpy as np
import pandas as pd
from surprise import SVD, Dataset, Reader
from surprise.model_selection import GridSearchCV

rows = np.load(sys.argv[1])
GRID = {
    "n_factors": [20, 50, 100],
    "lr_all": [0.005, 0.01],
    "reg_all": [0.02, 0.04, 0.06, 0.08, 0.1],
    "n_epochs": [30],
}


def table(part):
    """A part's rows as Surprise reads them."""
    frame = pd.DataFrame({name: rows[f"{part}_{name}"] for name in ("users", "items", "values")})
    return Dataset.load_from_df(frame, Reader(rating_scale=(1, 5)))


class SameRows:
    """A cross-validation whose only fold is the train and validation part that everybody has."""

    def get_n_folds(self):
        """One."""
        return 1

    def split(self, _data):
        """Train and validation."""
        yield table("train").build_full_trainset(), table("validation").build_full_trainset().build_testset()


if sys.argv[2] == "grid":
    began = time.perf_counter()
    search = GridSearchCV(SVD, GRID, measures=["rmse"], cv=SameRows(), n_jobs=2)
    search.fit(table("train"))
    print(json.dumps({"seconds": time.perf_counter() - began, "rmse": float(search.best_score["rmse"])}))
else:
    size, epochs = map(int, sys.argv[2:])
    train = table("train").build_full_trainset()
    SVD(n_factors=size, n_epochs=1).fit(train)
    began = time.perf_counter()
    SVD(n_factors=size, n_epochs=epochs).fit(train)
    print(json.dumps({"per_epoch": (time.perf_counter() - began) / epochs}))
