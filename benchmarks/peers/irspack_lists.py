"""irspack's own tuner, Optuna's TPE with pruning over its compiled iALS, on its own evaluator.

Usage: irspack_lists.py RATINGS.npz SCORES.npy TRIALS
"""

import numpy as np
import optuna
from irspack import Evaluator, IALSRecommender
from list_search import TRIALS, USERS, Judge, matrix

optuna.logging.set_verbosity(optuna.logging.WARNING)
train, development = matrix("train"), matrix("train", "validation")
evaluator = Evaluator(matrix("validation"), cutoff=10, masked_interactions=matrix("train", rated=True))
everybody = np.arange(USERS)


def scores(ones, point):
    """Fit and score every item for every user."""
    return IALSRecommender(ones, **point).learn().get_score(everybody)


judge = Judge()
best, history = IALSRecommender.tune(train, evaluator, n_trials=TRIALS, tuning_random_seed=1)
complete = history[history["state"] == "COMPLETE"]
after = (complete["datetime_complete"] - history["datetime_start"].min()).dt.total_seconds()
for seconds, value in zip(after, -complete["value"], strict=True):
    judge.heard(seconds, value)
with judge.uncharged():
    again = scores(train, best)
judge.validation(again)
judge.test(scores(development, best))
