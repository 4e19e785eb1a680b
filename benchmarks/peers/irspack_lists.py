"""irspack's own tuner, Optuna's TPE with pruning over its compiled iALS, on its own evaluator.

Usage: irspack_lists.py RATINGS.npz SCORES.npy TRIALS
"""

import numpy as np
import optuna
from irspack import Evaluator, IALSRecommender
from list_search import TRIALS, USERS, Judge, matrix

optuna.logging.set_verbosity(optuna.logging.WARNING)
SEEN_WEIGHTS = (0.0, 0.15, 0.3, 0.5)
"""What ratings that are no positives weigh; the tuner searches all else, with its share of the trials for each."""
evaluator = Evaluator(matrix("validation"), cutoff=10, masked_interactions=matrix("train", rated=True))
everybody = np.arange(USERS)


def scores(weights, point):
    """Fit and score every item for every user."""
    return IALSRecommender(weights, **point).learn().get_score(everybody)


def tuned(judge, seen_weight):
    """The best value, the weight and the point of the peer's own tuner at that weight."""
    began = judge.seconds
    train = matrix("train", seen_weight=seen_weight)
    best, history = IALSRecommender.tune(train, evaluator, n_trials=TRIALS // len(SEEN_WEIGHTS), tuning_random_seed=1)
    complete = history[history["state"] == "COMPLETE"]
    after = (complete["datetime_complete"] - history["datetime_start"].min()).dt.total_seconds()
    for seconds, value in zip(after, -complete["value"], strict=True):
        judge.heard(began + seconds, value)
    return -complete["value"].min(), seen_weight, best


judge = Judge()
_, seen_weight, best = max((tuned(judge, weight) for weight in SEEN_WEIGHTS), key=lambda found: found[0])
with judge.uncharged():
    again = scores(matrix("train", seen_weight=seen_weight), best)
judge.validation(again)
judge.test(scores(matrix("train", "validation", seen_weight=seen_weight), best))
