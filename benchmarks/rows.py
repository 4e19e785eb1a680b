"""The rows of the table: each measures this project against a reference, with the ratio that it must reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from benchmarks.environment import Bench
from benchmarks.training import in_parts, seconds_per_epoch


@dataclass(frozen=True)
class Row:
    """The result of a measured row."""

    name: str
    what: str
    ours: str
    theirs: str
    ratio: float
    bar: str
    met: bool
    spread: tuple[float, float] | None = None
    """The lowest and the highest ratio of several measurements; this row is the median."""


Measure = Callable[[Bench], Row]
ROWS: dict[str, Measure] = {}
"""The measurements, by the name of the row."""
LONG: set[str] = set()
"""The rows that take many minutes and are measured once."""
_TRIALS, _EPOCHS = 64, 30
_COUNTED = ("--set", "training.patience=0", "--set", "study.sampler=random", "--trials", str(_TRIALS))


def row(measure: Measure) -> Measure:
    """Register a measurement under the name of its function."""
    ROWS[measure.__name__] = measure
    return measure


def long_row(measure: Measure) -> Measure:
    """Register a measurement that runs once."""
    LONG.add(measure.__name__)
    return row(measure)


def measured(name: str, bench: Bench, times: int) -> Row:
    """Run a measurement several times, and return the row with the median ratio."""
    runs = sorted((ROWS[name](bench) for _ in range(1 if name in LONG else times)), key=lambda run: run.ratio)
    middle = runs[len(runs) // 2]
    return replace(middle, spread=(runs[0].ratio, runs[-1].ratio)) if len(runs) > 1 else middle


def _faster(name: str, what: str, ours: float, theirs: float, bar: float, unit: str = "ms/trial-epoch") -> Row:
    ratio = theirs / ours
    return Row(name, what, f"{ours:.3g} {unit}", f"{theirs:.3g} {unit}", ratio, f"≥ {bar:g}", ratio >= bar)


def at_most(name: str, what: str, ours: float, theirs: float, bar: float, unit: str = "ms/epoch") -> Row:
    """Return a row whose ratio must not exceed `bar`."""
    ratio = ours / theirs
    return Row(name, what, f"{ours:.3g} {unit}", f"{theirs:.3g} {unit}", ratio, f"≤ {bar:g}", ratio <= bar)


def _whole_sweep(bench: Bench) -> float:
    return 1e3 * bench.sweep(*_COUNTED).seconds / (_TRIALS * _EPOCHS)


@row
def sweep_against_batch_32(bench: Bench) -> Row:
    """Measure a whole sweep process, including tracking, against KerasTuner's search alone.

    KerasTuner uses the batch size of its tutorial.
    """
    theirs = 1e3 * bench.peer("keras_tuner_search.py", 32, 2, 2)["per_trial_epoch"]
    return _faster("sweep_against_batch_32", "MF sweep / KerasTuner, batch 32", _whole_sweep(bench), theirs, 180)


@row
def sweep_against_batch_1024(bench: Bench) -> Row:
    """Measure a whole sweep process against KerasTuner's search at this project's batch size."""
    theirs = 1e3 * bench.peer("keras_tuner_search.py", 1024, 4, 5)["per_trial_epoch"]
    return _faster("sweep_against_batch_1024", "MF sweep / KerasTuner, batch 1024", _whole_sweep(bench), theirs, 22)


_ALONE = """
import json
from benchmarks.environment import Bench
from benchmarks.training import seconds_of_a_sweep
bench = Bench()
print(json.dumps(seconds_of_a_sweep(bench.experiment("mf"), bench.data, [16] * 16, batch_size=1024)))
"""


def _training_alone(bench: Bench) -> float:
    seconds, _ = bench.python(_ALONE)
    return float(1e3 * seconds / 16)


@row
def training_alone(bench: Bench) -> Row:
    """Measure 16 members of size 16 in cohorts against `model.fit` with one execution per epoch."""
    theirs = 1e3 * bench.peer("keras_fit.py", 16, 1024, 8)["per_epoch"]
    ours = _training_alone(bench)
    return _faster("training_alone", "training, size 16, 16 members / model.fit", ours, theirs, 45)


@row
def against_surprise(bench: Bench) -> Row:
    """Measure training against Surprise's compiled SVD at the same size."""
    theirs = 1e3 * bench.peer("surprise_svd.py", 16, 20)["per_epoch"]
    ours = _training_alone(bench)
    return _faster("against_surprise", "training, size 16 / Surprise's SVD", ours, theirs, 6)


@row
def mixed_sizes(bench: Bench) -> Row:
    """Measure one cohort of sizes 4 to 64 against its parts sorted by size."""
    sizes, experiment = [4 * n for n in range(1, 17)], bench.experiment("mf")
    whole = 1e3 * seconds_per_epoch(experiment, bench.data, sizes)
    parts = 1e3 * sum(seconds_per_epoch(experiment, bench.data, part) for part in in_parts(sizes, 160))
    return at_most("mixed_sizes", "sizes 4…64 together / sorted parts", whole, parts, 1.3)


