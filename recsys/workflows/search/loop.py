"""The loop of a sweep: ask the study for trials, train them in cohorts, record the results, tell the study."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from recsys.studies.study import Study
from recsys.tracking.tracker import Recorded, Tracker, finished_trial_of
from recsys.training.trial import FinishedTrial, Result, Snapshot, Trial, TrialState
from recsys.workflows.search.prepare import Prepared
from recsys.workflows.search.progress import Progress, Watch
from recsys.workflows.search.stops import Stops

if TYPE_CHECKING:
    from recsys.execution.executor import Executor


class Loop:
    """Asks, trains, records and tells until the study has no more trials or a stopping rule ends the sweep.

    With an executor in this process, the results of a batch are told in the order of asking, and the next batch is
    asked for when all are told: a sweep is then a function of its seed, however many threads it uses. With separate
    workers, the study is asked whenever a worker is free: the trials that an adaptive sampler knows then depend on the
    workers' speed. A trial's result depends on its point and seed alone in both cases.

    A resumed sweep tells the recorded trials to the study again instead of training them, cohort by cohort, so that it
    takes the steps of an uninterrupted one. If a trial of a cohort is missing, or was cut because the sweep ended, the
    whole cohort is trained again. If the sweep ends again first, the recorded trials of the cohort are told.
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
        stops: Stops,
    ) -> None:
        self.prepared, self.study, self.executor, self.tracker = prepared, study, executor, tracker
        self.records = {record.number: record for record in records}
        self.points = {record.number: record.point for record in records}
        self.progress, self.watch, self.stops = progress, watch, stops
        self.snapshots: dict[int, Snapshot] = {}
        self.unreported = {record.number: len(record.finished.history) for record in records if record.finished}
        """Recorded trials that the study has not been told again yet, with their numbers of epochs."""
        self.further = prepared.experiment.objective.metrics[1:]
        self.line: deque[list[Trial]] = deque()
        """Cohorts that wait for a worker."""
        self.out = 0
        """Cohorts that are being trained."""
        self.turns = Turns(in_order=executor.in_order)

    def run(self) -> None:
        """Run the sweep to its end."""
        self._show()
        while True:
            while self.out < self.executor.width and (self.line or (self._may_ask() and self._ask())):
                self._take_up(self.line.popleft())
            if not self.out:
                if self.stops.exhausted() and self.progress.done < self.progress.total:  # of a grid for example
                    self.progress.total = self.progress.done
                    self._show()
                return
            self._receive(self.executor.next())

    def _may_ask(self) -> bool:
        return not self.out or not self.executor.in_order

    def _ask(self) -> bool:
        """Ask for a batch and queue its cohorts; returns whether there are any."""
        from recsys.training.grouping import cohorts

        if self.stops.over and not self.unreported:
            return False
        experiment = self.prepared.experiment
        trials = self.study.ask(experiment.study.ask_size, self.points)
        if self.stops.over and not any(trial.number in self.points for trial in trials):
            return False
        if trials:
            self.tracker.start(trials)
        at_once = self.executor.width if self.executor.in_order else 1
        rows = self.prepared.catalogue.users + self.prepared.catalogue.items
        self.line.extend(cohorts(trials, experiment.model, at_once=at_once, rows=rows))
        return bool(trials)

    def _take_up(self, cohort: list[Trial]) -> None:
        """Train a cohort, unless it is recorded or there is no time for it."""
        if all(self._covers(trial) and not self.records[trial.number].cut for trial in cohort):
            self._replay(cohort)
        elif self.stops.room():
            self.stops.begin(cohort)
            self.turns.enter(cohort)
            self.executor.submit(cohort, self.snapshots)
            self.out += 1
        elif known := [trial for trial in cohort if self._covers(trial)]:
            self._replay(known)

    def _receive(self, results: Sequence[Result]) -> None:
        self.out -= 1
        finished = []
        for result in (self._with_costs(result) for result in results):
            if result.snapshot is not None:
                self.snapshots[result.trial.number] = result.snapshot
            if self._covers(result.trial) and self._holds_more(result):
                finished.append(self._remembered(result.trial))
            else:
                self.tracker.finish(result)
                finished.append(result)
        self._end(finished)

    def _with_costs(self, result: Result) -> Result:
        """The result with seconds and parameters among its values, as far as they are objectives."""
        if not result.values:
            return result
        sizes = (float(array.size) for array in result.weights.values())
        costs = {"seconds": result.seconds, "parameters": sum(sizes)}
        return replace(result, values={**result.values, **{n: costs[n] for n in self.further if n in costs}})

    def _end(self, results: Sequence[Result]) -> None:
        for each in self.turns.end(results):
            self._tell(each)

    def _tell(self, results: Sequence[Result]) -> None:
        for result in results:
            self.study.tell(result.trial, finished_trial_of(result, self.prepared.metric.name, self.further))
            self.progress.take(result)
            if self.unreported.get(result.trial.number, math.inf) <= result.trial.last_epoch:
                del self.unreported[result.trial.number]
        self.stops.take(results)
        self._show()

    def _show(self) -> None:
        stops = self.stops
        self.progress.note(stops.clock.seconds, stops.regret, stops.reason)
        self.watch(self.progress)

    def _covers(self, trial: Trial) -> bool:
        """Whether the record holds the trial up to its last epoch, or up to where it was pruned or failed."""
        record = self.records.get(trial.number)
        if record is None or record.finished is None:
            return False
        return record.finished.state is not TrialState.COMPLETE or len(record.finished.history) > trial.first_epoch

    def _holds_more(self, result: Result) -> bool:
        """Whether the record has at least as many epochs as the result: a trial may be cut again, and earlier."""
        record = self.records[result.trial.number]
        epochs = len(result.history.get(self.prepared.metric.name, ()))
        return not record.cut or (result.cut and len(_finished(record).history) >= epochs)

    def _replay(self, cohort: Sequence[Trial]) -> None:
        """Tell the study the recorded results of a cohort; a pruner receives the values of their epochs again."""
        results = [self._remembered(trial) for trial in cohort]
        if self.prepared.experiment.study.prunes:
            self._report_again(results)
        self.progress.resumed += len(cohort)
        self.turns.enter(cohort)
        self._end(results)

    def _remembered(self, trial: Trial) -> Result:
        record, metric = self.records[trial.number], self.prepared.metric
        finished = _finished(record)
        history = list(finished.history)[: trial.last_epoch]
        best = metric.best_index(history) or 0
        values = dict(record.values)
        if history:
            values[metric.name] = history[best]
        reason = "cut" if record.cut else ""
        curves = {name: list(curve)[: len(history)] for name, curve in finished.curves.items()}
        return Result(trial, finished.state, {metric.name: history, **curves}, best, values, {}, record.seconds, reason)

    def _report_again(self, results: Sequence[Result]) -> None:
        histories = [list(zip(*result.history.values(), strict=True)) for result in results]
        for epoch in range(results[0].trial.first_epoch, max(map(len, histories))):
            for result, history in zip(results, histories, strict=True):
                if epoch < len(history):
                    self.study.report(result.trial, epoch, history[epoch])


def _finished(record: Recorded) -> FinishedTrial:
    return record.finished or FinishedTrial(TrialState.FAILED, None)


class Turns:
    """Holds the results of a cohort back until the cohorts before it have ended.

    Args:
        in_order: If false, results are passed on at once.
    """

    def __init__(self, *, in_order: bool) -> None:
        self.in_order = in_order
        self._line: deque[int] = deque()
        self._ended: dict[int, Sequence[Result]] = {}

    def enter(self, cohort: Sequence[Trial]) -> None:
        """Queue a cohort."""
        self._line.append(cohort[0].number)

    def end(self, results: Sequence[Result]) -> list[Sequence[Result]]:
        """Take the results of a cohort; returns the results that can be told now, by cohort."""
        if not self.in_order:
            return [results]
        self._ended[results[0].trial.number] = results
        finished = []
        while self._line and self._line[0] in self._ended:
            finished.append(self._ended.pop(self._line.popleft()))
        return finished
