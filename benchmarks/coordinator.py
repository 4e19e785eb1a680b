"""How far one coordinator reaches: `python -m benchmarks.coordinator`.

Workers are simulated: a cohort takes them the time it would take, on a clock that jumps over waiting. The loop, the
study and the MLflow tracking are the real ones and are charged on that clock for the processor time that they take, the
tracking as the thread of its own that it is. So hours of a thousand workers take minutes, and the table says what
saturates first: a part that is busy all of the time.
"""

from __future__ import annotations

import argparse
import heapq
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from benchmarks.environment import RESULTS, Bench, machine
from recsys.execution.executor import NO_SNAPSHOTS, Cohort, Snapshots
from recsys.models.model import build_model, weights_of
from recsys.tracking.memory_tracker import MemoryTracker
from recsys.tracking.mlflow.store import MlflowStore
from recsys.tracking.tracker import Recorded, Tracker
from recsys.training.trial import Result, Trial, TrialState
from recsys.workflows.search.loop import Loop
from recsys.workflows.search.prepare import Prepared, prepare, stops_of, study_of
from recsys.workflows.search.progress import Progress, unwatched
from recsys.workflows.search.stored import header_of

COHORT_SECONDS = 60.0
"""The mean seconds that a worker needs for a cohort of 16 trials. The times vary by a factor of about two, as with
early stopping."""
EPOCHS = 30
QUEUE = 64
"""The most calls in the queue of the tracking thread, as in `BackgroundTracker`."""
HEAD = "| sampler | tracking | workers | trials | trials a minute | workers busy | study | tracking | most busy |"


@dataclass(frozen=True)
class Case:
    """The settings of a simulated sweep."""

    sampler: str
    tracking: str
    """The embeddings that MLflow stores, `all` or `best`; or `memory`, which measures the other parts alone."""
    workers: int
    trials: int


CASES = [
    Case("random", "all", 10, 1_600),
    Case("tpe", "all", 10, 1_600),
    Case("random", "all", 100, 4_800),
    Case("random", "best", 100, 4_800),
    Case("tpe", "best", 100, 4_800),
    Case("random", "best", 1_000, 16_000),
    Case("random", "memory", 1_000, 100_000),
]


@dataclass
class Clock:
    """The time of the coordinator, which counts its work and skips its waiting."""

    now: float = 0.0
    """The current simulated time, in seconds."""
    busy: float = 0.0
    """The seconds of work so far."""
    _since: float = field(default_factory=time.thread_time)

    def charge(self) -> None:
        """Add the processor time since the last call."""
        worked = time.thread_time() - self._since
        self.now, self.busy = self.now + worked, self.busy + worked
        self._since = time.thread_time()

    def wait_until(self, moment: float) -> None:
        """Skip the time up to a moment; work since the last charge is not counted."""
        self.now, self._since = max(self.now, moment), time.thread_time()


class SimulatedWorkers:
    """An executor that simulates the time of its workers and does not train.

    Args:
        width: The number of workers.
        clock: The clock of the coordinator.
        weights: The weights of every result.
    """

    in_order = False

    def __init__(self, width: int, clock: Clock, weights: Mapping[str, Any]) -> None:
        self.width, self.clock, self.weights = width, clock, weights
        self.busy = 0.0
        self._chance = np.random.default_rng(0)
        self._idle, self._submitted = width, 0
        self._waiting: deque[Cohort] = deque()
        self._under_way: list[tuple[float, int, Cohort]] = []

    def submit(self, cohort: Cohort, snapshots: Snapshots = NO_SNAPSHOTS) -> None:  # noqa: ARG002 - the protocol has this parameter
        """Add a cohort to the queue, see `Executor.submit`."""
        self.clock.charge()
        self._waiting.append(cohort)
        self._send_out()

    def next(self) -> list[Result]:
        """Return the results of the next finished cohort, see `Executor.next`."""
        self.clock.charge()
        moment, _, cohort = heapq.heappop(self._under_way)
        self.clock.wait_until(moment)
        self._idle += 1
        self._send_out()
        return [self._result(trial) for trial in cohort]

    def _send_out(self) -> None:
        while self._idle and self._waiting:
            cohort = self._waiting.popleft()
            seconds = COHORT_SECONDS * len(cohort) / 16 * self._chance.lognormal(-0.125, 0.5)
            heapq.heappush(self._under_way, (self.clock.now + seconds, self._submitted, cohort))
            self._idle, self._submitted, self.busy = self._idle - 1, self._submitted + 1, self.busy + seconds

    def _result(self, trial: Trial) -> Result:
        quality = 0.91 + abs(np.log(float(trial.point["learning_rate"]) / 2e-3)) / 100  # type: ignore[arg-type]
        value = float(quality + self._chance.normal(0, 1e-3))
        history = {name: [value] * EPOCHS for name in ("train_loss", "rmse", "mae", "rounded_mae")}
        values = dict.fromkeys(("rmse", "mae", "rounded_mae"), value)
        return Result(trial, TrialState.COMPLETE, history, 0, values, self.weights, COHORT_SECONDS / 16)

    def close(self) -> None:
        """Do nothing: there are no processes to end."""


