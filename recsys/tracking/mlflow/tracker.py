"""One sweep in MLflow: a parent run, and a child run for every trial.

A trial's run is terminated only after its metrics and artifacts are complete. So a run that is still RUNNING (or
KILLED, after an orderly stop) was interrupted, and the trial is trained again in the same run.
"""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

from recsys.store.artifacts import delete_files, upload
from recsys.store.mlflow_errors import store_errors
from recsys.tracking.front import front_of, goals_of
from recsys.tracking.mlflow.lease import Lease
from recsys.tracking.mlflow.machine import Machine, is_measured
from recsys.tracking.mlflow.pages import describe, origin
from recsys.tracking.mlflow.runs import children
from recsys.tracking.mlflow.sweep import log_summary
from recsys.tracking.mlflow.tags import (
    FRONT,
    INTERRUPTED,
    KEPT,
    NOTE,
    STATE,
    STOPPED,
    TRIAL,
    WORKED,
    annotations_of,
    finished_tags,
    noted,
    read_header,
    read_record,
    trial_tags,
)
from recsys.tracking.mlflow.trial import BestPictures, record_is_final, run_history
from recsys.tracking.tally import Tally
from recsys.tracking.tracker import Recorded, finished_trial_of, recorded_of
from recsys.tracking.weights import write_weights
from recsys.training.trial import Result, Trial, TrialState

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Run

    from recsys.data.ratings import Catalogue


