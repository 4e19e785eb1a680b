"""What the peers' searches for lists share: the matrices, the judge at the other end of the pipe, Optuna around a fit.

A script is given RATINGS.npz, the file that it leaves scores in, and how many trials. All that it prints goes to
standard error; on standard output it says which part it has scored and after how many seconds, and for validation it is
answered with the value. The seconds count from the judge's making, imports done, and stand still while it is judged.
"""

import json
import os
import sys
import time
from contextlib import contextmanager

import numpy as np
import optuna
from scipy.sparse import csr_matrix

_TOLD = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
_ROWS = np.load(sys.argv[1])
_SCORES = sys.argv[2]
TRIALS = int(sys.argv[3])
USERS, ITEMS = int(_ROWS["users"]), int(_ROWS["items"])


def columns(*parts):
    """Users, items and values of parts of the split; rows for what comes next are by user, the oldest first."""
    return [np.concatenate([_ROWS[f"{part}_{name}"] for part in parts]) for name in ("users", "items", "values")]


def matrix(*parts, rated=False, seen_weight=0.0):
    """The positives, or all that is rated, of parts of the split: ones (U, I), and `seen_weight` for other ratings."""
    users, items, values = columns(*parts)
    weights = np.where((values >= _ROWS["positive_from"]) | rated, 1.0, seen_weight).astype(np.float32)
    kept = weights > 0
    return csr_matrix((weights[kept], (users[kept], items[kept])), shape=(USERS, ITEMS))


def features():
    """The features of items (I, F), the same as this project's."""
    data, indices, indptr, shape = (_ROWS[f"features_{name}"] for name in ("data", "indices", "indptr", "shape"))
    return csr_matrix((data, indices, indptr), shape=tuple(shape))


class Judge:
    """Has scores measured by the benchmark's own metric."""

    def __init__(self):
        self.began = time.perf_counter()

    @property
    def seconds(self):
        """Since the search began, judging taken off."""
        return time.perf_counter() - self.began

    def heard(self, seconds, value):
        """Pass on what a tuner of the peer's own has measured itself, and when."""
        self._tell(part="own", seconds=seconds, value=value)

    def validation(self, scores):
        """NDCG@10 of scores (U, I) by a model of the train part."""
        with self.uncharged():
            self._leave("validation", scores)
            return float(sys.stdin.readline())

    @contextmanager
    def uncharged(self):
        """What is done for the judge and is no part of a search."""
        began = time.perf_counter()
        yield
        self.began += time.perf_counter() - began

    def test(self, scores):
        """Leave the scores (U, I) of a model of train and validation; what they are worth is not told."""
        self._leave("test", scores)

    def _leave(self, part, scores):
        seconds = self.seconds
        np.save(_SCORES, np.asarray(scores, np.float32))
        self._tell(part=part, seconds=seconds)

    @staticmethod
    def _tell(**said):
        _TOLD.write(json.dumps(said) + "\n")
        _TOLD.flush()


def search(fit, suggest, *, weighted=False):
    """Optuna's TPE over `suggest(trial)`, each point scored by `fit(matrix, **point)` (U, I), the best one refitted.

    Where the peer takes `weighted` matrices, what ratings that are no positives weigh is searched too, as for ours.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    judge = Judge()

    def scored(parts, seen_weight=0.0, **point):
        return fit(matrix(*parts, seen_weight=seen_weight), **point)

    def value(trial):
        seen = {"seen_weight": trial.suggest_float("seen_weight", 0.0, 1.0)} if weighted else {}
        return judge.validation(scored(("train",), **seen, **suggest(trial)))

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=1))
    study.optimize(value, n_trials=TRIALS)
    judge.test(scored(("train", "validation"), **study.best_params))
