"""RecBole's SASRec or GRU4Rec, the epochs chosen on validation.

Usage: recbole_next.py ROWS.npz SCORES.npy EPOCHS sasrec|gru4rec
"""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from list_search import ITEMS, TRIALS, USERS, Judge, columns
from recbole.config import Config
from recbole.data import create_dataset
from recbole.data.utils import get_dataloader
from recbole.utils import get_model, get_trainer, init_seed

for old, new in {"float_": np.float64, "complex_": np.complex128, "unicode_": np.str_}.items():
    setattr(np, old, new)  # NumPy 2 has dropped them, and RecBole asks for them

NAME = {"sasrec": "SASRec", "gru4rec": "GRU4Rec"}[sys.argv[4]]
PATIENCE = 3
FOLDER = Path(tempfile.mkdtemp(prefix="recbole-"))
sys.argv[1:] = []  # RecBole would read settings there
os.chdir(FOLDER)  # and leaves its logs where it runs
torch.set_num_threads(1)
SETTINGS = {
    "data_path": str(FOLDER.parent),
    "checkpoint_dir": str(FOLDER),
    "load_col": {"inter": ["user_id", "item_id", "timestamp"]},
    "eval_args": {"split": {"RS": [1, 0, 0]}, "group_by": "none", "order": "TO", "mode": "full"},  # all for training
    "loss_type": "CE",
    "train_neg_sample_args": None,
    "MAX_ITEM_LIST_LENGTH": 50,
    "train_batch_size": 256,  # few epochs fit the time of a run: more steps in each
    "hidden_size": 64,
    "inner_size": 64,  # of SASRec, as in its paper
    "use_gpu": False,
    "show_progress": False,
    "state": "ERROR",
}


class Fit:
    """A model in training; every event of a history is predicted from those before it, as RecBole augments them."""

    def __init__(self, *parts):
        users, items, _ = columns(*parts)
        lines = ["user_id:token\titem_id:token\ttimestamp:float"]
        lines += [f"{user}\t{item}\t{place}" for place, (user, item) in enumerate(zip(users, items, strict=True))]
        (FOLDER / f"{FOLDER.name}.inter").write_text("\n".join(lines) + "\n")
        self.config = Config(model=NAME, dataset=FOLDER.name, config_dict=SETTINGS)
        init_seed(1, reproducibility=True)
        self.train, _, _ = create_dataset(self.config).build()
        self.batches = get_dataloader(self.config, "train")(self.config, self.train, None, shuffle=True)
        self.model = get_model(NAME)(self.config, self.train)
        self.trainer = get_trainer(self.config["MODEL_TYPE"], NAME)(self.config, self.model)
        self.users, self.items = users, items

    def epoch(self, number):
        """Train as RecBole does for one epoch, without its own evaluation."""
        self.trainer.start_epoch, self.trainer.epochs = number, number + 1
        self.trainer.fit(self.batches, verbose=False, saved=False)

    def scores(self):
        """Scores in the benchmark's codes after whole histories; -∞ for items that it has not seen."""
        names = self.train.field2id_token["item_id"][1:].astype(int)
        code = np.zeros(ITEMS, np.int64)
        code[names] = np.arange(1, len(names) + 1)
        length = SETTINGS["MAX_ITEM_LIST_LENGTH"]
        order = np.argsort(self.users, kind="stable")
        histories = np.split(code[self.items[order]], np.cumsum(np.bincount(self.users, minlength=USERS))[:-1])
        newest, lengths = torch.zeros(USERS, length, dtype=torch.int64), torch.zeros(USERS, dtype=torch.int64)
        for user, history in enumerate(histories):
            lengths[user] = min(len(history), length)
            newest[user, : lengths[user]] = torch.from_numpy(history[-length:])
        self.model.eval()
        with torch.no_grad():
            found = self.model.full_sort_predict({"item_id_list": newest, "item_length": lengths})
        table = np.full((USERS, ITEMS), -np.inf, np.float32)
        table[:, names] = found.numpy()[:, 1:]
        return table


judge = Judge()
fit, values = Fit("train"), []
while len(values) < TRIALS and len(values) - np.argmax([*values, -np.inf]) <= PATIENCE:
    fit.epoch(len(values))
    values.append(judge.validation(fit.scores()))
fit = Fit("train", "validation")
for number in range(1 + int(np.argmax(values))):
    fit.epoch(number)
judge.test(fit.scores())