class MlflowTracker:
    """Records one sweep; `MlflowStore` creates it. Everything is durable when a method returns.

    Every method may be called again after a StoreError; nothing is then written twice.
    """

    def __init__(
        self, client: MlflowClient, parent: Run, catalogue: Catalogue | None, lease: Lease | None = None
    ) -> None:
        self._lease = lease
        self.run_id: str = parent.info.run_id
        self.header = read_header(parent.data.tags)
        self._client, self._parent, self._catalogue = client, parent, catalogue
        self._keep_best_only = tomllib.loads(self.header.experiment).get("tracking", {}).get("embeddings") == "best"
        measured = catalogue is not None and is_measured(self.header)
        self._machine = Machine(client, self.run_id) if measured else None
        self._running: bool = parent.info.status == "RUNNING"
        self._runs: dict[int, Run] = {}
        self._records: dict[int, Recorded] = {}
        self._logged: dict[int, Mapping[str, int]] = {}
        self._tally = Tally(self.header.direction)
        self._kept: set[int] = set()
        """Trials whose weights are in the store, if only the best trial's are to stay."""
        self._pictures = BestPictures(client, catalogue, self.header.direction)
        self._progress: list[Metric] = []
        self._known = False
        self._origin = origin()

    def start(self, trials: Sequence[Trial]) -> None:
        """Create a run with the parameters of each trial; a trial that has a run keeps it."""
        with self._writing():
            if not self._running:
                self._client.update_run(self.run_id, status="RUNNING")
                if STOPPED in self._client.get_run(self.run_id).data.tags:
                    self._client.delete_tag(self.run_id, STOPPED)
                self._running = True
            self._write_progress()
            for trial in trials:
                if trial.number not in self._runs:
                    self._create(trial)
                elif self._records[trial.number].finished is None:
                    self._client.update_run(self._runs[trial.number].info.run_id, status="RUNNING")
            if len(self._records) >= self.header.trials:  # there is time to draw while the last ones train
                self._pictures.draw(self._records.values())

    def _create(self, trial: Trial) -> None:
        from mlflow.entities import Param

        run = self._client.create_run(
            self._parent.info.experiment_id,
            tags={"mlflow.parentRunId": self.run_id, **trial_tags(trial), **self._origin},
            run_name=f"trial-{trial.number:03d}",
        )
        self._logged[trial.number] = {}
        self._runs[trial.number] = run
        self._records[trial.number] = Recorded(trial.number, trial.point, trial.seed, run.info.run_id, finished=None)
        params = [Param(_key(name), str(value)[:6000]) for name, value in trial.point.items()]
        self._client.log_batch(run.info.run_id, params=params)

    def finish(self, result: Result) -> None:
        """Close the trial's run with its metrics by epoch, artifacts and state; again if a study continued it."""
        number = result.trial.number
        with self._writing():
            run = self._runs[number]
            if self._records[number].finished is not None:
                self._client.update_run(run.info.run_id, status="RUNNING")
            record = recorded_of(result, self.header.metric, run.info.run_id, self.header.further)
            keep = not self._keep_best_only or self._tally.would_be_best(record)
            self._log(result, run, kept=keep)
            self._upload(result, run, keep=keep)
            status = "FAILED" if result.state is TrialState.FAILED else "FINISHED"
            self._client.set_terminated(run.info.run_id, status=status)
            self._tally.take(record, instead_of=self._records[number])
            self._records[number] = record
            self._note_progress()
            if keep and self._keep_best_only:
                self._drop_overtaken(number)

    def _log(self, result: Result, run: Run, *, kept: bool) -> None:
        from mlflow.entities import Metric, RunTag

        number = result.trial.number
        known = self._logged.pop(number, None)
        if known is None:
            known = {
                name: len(v) for name, v in run_history(self._client, self._client.get_run(run.info.run_id)).items()
            }
        now = _now()
        metrics = [
            Metric(_key(name), value, now, step)
            for name, values in result.history.items()
            for step, value in enumerate(values)
            if step >= known.get(_key(name), 0)
        ]
        final = {f"best_{name}": value for name, value in result.values.items()}
        final |= {"best_epoch": result.best_epoch, "seconds": result.seconds}
        metrics += [Metric(_key(name), float(value), now, 0) for name, value in final.items()]
        tags = finished_tags(result, finished_trial_of(result, self.header.metric, self.header.further)) | {
            KEPT: str(kept).lower()
        }
        tag_list = [RunTag(key, value) for key, value in tags.items()]
        self._client.log_batch(run.info.run_id, metrics=metrics, tags=tag_list)
        self._logged[number] = {_key(name): len(values) for name, values in result.history.items()}

    def _upload(self, result: Result, run: Run, *, keep: bool) -> None:
        if self._catalogue is None:
            raise ValueError("opened for reading: a tracker that writes trials needs the catalogue")
        if keep and result.weights:
            with upload(self._client, run) as folder:
                write_weights(folder, result.weights, self._catalogue)

    def _drop_overtaken(self, best: int) -> None:
        for number in self._kept - {best}:
            run = self._runs[number]
            delete_files(self._client, run, "embeddings")
            delete_files(self._client, run, "projector")
            delete_files(self._client, run, "weights.npz")
            self._client.set_tag(run.info.run_id, KEPT, "false")
        self._kept = {best}

    def _note_progress(self) -> None:
        from mlflow.entities import Metric

        now, done = _now(), self._tally.done
        self._progress += [Metric(name, value, now, done) for name, value in self._tally.values().items()]

    def _write_progress(self) -> None:
        # only people look at it, so once for many trials is enough
        if self._progress:
            self._client.log_batch(self.run_id, metrics=self._progress)
            self._progress = []

    def mark(self, worked: float, stopped: str = "") -> None:
        """Record the seconds of work and why the sweep ended, and update its charts."""
        with store_errors(self._client.tracking_uri):
            if self._lease:
                self._lease.check()
            self._client.set_tag(self.run_id, WORKED, f"{worked:.1f}")
            if stopped:
                self._client.set_tag(self.run_id, STOPPED, stopped)
            self._write_progress()

    def records(self) -> list[Recorded]:
        """The records of all trials, by number."""
        with self._writing():
            return [self._records[number] for number in sorted(self._records)]

    def flush(self) -> None:
        """Update the sweep's charts; its trials are durable already."""
        with self._writing():
            self._write_progress()

    def close(
        self, importances: Mapping[str, float], *, finished: bool, extras: Mapping[str, bytes] = MappingProxyType({})
    ) -> None:
        """End the sweep's run: FINISHED with its summary, FAILED without a complete trial, or KILLED, to be resumed."""
        if self._machine:
            self._machine.end()
        try:
            self._close(importances, extras, finished=finished)
        finally:
            if self._lease:
                self._lease.end()

    def _close(self, importances: Mapping[str, float], extras: Mapping[str, bytes], *, finished: bool) -> None:
        with self._writing():
            self._close_interrupted()
            self._note_progress()
            self._write_progress()
            records = list(self._records.values())
            note = annotations_of(
                self._client.get_run(self.run_id).data.tags
            ).note  # a person may have changed it meanwhile
            self._client.set_tag(self.run_id, NOTE, noted(describe(self.header, records), note))
            if finished:
                self._pictures.draw(records)
                self._mark_front(records)
                log_summary(self._client, self._parent, self.header, records, importances, extras)
            complete = any(record.finished and record.finished.state is TrialState.COMPLETE for record in records)
            ended = "FINISHED" if complete else "FAILED"
            self._client.set_terminated(self.run_id, status=ended if finished else "KILLED")
            self._running = False

    def _mark_front(self, records: Sequence[Recorded]) -> None:
        """Tag the trials on the front, and update the tag of those that were on it before the sweep grew."""
        on_it = {record.number for record in front_of(records, goals_of(self.header))}
        for number, run in self._runs.items():
            if number in on_it or FRONT in run.data.tags:
                self._client.set_tag(run.info.run_id, FRONT, str(number in on_it).lower())

    def _close_interrupted(self) -> None:
        for number, record in self._records.items():
            if record.finished is None:
                run_id = self._runs[number].info.run_id
                self._client.set_tag(run_id, STATE, INTERRUPTED)
                self._client.set_terminated(run_id, status="KILLED")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with store_errors(self._client.tracking_uri):
            if self._lease:
                self._lease.check()
            try:
                self._learn()
                yield
            except BaseException:
                self._known = False  # it is unknown how much was written: read the store again first
                raise

    def _learn(self) -> None:
        if self._known:
            return
        self._runs, self._records, self._logged = {}, {}, {}
        self._kept, self._tally = set(), Tally(self.header.direction)
        runs = [run for run in children(self._client, self._parent) if TRIAL in run.data.tags]
        for run in sorted(runs, key=lambda run: (not record_is_final(run), run.info.start_time)):
            record = read_record(run.info.run_id, run.data.tags, terminated=record_is_final(run))
            if record.number in self._runs:  # created twice, because the first answer came too late
                self._client.set_terminated(run.info.run_id, status="KILLED")
                self._client.delete_run(run.info.run_id)
                continue
            self._runs[record.number], self._records[record.number] = run, record
            self._tally.take(record)
            if run.data.tags.get(KEPT) == "true":
                self._kept.add(record.number)
        self._known = True


def _key(name: str) -> str:
    """The name with `_` for characters that MLflow does not accept in a key."""
    return re.sub(r"[^\w./: -]", "_", name)[:250]


def _now() -> int:
    return time.time_ns() // 1_000_000
