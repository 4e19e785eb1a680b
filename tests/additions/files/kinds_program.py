"""A program for a copy of the suite: it tunes, promotes and serves each added kind of model, and folds in a person."""

import sys
from pathlib import Path

import mlflow

import recsys
from recsys.experiment import experiment_from
from recsys.models.inputs import Input
from recsys.models.kinds import KINDS

assert Path(recsys.__file__).is_relative_to(Path.cwd()), recsys.__file__
kind, store = sys.argv[1:]
document = {
    "data": {"source": "synthetic", "synthetic": {"users": 30, "items": 20, "ratings": 400}},
    "model": {"kind": kind},
    "space": {"embedding_size": {"type": "int", "low": 2, "high": 6}},
    "point": {"batch_size": 64},
    "study": {"trials": 3, "batch": 3},
    "training": {"epochs": 2},
}
assert len(KINDS[kind].inputs & {Input.CODES, Input.HISTORY}) == 1
if Input.HISTORY in KINDS[kind].inputs:
    document |= {"split": {"kind": "leave_last"}, "objective": {"metric": "ndcg"}}
experiment = experiment_from(document, source="document", folder=Path.cwd(), name=kind)
swept = recsys.sweep(experiment, tracking_uri=store)
assert swept.trials == {"complete": 3, "pruned": 0, "failed": 0}, swept
recsys.promote(swept.sweep, name=kind, accept_baseline_loss="it is tiny", tracking_uri=store)
known = recsys.recommend(1, n=3, model=kind, tracking_uri=store)
new = recsys.recommend(history=[3, 4, 5], n=3, model=kind, tracking_uri=store)
assert len(known.items) == len(new.items) == 3
assert not {item.item for item in new.items} & {3, 4, 5}
mlflow.set_tracking_uri(store)
served = mlflow.pyfunc.load_model(f"models:/{kind}@champion")
rows = served.predict([{"user": 1, "n": 3}])
assert [item.item for item in known.items] == list(rows["item"]), (known, rows)
