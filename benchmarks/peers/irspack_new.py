"""irspack's iALS with the features of items, Optuna's TPE glued around it by hand.

Usage: irspack_new.py ROWS.npz SCORES.npy TRIALS
"""

import numpy as np
from irspack import IALSRecommender
from list_search import ITEMS, USERS, features, search
from scipy.sparse import csr_matrix, hstack

FEATURES = hstack([csr_matrix(np.ones((ITEMS, 1), np.float32)), features()], format="csr")
"""The features of items (I, 1 + F); the column of ones is the intercept that its regression lacks."""


def fit(ones, *, solved, **point):
    """Scores of every item for every user, from a model of the items with a positive.

    A new item has the embedding that its features predict, or where `solved` is true the solution without positives,
    which lies between that and 0.
    """
    known = np.flatnonzero(np.diff(ones.tocsc().indptr))
    model = IALSRecommender(ones[:, known], item_features=FEATURES[known], n_threads=1, **point).learn()
    if solved:
        items = model.compute_item_embedding_from_features(FEATURES)
    else:
        items = model.trainer_as_ials.transform_item_feature(FEATURES)
    return model.get_user_embedding()[:USERS] @ items.T


def suggest(trial):
    """Around what it found on another split in a longer search of the ranges of its own tuner."""
    return {
        "solved": trial.suggest_categorical("solved", [False, True]),
        "n_components": trial.suggest_int("n_components", 16, 64, step=16),
        "alpha0": trial.suggest_float("alpha0", 3e-2, 1, log=True),
        "reg": trial.suggest_float("reg", 1e-3, 3e-1, log=True),
        "lambda_item_feature": trial.suggest_float("lambda_item_feature", 1, 1e3, log=True),
        "train_epochs": trial.suggest_int("train_epochs", 4, 16),
    }


search(fit, suggest)
