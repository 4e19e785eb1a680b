"""The loop of a sweep: ask the study, have cohorts trained, remember what they came to, tell the study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recsys.studies.study import Study
from recsys.tracking.tracker import Recorded, Tracker, told_of
from recsys.training.trial import Result, Snapshot, State, Told, Trial
from recsys.workflows.prepare import Prepared
from recsys.workflows.progress import Progress, Watch

if TYPE_CHECKING:
    from recsys.execution.executor import Executor


class Loop:
    """Asks, trains, tells and remembers until the study has no more trials.

    A worker that is free is what the study is asked for, so that it knows at every ask all there is to know. With one
    worker a sweep is a function of its seed; with several, what a sampler that learns knew of the others hangs on who
    was faster. A trial's result is a function of its point and seed however many there are.

    What the record already holds is told to the study again in place of training, cohort by cohort, so that a resumed
    sweep takes the very steps of an undisturbed one. A cohort of which any trial is missing trains again as a whole.
    """

    def __init__(
        self,
        prepared: Prepared,
        study: Study,
        executor: Executor,
        tracker: Tracker,
        records: Sequence[Recorded],
        progress: Progress,
        watch: Watch,
    ) -> None:
        self.prepared, self.study, self.executor, self.tracker = prepared, study, executor, tracker
        self.records = {record.number: record for record in records}
        self.points = {record.number: record.point for record in records}
        self.progress, self.watch = progress, watch
        self.snapshots: dict[int, Snapshot] = {}
        self.out = 0
        """Cohorts that are being trained, or wait for a worker."""

    def run(self) -> None:
        """Go through to the end."""
        self.watch(self.progress)
        while True:
            while self.out < self.executor.width and self._ask():
                pass
            if not self.out:
                return
            self._receive(self.executor.next())

    def _ask(self) -> bool:
        """Ask for a batch and see to its cohorts; whether the study had any."""
        from recsys.models.catalog import builds_cohorts
        from recsys.training.grouping import cohorts

        experiment = self.prepared.experiment
        trials = self.study.ask(experiment.study.asked_at_once, self.points)
        if trials:
            self.tracker.start(trials)
        for cohort in cohorts(trials, together=builds_cohorts(experiment.model)):
            if all(self._covers(trial) for trial in cohort):
                self._replay(cohort)
            else:
                self.executor.submit(cohort, self.snapshots)
                self.out += 1
        return bool(trials)

    def _receive(self, results: Sequence[Result]) -> None:
        self.out -= 1
        for result in results:
            if result.snapshot is not None:
                self.snapshots[result.trial.number] = result.snapshot
            if not self._covers(result.trial):
                self.tracker.finish(result)
        self._tell(results)

    def _tell(self, results: Sequence[Result]) -> None:
        for result in results:
            self.study.tell(result.trial, told_of(result, self.prepared.metric.name))
            self.progress.take(result)
        self.watch(self.progress)

    def _covers(self, trial: Trial) -> bool:
        """Whether the record holds this trial up to its last epoch, or its earlier end."""
        record = self.records.get(trial.number)
        if record is None or record.told is None:
            return False
        return record.told.state is not State.COMPLETE or len(record.told.history) > trial.first_epoch

    def _replay(self, cohort: Sequence[Trial]) -> None:
        """Tell the study what the record holds of a cohort; one that prunes hears its epochs again."""
        results = [self._remembered(trial) for trial in cohort]
        if self.prepared.experiment.study.prunes:
            self._report_again(results)
        self.progress.resumed += len(cohort)
        self._tell(results)

    def _remembered(self, trial: Trial) -> Result:
        record, metric = self.records[trial.number], self.prepared.metric
        told = record.told or Told(State.FAILED, None)
        history = list(told.history)[: trial.last_epoch]
        best = metric.best_index(history) or 0
        values = dict(record.values)
        if history:
            values[metric.name] = history[best]
        return Result(trial, told.state, {metric.name: history}, best, values, {}, record.seconds)

    def _report_again(self, results: Sequence[Result]) -> None:
        histories = [result.history[self.prepared.metric.name] for result in results]
        for epoch in range(results[0].trial.first_epoch, max(map(len, histories))):
            for result, history in zip(results, histories, strict=True):
                if epoch < len(history):
                    self.study.report(result.trial, epoch, history[epoch])
