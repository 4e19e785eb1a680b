"""implicit's ALS, and scikit-learn's ridge regression of its item factors on the features of items, glued by hand.

Usage: implicit_new.py ROWS.npz SCORES.npy TRIALS
"""

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from list_search import features, search
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

FEATURES = features()


def fit(ones, *, ridge, by_count, **point):
    """Scores of every item for every user, from the factors that the features predict.

    The regression is on the items with a positive; where `by_count` is true, each weighs as much as it has positives.
    """
    counts = np.diff(ones.tocsc().indptr)
    known = np.flatnonzero(counts)
    model = AlternatingLeastSquares(random_state=1, num_threads=1, **point)
    model.fit(ones[:, known], show_progress=False)
    weights = counts[known] if by_count else None
    predicted = Ridge(ridge).fit(FEATURES[known].toarray(), model.item_factors, weights)
    return model.user_factors @ predicted.predict(FEATURES.toarray()).T


def suggest(trial):
    """Around what it found on another split in a longer search of the ranges of the comparison of lists."""
    return {
        "factors": trial.suggest_int("factors", 16, 128, step=16),
        "regularization": trial.suggest_float("regularization", 3, 300, log=True),
        "alpha": trial.suggest_float("alpha", 0.5, 50, log=True),
        "iterations": trial.suggest_int("iterations", 4, 16),
        "ridge": trial.suggest_float("ridge", 1, 300, log=True),
        "by_count": trial.suggest_categorical("by_count", [False, True]),
    }


with threadpool_limits(1, "blas"):
    search(fit, suggest)
