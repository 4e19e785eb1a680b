"""A program for a copy of the suite: it runs a sweep that uses one addition of every kind."""

from pathlib import Path

from recsys.tracking.added import AddedTracker

import recsys
from recsys.evaluation.baselines.table import BASELINES
from recsys.evaluation.baselines.tuning import tune
from recsys.execution.make import Execution
from recsys.experiment import experiment_from
from recsys.workflows.search.prepare import prepare, stops_of, study_of
from recsys.workflows.search.progress import unwatched
from recsys.workflows.search.run_study import executing, run_study
from recsys.workflows.search.stored import header_of

assert Path(recsys.__file__).is_relative_to(Path.cwd()), recsys.__file__
document = {
    "data": {"source": "synthetic", "synthetic": {"users": 30, "items": 20, "ratings": 400}},
    "split": {"kind": "added_split"},
    "model": {"kind": "added_model"},
    "space": {"learning_rate": {"type": "float", "low": 1e-3, "high": 1e-1, "scale": "log"}},
    "point": {"loss": "added_loss", "batch_size": 64},
    "study": {"sampler": "added_sampler", "trials": 3, "batch": 2},
    "training": {"epochs": 2},
    "objective": {"metric": "added_metric"},
}
prepared = prepare(experiment_from(document, source="document", folder=Path.cwd(), name="added"))
header = header_of(prepared, "added", "sweep")
study, stops, tracker = study_of(prepared), stops_of(prepared), AddedTracker(header, prepared.catalogue)
with executing(prepared, study, Execution("added_executor"), stops) as executor:
    result = run_study(prepared, study, executor, tracker, [], "added", unwatched, stops)

split = prepared.split
assert len(split.validation) == 64
assert prepared.protocol["split.kind"] == '"added_split"'
assert type(executor).__name__ == "AddedExecutor"
assert result.trials == {"complete": 3, "pruned": 0, "failed": 0}, result
assert tracker.finished
assert tracker.stopped == result.stopped == "trials = 3: all were made"
assert len({record.point["learning_rate"] for record in tracker.records()}) == 3
assert {record.point["loss"] for record in tracker.records()} == {"added_loss"}
assert result.best.value == min(record.values["added_metric"] for record in tracker.records())
chosen = tune(BASELINES["added_baseline"], split.train, split.validation, prepared.experiment.objective)
assert chosen.scored.values["added_metric"] > 0
