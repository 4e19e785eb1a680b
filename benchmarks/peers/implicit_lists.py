"""implicit's ALS or BPR, Optuna's TPE glued around it by hand.

Usage: implicit_lists.py RATINGS.npz SCORES.npy TRIALS als|bpr
"""

import sys

from implicit.cpu.als import AlternatingLeastSquares
from implicit.cpu.bpr import BayesianPersonalizedRanking
from list_search import search
from threadpoolctl import threadpool_limits


def als(weights, **point):
    """Scores of alternating least squares."""
    return scores(AlternatingLeastSquares(random_state=1, **point), weights)


def bpr(ones, **point):
    """Scores of Bayesian personalised ranking, which takes no weights; the biases are columns of the factors."""
    return scores(BayesianPersonalizedRanking(random_state=1, **point), ones)


def scores(model, weights):
    """Fit and score every item for every user."""
    model.fit(weights, show_progress=False)
    return model.user_factors @ model.item_factors.T


def of_als(trial):
    """A positive weighs alpha, a lower rating its part of it, what is unobserved 1; the penalty is that of any row."""
    return {
        "factors": trial.suggest_int("factors", 16, 128, step=16),
        "regularization": trial.suggest_float("regularization", 0.1, 300, log=True),
        "alpha": trial.suggest_float("alpha", 0.5, 50, log=True),
        "iterations": trial.suggest_int("iterations", 4, 16),
    }


def of_bpr(trial):
    """Around the defaults."""
    return {
        "factors": trial.suggest_int("factors", 16, 128, step=16),
        "learning_rate": trial.suggest_float("learning_rate", 3e-3, 1e-1, log=True),
        "regularization": trial.suggest_float("regularization", 1e-3, 1e-1, log=True),
        "iterations": trial.suggest_int("iterations", 25, 200, step=25),
    }


with threadpool_limits(1, "blas"):  # as implicit asks for: its own threads are over rows
    search(*{"als": (als, of_als), "bpr": (bpr, of_bpr)}[sys.argv[4]], weighted=sys.argv[4] == "als")
