"""implicit's neighbours of items by cosine or BM25, which know no order, Optuna's TPE glued around it by hand.

Usage: implicit_next.py ROWS.npz SCORES.npy TRIALS cosine|bm25
"""

import sys

from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
from list_search import search

MODEL = {"cosine": CosineRecommender, "bm25": BM25Recommender}[sys.argv[4]]


def fit(ones, **point):
    """Scores of every item for every user: the similarities with what the user has had, added up."""
    model = MODEL(num_threads=1, **point)
    model.fit(ones, show_progress=False)
    return (ones @ model.similarity).toarray()


def suggest(trial):
    """The number of neighbours; of BM25 also its two parameters."""
    point = {"K": trial.suggest_int("K", 5, 500, log=True)}
    if MODEL is BM25Recommender:
        point |= {"K1": trial.suggest_float("K1", 0.1, 10, log=True), "B": trial.suggest_float("B", 0, 1)}
    return point


search(fit, suggest)