@row
def mlp_dropout(bench: Bench) -> Row:
    """Measure an MLP cohort with dropout against the same cohort without it."""
    experiment = bench.experiment("mlp")
    with_, without = (
        1e3 * seconds_per_epoch(experiment, bench.data, [16] * 16, epochs=5, dropout=rate) for rate in (0.3, 0.0)
    )
    return at_most("mlp_dropout", "MLP with dropout / without", with_, without, 1.2)


_TRACKERS = """
import json, sys, tempfile, time
from recsys.experiment import load_experiment
from recsys.tracking.memory_tracker import MemoryTracker
from recsys.frameworks import load_frameworks
from recsys.execution.make import HERE
from recsys.workflows.search.run_study import executing
from recsys.workflows.search.prepare import prepare, stops_of, study_of
from recsys.workflows.search.progress import unwatched
from recsys.workflows.search.run_study import run_study
from recsys.workflows.search.stored import header_of
load_frameworks()
experiment = load_experiment("experiments/mf.toml", ["split.seed=1", "training.patience=0", "study.sampler=random"])
prepared = prepare(experiment)
def run(tracker):
    began = time.perf_counter()
    study, stops = study_of(prepared), stops_of(prepared)
    with executing(prepared, study, HERE, stops) as executor:
        run_study(prepared, study, executor, tracker, [], "bench", unwatched, stops)
    return time.perf_counter() - began
header = header_of(prepared, "bench", "sweep")
if sys.argv[1] == "memory":
    print(json.dumps(run(MemoryTracker(header))))
else:
    from recsys.tracking.mlflow.store import MlflowStore
    store = MlflowStore("sqlite:///" + tempfile.mkdtemp() + "/mlflow.db", create=True)
    print(json.dumps(run(store.create_sweep(header, prepared.catalogue))))
"""


@row
def tracking(bench: Bench) -> Row:
    """Measure a whole sweep with MLflow tracking against one with tracking in memory."""
    (mlflow, _), (memory, _) = (bench.python(_TRACKERS, which) for which in ("mlflow", "memory"))
    return at_most("tracking", "sweep with MLflow / in memory", mlflow, memory, 1.2, "s")


_MEMORY = """
import json, psutil, sys, tempfile
from recsys.workflows.search.sweep import sweep
seen = {}
def watch(progress):
    seen[progress.done] = psutil.Process().memory_info().rss
words = ["study.trials=512", "study.batch=64", "training.epochs=2", "study.sampler=random"]
sweep("experiments/mf.toml", overrides=words, watch=watch,
      tracking_uri="sqlite:///" + tempfile.mkdtemp() + "/mlflow.db", say=lambda _line: None)
after = lambda n: seen[min(done for done in seen if done >= n)]
print(json.dumps({"early": after(50), "late": after(500)}))
"""


@row
def flat_memory(bench: Bench) -> Row:
    """Measure the resident memory of one process after 500 trials against after 50."""
    seen, _ = bench.python(_MEMORY)
    late, early = seen["late"] / 2**30, seen["early"] / 2**30
    return at_most("flat_memory", "memory after 500 trials / after 50", late, early, 1.1, "GiB")


_WORKERS = """
import json, sys, tempfile, time
from recsys.execution.make import Execution
from recsys.workflows.search.sweep import sweep
seen = {}
def watch(progress):
    seen[progress.done] = time.perf_counter()
words = ["split.seed=1", "training.patience=0", "study.sampler=random", "study.trials=320"]
sweep("experiments/mf.toml", overrides=words, watch=watch, execution=Execution(workers=int(sys.argv[1]), cpus=1),
      tracking_uri="sqlite:///" + tempfile.mkdtemp() + "/mlflow.db", create=True)
first, last = (min(done for done in seen if done >= mark) for mark in (128, 288))
print(json.dumps(60 * (last - first) / (seen[last] - seen[first])))
"""


@row
def two_workers(bench: Bench) -> Row:
    """Measure trials per minute of two workers of one core each against one such worker, after compilation."""
    (two, _), (one, _) = (bench.python(_WORKERS, workers) for workers in (2, 1))
    ratio = two / one
    what = "two workers of a core / one worker of a core"
    return Row("two_workers", what, f"{two:.0f} trials/min", f"{one:.0f} trials/min", ratio, "≥ 1.7", ratio >= 1.7)


@row
def sooner_than_surprise(bench: Bench) -> Row:
    """Measure the wall-clock time to the validation RMSE of Surprise's grid search over 30 points.

    The time starts with the command.
    """
    theirs = bench.peer("surprise_svd.py", "grid")
    reached = next((seconds for seconds, value in bench.sweep().path if value <= theirs["rmse"]), float("inf"))
    what = f"seconds to validation RMSE {theirs['rmse']:.4f} / Surprise's GridSearchCV"
    return _faster("sooner_than_surprise", what, reached, theirs["seconds"], 3, "s")
