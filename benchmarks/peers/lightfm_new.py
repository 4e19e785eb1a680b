"""LightFM with the features of items, by WARP, Optuna's TPE glued around it by hand.

Usage: lightfm_new.py ROWS.npz SCORES.npy TRIALS
"""

import numpy as np
from lightfm import LightFM
from list_search import features, search
from scipy.sparse import diags, hstack

FEATURES = features()


def fit(ones, *, ids, epochs, **point):
    """Scores of every item for every user; a new item is the sum of its features alone.

    Where `ids` is true, an item with a positive also has an embedding of its own, as LightFM advises.
    """
    known = diags((np.diff(ones.tocsc().indptr) > 0).astype(np.float32))
    items = hstack([known, FEATURES], format="csr") if ids else FEATURES
    model = LightFM(loss="warp", random_state=1, **point)
    model.fit(ones, item_features=items.astype(np.float32), epochs=epochs, num_threads=1)
    item_biases, item_factors = model.get_item_representations(items)
    return model.user_embeddings @ item_factors.T + item_biases


def suggest(trial):
    """Around what it found on another split in a search around its defaults."""
    return {
        "ids": trial.suggest_categorical("ids", [False, True]),
        "no_components": trial.suggest_int("no_components", 32, 128, step=32),
        "learning_rate": trial.suggest_float("learning_rate", 1e-3, 3e-2, log=True),
        "item_alpha": trial.suggest_float("item_alpha", 1e-6, 1e-3, log=True),
        "user_alpha": trial.suggest_float("user_alpha", 1e-6, 1e-3, log=True),
        "epochs": trial.suggest_int("epochs", 10, 60, log=True),
    }


search(fit, suggest)
