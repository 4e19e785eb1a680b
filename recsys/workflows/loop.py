"""The loop of a sweep: ask the study, have cohorts trained, remember what they came to, tell the study."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recsys.studies.study import Study
from recsys.tracking.tracker import Recorded, Tracker, told_of
from recsys.training.trial import Result, Snapshot, State, Told, Trial
from recsys.workflows.prepare import Prepared
from recsys.workflows.progress import Progress, Watch

if TYPE_CHECKING:
    from recsys.execution.executor import Executor
    from recsys.training.cohort import Report


@dataclass
class _Asked:
    """A cohort that the study has asked for and was not told of yet."""

    cohort: Sequence[Trial]
    recorded: bool
    """Whether the record holds what became of it."""
    results: Sequence[Result] | None = None


class Loop:
    """Asks, trains, tells and remembers until the study has no more trials.

    Results are remembered as they come, but told in the order in which their cohorts were asked for; and the study is
    asked for more as soon as fewer cohorts are out than keep the workers busy. So what a study knows at any of its asks
    hangs on the number of workers alone, never on who was faster.

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
        self.out: deque[_Asked] = deque()
        self.training: dict[int, _Asked] = {}
        """Those of them that are trained, by the number of their first trial."""
        # one worker waits for the study, which then knows all that came before; each of several has one to go on with
        self.least_out = 1 if executor.width == 1 else 2 * executor.width

    def run(self) -> None:
        """Go through to the end."""
        self.watch(self.progress)
        while self._ask_ahead():
            asked = self.out.popleft()
            results = self._replayed(asked.cohort) if asked.recorded else self._trained(asked)
            for result in results:
                self.study.tell(result.trial, told_of(result, self.prepared.metric.name))

    def _ask_ahead(self) -> bool:
        """Ask until enough cohorts are out; whether any is."""
        from recsys.models.catalog import builds_cohorts
        from recsys.training.grouping import cohorts

        experiment = self.prepared.experiment
        together = builds_cohorts(experiment.model)
        while len(self.out) < self.least_out and (
            trials := self.study.ask(experiment.study.asked_at_once, self.points)
        ):
            self.tracker.start(trials)
            for cohort in cohorts(trials, together=together):
                asked = _Asked(cohort, recorded=all(self._covers(trial) for trial in cohort))
                self.out.append(asked)
                if not asked.recorded:
                    self.training[cohort[0].number] = asked
                    self.executor.submit(cohort, self.snapshots)
        return bool(self.out)

    def _trained(self, asked: _Asked) -> Sequence[Result]:
        while asked.results is None:
            self._receive(self.executor.next())
        return asked.results

    def _receive(self, results: Sequence[Result]) -> None:
        for result in results:
            if result.snapshot is not None:
                self.snapshots[result.trial.number] = result.snapshot
            if not self._covers(result.trial):
                self.tracker.finish(result)
            self.progress.take(result)
        self.training.pop(results[0].trial.number).results = results
        self.watch(self.progress)

    def _covers(self, trial: Trial) -> bool:
        """Whether the record holds this trial up to its last epoch, or its earlier end."""
        record = self.records.get(trial.number)
        if record is None or record.told is None:
            return False
        return record.told.state is not State.COMPLETE or len(record.told.history) > trial.first_epoch

    def _replayed(self, cohort: Sequence[Trial]) -> Sequence[Result]:
        """What the record holds of a cohort; a study that prunes hears its epochs again."""
        results = [self._remembered(trial) for trial in cohort]
        if self.prepared.experiment.study.prunes:
            self._report_again(results)
        for result in results:
            self.progress.take(result)
        self.progress.resumed += len(cohort)
        self.watch(self.progress)
        return results

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


def report_to(study: Study) -> Report:
    """The study's pruner as a cohort asks it: for all its members at once."""

    def report(trials: Sequence[Trial], epoch: int, values: Sequence[float]) -> Sequence[bool]:
        return [study.report(trial, epoch, value) for trial, value in zip(trials, values, strict=True)]

    return report
