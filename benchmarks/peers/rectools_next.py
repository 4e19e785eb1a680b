"""RecTools' SASRec, the epochs chosen on validation; it learns from the newest LENGTH events of each user alone.

Usage: rectools_next.py ROWS.npz SCORES.npy EPOCHS LENGTH
"""

import logging
import os
import sys
import tempfile
import warnings

import numpy as np
import pandas as pd
import torch
from list_search import ITEMS, TRIALS, USERS, Judge, columns
from pytorch_lightning import Trainer, seed_everything
from rectools import Columns
from rectools.dataset import Dataset
from rectools.models import SASRecModel

LENGTH = int(sys.argv[4])
STEP, PATIENCE, LISTED = 5, 3, 100
os.chdir(tempfile.mkdtemp(prefix="rectools-"))  # it leaves logs where it runs
logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
warnings.simplefilter("ignore")
torch.set_num_threads(1)


def trainer():
    """A trainer that writes and prints nothing."""
    silent = ("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary")
    return Trainer(accelerator="cpu", max_epochs=1, min_epochs=1, **dict.fromkeys(silent, False))


class Fit:
    """A model in training."""

    def __init__(self, *parts):
        users, items, _ = columns(*parts)
        places = pd.to_datetime(np.arange(len(users)), unit="s")  # in the order of time
        rows = {Columns.User: users, Columns.Item: items, Columns.Weight: 1.0, Columns.Datetime: places}
        self.dataset = Dataset.construct(pd.DataFrame(rows))
        seed_everything(1)
        self.model = SASRecModel(
            n_factors=64, n_heads=2, session_max_len=LENGTH, batch_size=16, dropout_rate=0.5, loss="softmax",
            get_trainer_func=trainer, recommend_torch_device="cpu",
        )  # fmt: skip

    def epochs(self, count):
        """Train for some epochs more."""
        self.model.fit_partial(self.dataset, min_epochs=count, max_epochs=count)

    def scores(self):
        """Scores of the first unseen items of each user in the benchmark's codes, and -∞ for others."""
        lists = self.model.recommend(np.arange(USERS), self.dataset, k=LISTED, filter_viewed=True)
        table = np.full((USERS, ITEMS), -np.inf, np.float32)
        table[lists[Columns.User], lists[Columns.Item]] = lists[Columns.Score]
        return table


judge = Judge()
fit, values = Fit("train"), []
while len(values) * STEP < TRIALS and len(values) - np.argmax([*values, -np.inf]) <= PATIENCE:
    fit.epochs(STEP)
    values.append(judge.validation(fit.scores()))
fit = Fit("train", "validation")
fit.epochs(STEP * (1 + int(np.argmax(values))))
judge.test(fit.scores())
