"""LensKit's implicit ALS or EASE, Optuna's TPE glued around it by hand.

Usage: lenskit_lists.py RATINGS.npz SCORES.npy TRIALS als|ease
"""

import sys

import numpy as np
import pandas as pd
from lenskit.als import ImplicitMFScorer
from lenskit.data import ItemList, RecQuery, from_interactions_df
from lenskit.knn import EASEScorer
from list_search import ITEMS, USERS, search

EVERYTHING = ItemList(item_ids=np.arange(ITEMS))


def als(weights, **point):
    """Scores of alternating least squares, where a pair weighs `weight` times its rating."""
    return scores(ImplicitMFScorer(use_ratings=True, **point), weights)


def ease(ones, **point):
    """Scores of EASE, which takes no weights."""
    return scores(EASEScorer(**point), ones)


def scores(model, weights):
    """Train, and score every item for every user as a pipeline does, from the user's history; -∞ without one."""
    pairs = weights.tocoo()
    data = from_interactions_df(pd.DataFrame({"user_id": pairs.row, "item_id": pairs.col, "rating": pairs.data}))
    model.train(data)
    table = np.full((USERS, ITEMS), -np.inf, np.float32)
    for user in np.unique(pairs.row):
        query = RecQuery(user_id=user, user_items=data.user_row(user))
        table[user] = np.nan_to_num(model(query, EVERYTHING).scores(), nan=-np.inf)
    return table


def of_als(trial):
    """The weight of a positive; what is unobserved weighs 1, and the penalty does not grow with a row."""
    return {
        "embedding_size": trial.suggest_int("embedding_size", 16, 128, step=16),
        "regularization": trial.suggest_float("regularization", 0.1, 300, log=True),
        "weight": trial.suggest_float("weight", 0.5, 50, log=True),
        "epochs": trial.suggest_int("epochs", 4, 16),
    }


def of_ease(trial):
    """The one parameter that it has."""
    return {"regularization": trial.suggest_float("regularization", 30, 3000, log=True)}


search(*{"als": (als, of_als), "ease": (ease, of_ease)}[sys.argv[4]], weighted=sys.argv[4] == "als")
