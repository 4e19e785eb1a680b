"""RecBole's EASE or BPR, neither of which takes weights, Optuna's TPE glued around it by hand.

Usage: recbole_lists.py RATINGS.npz SCORES.npy TRIALS ease|bpr
"""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from list_search import ITEMS, USERS, search
from recbole.config import Config
from recbole.data import create_dataset
from recbole.data.utils import get_dataloader
from recbole.sampler import Sampler
from recbole.utils import get_model, get_trainer, init_seed

for old, new in {"float_": np.float64, "complex_": np.complex128, "unicode_": np.str_}.items():
    setattr(np, old, new)  # NumPy 2 has dropped them, and RecBole asks for them

NAME = {"ease": "EASE", "bpr": "BPR"}[sys.argv[4]]
FOLDER = Path(tempfile.mkdtemp(prefix="recbole-"))
sys.argv[1:] = []  # RecBole would read settings there
os.chdir(FOLDER)  # and leaves its logs where it runs
FIXED = {
    "data_path": str(FOLDER.parent),
    "checkpoint_dir": str(FOLDER),
    "benchmark_filename": ["train"],
    "use_gpu": False,
    "show_progress": False,
    "state": "ERROR",
}


def fit(ones, **point):
    """Train as `run_recbole` does, without its own evaluation, and score every item for every user."""
    users, items = ones.nonzero()
    lines = ["user_id:token\titem_id:token", *(f"{user}\t{item}" for user, item in zip(users, items, strict=True))]
    (FOLDER / f"{FOLDER.name}.train.inter").write_text("\n".join(lines) + "\n")
    config = Config(model=NAME, dataset=FOLDER.name, config_dict={**FIXED, **point})
    init_seed(1, reproducibility=True)
    (train,) = create_dataset(config).build()
    sampler = Sampler(["train"], [train]).set_phase("train")
    batches = get_dataloader(config, "train")(config, train, sampler, shuffle=True)
    model = get_model(config["model"])(config, train)
    get_trainer(config["MODEL_TYPE"], config["model"])(config, model).fit(batches, saved=False)
    return scores(model, train)


def scores(model, dataset):
    """Scores in the benchmark's codes; -∞ for users and items that it has not seen."""
    names = [dataset.field2id_token[name][1:].astype(int) for name in ("user_id", "item_id")]
    everybody = {"user_id": torch.arange(1, len(names[0]) + 1)}
    with torch.no_grad():
        found = model.full_sort_predict(everybody).reshape(len(names[0]), -1)[:, 1:].numpy()
    table = np.full((USERS, ITEMS), -np.inf, np.float32)
    table[np.ix_(*names)] = found
    return table


def suggest(trial):
    """EASE's one parameter; of BPR also the weight decay and the epochs, for it has no penalty of its own."""
    if NAME == "EASE":
        return {"reg_weight": trial.suggest_float("reg_weight", 30, 3000, log=True)}
    return {
        "embedding_size": trial.suggest_int("embedding_size", 16, 128, step=16),
        "learning_rate": trial.suggest_float("learning_rate", 5e-4, 1e-2, log=True),
        "weight_decay": trial.suggest_float("weight_decay", 1e-7, 1e-4, log=True),
        "epochs": trial.suggest_int("epochs", 10, 60, step=10),
    }


search(fit, suggest)