class TrackingThread:
    """The real tracker with a simulated thread and a bounded queue.

    Args:
        tracker: The tracker to measure.
        clock: The clock of the coordinator, which waits while the queue is full.
    """

    def __init__(self, tracker: Tracker, clock: Clock) -> None:
        self.run_id, self._tracker, self._clock = tracker.run_id, tracker, clock
        self.busy = self._free = 0.0
        self._ends: deque[float] = deque(maxlen=QUEUE)

    def start(self, trials: Sequence[Trial]) -> None:
        """Record the start of trials, see `Tracker.start`."""
        self._write(lambda: self._tracker.start(trials))

    def finish(self, result: Result) -> None:
        """Record the result of a trial, see `Tracker.finish`."""
        self._write(lambda: self._tracker.finish(result))

    def mark(self, worked: float, stopped: str = "") -> None:
        """Record the seconds of work, see `Tracker.mark`."""
        self._write(lambda: self._tracker.mark(worked, stopped))

    def _write(self, action: Callable[[], None]) -> None:
        self._clock.charge()
        began = time.thread_time()
        action()
        cost = time.thread_time() - began
        place_free = self._ends[0] if len(self._ends) == QUEUE else 0.0
        self._clock.wait_until(place_free)
        self._free = max(self._free, self._clock.now) + cost
        self._ends.append(self._free)
        self.busy += cost

    def records(self) -> list[Recorded]:
        """Return the recorded trials, see `Tracker.records`."""
        return self._tracker.records()

    def flush(self) -> None:
        """Wait until all calls are written, see `Tracker.flush`."""
        self._tracker.flush()
        self._clock.wait_until(self._free)

    def close(
        self,
        importances: Mapping[str, float],
        *,
        finished: bool,
        extras: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        """Do nothing: the benchmark does not measure the end of a sweep."""


def simulate(case: Case) -> str:
    """Run a sweep on simulated workers, and return a line of the table."""
    embeddings = "all" if case.tracking == "memory" else case.tracking
    words = [f"study.sampler={case.sampler}", f"study.trials={case.trials}", f"tracking.embeddings={embeddings}"]
    prepared = prepare(Bench().experiment("mf", *words))
    study, stops, clock = study_of(prepared), stops_of(prepared), Clock()
    with tempfile.TemporaryDirectory(prefix="recsys-bench-") as folder:
        tracking = TrackingThread(_tracker(prepared, case.tracking, folder), clock)
        crew = SimulatedWorkers(case.workers, clock, _weights(prepared))
        progress = Progress("simulated", prepared.metric, case.trials)
        Loop(prepared, study, crew, tracking, [], progress, unwatched, stops).run()
        clock.charge()
        tracking.flush()
    shares = {
        "workers": crew.busy / (case.workers * clock.now),
        "study": clock.busy / clock.now,
        "tracking": tracking.busy / clock.now,
    }
    cells = [
        case.sampler,
        case.tracking,
        f"{case.workers:,}",
        f"{case.trials:,}",
        f"{60 * case.trials / clock.now:,.0f}",
    ]
    cells += [f"{share:.0%}" for share in shares.values()]
    return f"| {' | '.join([*cells, max(shares, key=shares.__getitem__)])} |"


def _tracker(prepared: Prepared, kind: str, folder: str) -> Tracker:
    described = header_of(prepared, "simulated", "sweep")
    if kind == "memory":
        return MemoryTracker(described)
    return MlflowStore(f"sqlite:///{folder}/mlflow.db", create=True).create_sweep(described, prepared.catalogue)


def _weights(prepared: Prepared) -> Mapping[str, Any]:
    experiment = prepared.experiment
    return weights_of(build_model(experiment.model, Bench().data.shape, experiment.default_point, 0))


def main() -> None:
    """Measure all cases, and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coordinator", description=__doc__)
    parser.add_argument("--sampler", choices=["tpe", "random"], default="random")
    parser.add_argument("--tracking", choices=["all", "best", "memory"], default="all", help="MLflow, or in memory")
    parser.add_argument("--workers", type=int, default=100)
    parser.add_argument("--trials", type=int, help="of one sweep, instead of the whole table")
    wanted = parser.parse_args()
    own = [Case(wanted.sampler, wanted.tracking, wanted.workers, wanted.trials)] if wanted.trials else None
    lines = [f"{machine()}. A cohort of 16 trials takes a worker about {COHORT_SECONDS:.0f} s.", "", HEAD]
    lines.append("|---|---|" + "---|" * 7)
    print("\n".join(lines), flush=True)
    for case in own or CASES:
        lines.append(simulate(case))
        print(lines[-1], flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "coordinator.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
