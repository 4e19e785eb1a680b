"""Cohort: trials trained together, each stopping for itself, each with the result it would have alone."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType

import keras
import numpy as np

from recsys.errors import RecsysError
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.model import factory_of
from recsys.models.settings import ModelSettings
from recsys.training.data import TrainingData
from recsys.training.fillers import filled
from recsys.training.member_progress import MemberProgress
from recsys.training.program import Program, Programs
from recsys.training.settings import TrainingSettings
from recsys.training.trial import TRAIN, Result, Snapshot, Trial, TrialState, Weights

_LOG = logging.getLogger(__name__)
Report = Callable[[Sequence[Trial], int, Sequence[Sequence[float]]], Sequence[TrialState | None]]
"""Takes the trials that are training, an epoch (from 0) and the objectives of each, the leading one first; answers None
for each that is to go on, else how it ends: pruned, or complete with its best so far."""


class Trainer:
    """Trains cohorts on one data set; knows neither study nor tracker. Its programs serve cohort after cohort."""

    def __init__(
        self, model: ModelSettings, data: TrainingData, training: TrainingSettings, objective: ObjectiveSettings
    ) -> None:
        self.model, self.data, self.training = model, data, training
        self.metric = metric_of(objective.metric)
        self.reported = [goal.name for goal in objective.objectives if goal.family != "cost"]
        """The objectives that are measured after every epoch, the leading one first."""
        self._programs = Programs(data, objective)
        self._done_with = 0
        """Bytes of the models since the last look for those that are done with."""

    def train(
        self,
        trials: Sequence[Trial],
        report: Report | None = None,
        snapshots: Mapping[int, Snapshot] = MappingProxyType({}),
        *,
        resumable: bool = False,
    ) -> list[Result]:
        """Train a cohort.

        Args:
            trials: The members; they share batch size, hidden shape and first epoch.
            report: Hears the members' objectives after every epoch and may end members; None where nobody does.
            snapshots: Where each trial stands that does not start at epoch 0.
            resumable: Give each result a snapshot, so that a study can go on with the trial.

        Returns:
            A result for each trial, in their order.
        """
        try:
            return self._train(trials, report, self._standing(trials, snapshots), resumable=resumable)
        except RecsysError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a trial dies of, the sweep goes on and names it
            if len(trials) == 1:
                return [_failed(trials[0], error)]
            _LOG.warning("a cohort of %d trials is trained in halves after %s", len(trials), _named(error))
        # out of memory, or one bad member: with fewer members at once the others come through
        half = len(trials) // 2
        return [
            result
            for part in (trials[:half], trials[half:])
            for result in self.train(part, report, snapshots, resumable=resumable)
        ]

    def _standing(self, trials: Sequence[Trial], snapshots: Mapping[int, Snapshot]) -> Mapping[int, Snapshot]:
        """The snapshots with those trained again that are lost: a trial is a function of its seed and its epochs."""
        lost = [t for t in trials if t.first_epoch and t.number not in snapshots]
        if not lost:
            return snapshots
        before = [replace(t, first_epoch=0, last_epoch=t.first_epoch) for t in lost]
        again = {r.trial.number: r.snapshot for r in self._train(before, None, {}, resumable=True) if r.snapshot}
        return {**snapshots, **again}

    def _train(
        self, trials: Sequence[Trial], report: Report | None, snapshots: Mapping[int, Snapshot], *, resumable: bool
    ) -> list[Result]:
        """Train stint after stint, each with the members that the one before has left."""
        done: dict[int, Result] = {}
        spent = dict.fromkeys((trial.number for trial in trials), 0.0)
        running, standing = list(trials), snapshots
        while running:
            started = time.perf_counter()
            results, standing = self._stint(running, report, standing, resumable=resumable)
            for trial in running:
                spent[trial.number] += (time.perf_counter() - started) / len(running)
            done |= {r.trial.number: replace(r, seconds=spent[r.trial.number]) for r in results}
            running = [trial for trial in running if trial.number in standing]
        return [done[trial.number] for trial in trials]

    def _stint(
        self, trials: Sequence[Trial], report: Report | None, snapshots: Mapping[int, Snapshot], *, resumable: bool
    ) -> tuple[list[Result], dict[int, Snapshot]]:
        """Train until all members have ended, or so many that the others are better off in a smaller cohort.

        Returns:
            The results of those that have ended, and where the others stand.
        """
        members = [MemberProgress.of(t, self.metric, self.training.patience, snapshots.get(t.number)) for t in trials]
        with self._program(trials, [snapshots[t.number] for t in trials if t.number in snapshots]) as program:
            self._rounds(program, members, report)
            return _outcomes(program, members, resumable=resumable)

    def _rounds(self, program: Program, members: Sequence[MemberProgress], report: Report | None) -> None:
        trials = [member.trial for member in members]
        rates = np.zeros(program.members, np.float32)
        rates[: len(trials)] = [float(trial.point.get("learning_rate", 1.0)) for trial in trials]  # type: ignore[arg-type]
        improved = np.zeros(rates.shape, bool)
        last = max(trial.last_epoch for trial in trials)
        for epoch in range(members[0].epoch, last):
            begun = time.perf_counter()
            losses = program.solver.train(self.training.seed, epoch, rates)
            program.untrained.fill()
            diagnosis = {f"{TRAIN}{name}": values for name, values in program.solver.diagnosis().items()}
            metrics = {f"{TRAIN}loss": losses, **diagnosis, **program.measure()}
            training = [(place, member) for place, member in enumerate(members) if member.state is None]
            improved[:] = False
            for place, member in training:
                improved[place] = member.take({name: float(values[place]) for name, values in metrics.items()})
            if report is not None:
                self._ask(report, epoch, [member for _, member in training if member.state is not TrialState.FAILED])
            program.keep_best(improved)
            rates[[place for place, member in enumerate(members) if member.state]] = 0
            if not rates.any() or _pays_to_compact(members, (last - epoch - 1) * (time.perf_counter() - begun)):
                break

    def _ask(self, report: Report, epoch: int, members: Sequence[MemberProgress]) -> None:
        heard = [member for member in members if self.metric.name in member.history]
        values = [[member.history[name][-1] for name in self.reported] for member in heard]
        try:
            verdict = report([member.trial for member in heard], epoch, values)
        except Exception as error:  # no trial's fault
            raise RecsysError(f"the pruner could not be asked: {type(error).__name__}: {error}") from error
        for member, end in zip(heard, verdict, strict=True):
            if end is not None:
                member.end(end)

    @contextmanager
    def _program(self, trials: Sequence[Trial], snapshots: Sequence[Snapshot]) -> Iterator[Program]:
        members = filled(trials, empty=self.model.kind is not None)
        model = factory_of(self.model)(
            self.data.shape, [trial.point for trial in members], [trial.seed for trial in members]
        )
        with self._programs.lent(model, members) as program:
            self._let_go(model)
            if snapshots:
                program.restore([snapshot.arrays for snapshot in snapshots])
                program.solver.start_at(snapshots[0].epoch)
            yield program

    def _let_go(self, model: keras.Model) -> None:
        """Free the models of earlier cohorts, which hold each other, once they are so large that it pays to look."""
        self._done_with += sum(weight.value.shape.num_elements() * 4 for weight in model.weights)
        if self._done_with > MOST_DONE_WITH:
            self._done_with = 0
            gc.collect()


MOST_DONE_WITH = 24 * 2**20
"""Bytes of models that are done with: those of half a dozen cohorts, for a look that takes 0.15 s."""
COMPILING = 3.0
"""Seconds that a new program takes to compile, about."""


def _pays_to_compact(members: Sequence[MemberProgress], left: float) -> bool:
    """Whether the members that go on save more in a cohort of their own than that costs.

    Args:
        members: All of the cohort.
        left: Seconds that the cohort would take to its last epoch; as others may end early too, half is counted on.
    """
    going_on = sum(member.state is None for member in members) / len(members)
    return 0 < going_on <= 0.5 and (1 - going_on) * left / 2 > COMPILING


def _outcomes(
    program: Program, members: Sequence[MemberProgress], *, resumable: bool
) -> tuple[list[Result], dict[int, Snapshot]]:
    """Results of the members that have ended, and where those stand that go on."""
    slots = {name: program.arrays(variables) for name, variables in program.slots().items()}
    results = [
        Result(
            trial=member.trial,
            state=member.state,
            history=member.history,
            best_epoch=max(member.best_epoch, 0),
            values=_best_values(member),
            weights=program.own(slots["best"], place),
            seconds=0.0,
            reason=member.reason,
            snapshot=_snapshot(program, slots, member, place) if resumable else None,
        )
        for place, member in enumerate(members)
        if member.state is not None
    ]
    left = {
        member.trial.number: _snapshot(program, slots, member, place)
        for place, member in enumerate(members)
        if member.state is None
    }
    return results, left


def _best_values(member: MemberProgress) -> dict[str, float]:
    if member.best_epoch < 0:
        return {}
    return {name: values[member.best_epoch] for name, values in member.history.items() if not name.startswith(TRAIN)}


def _snapshot(program: Program, slots: Mapping[str, Weights], member: MemberProgress, place: int) -> Snapshot:
    return Snapshot(
        epoch=member.epoch,
        arrays={name: program.own(arrays, place) for name, arrays in slots.items()},
        history=member.history,
        best_epoch=member.best_epoch,
    )


def _failed(trial: Trial, error: Exception) -> Result:
    return Result(trial, TrialState.FAILED, {}, 0, {}, {}, 0.0, _named(error))


def _named(error: Exception) -> str:
    message = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {message[0][:500]}"
