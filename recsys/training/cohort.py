"""Cohort: trials that train together. Each stops by itself, and has the result that it would have alone."""

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
from recsys.models.kinds import kind_of
from recsys.models.model import factory_of
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.training.member_progress import MemberProgress
from recsys.training.program import Program, Programs
from recsys.training.settings import TrainingSettings
from recsys.training.trial import TRAIN, Result, Snapshot, Trial, TrialState, Weights

_LOG = logging.getLogger(__name__)
Report = Callable[[Sequence[Trial], int, Sequence[Sequence[float]]], Sequence[TrialState | None]]
"""Receives the trials in training, an epoch (from 0) and the objectives of each trial, the leading one first. It
returns None for each trial that continues, else the state in which it ends: pruned, or complete with its best epoch."""


class Trainer:
    """Trains cohorts on one data set, independently of study and tracker.

    Successive cohorts share its programs.

    Args:
        model: The settings `[model]`.
        data: The training and validation ratings.
        training: The settings `[training]`.
        objective: The settings `[objective]`.
    """

    def __init__(
        self, model: ModelSettings, data: TrainingData, training: TrainingSettings, objective: ObjectiveSettings
    ) -> None:
        self.model, self.data, self.training = model, data, training
        self.metric = metric_of(objective.metric)
        self.reported = [goal.name for goal in objective.objectives if goal.family != "cost"]
        """The objectives that are measured after every epoch, the leading one first."""
        self._programs = Programs(data, objective)
        self._done_with = 0
        """Bytes of the models that were released since the last garbage collection."""

    def train(
        self,
        trials: Sequence[Trial],
        report: Report | None = None,
        snapshots: Mapping[int, Snapshot] = MappingProxyType({}),
        *,
        resumable: bool = False,
    ) -> list[Result]:
        """Train a cohort.

        If training fails, the cohort is trained in halves. A trial that fails alone has the state failed, with the
        error as its reason.

        Args:
            trials: The members, which share plan, structure and first epoch.
            report: Receives the members' objectives after every epoch and may end members; None to skip it.
            snapshots: By trial number, the snapshots of trials that do not start at epoch 0.
            resumable: Whether each result has a snapshot, so that a study can continue the trial.

        Returns:
            A result for each trial, in the order of the trials.

        Raises:
            RecsysError: An input is wrong, or the report failed.
        """
        try:
            return self._train(trials, report, self._standing(trials, snapshots), resumable=resumable)
        except RecsysError:
            raise
        except Exception as error:  # noqa: BLE001 - any error of a trial becomes its reason, and the sweep continues
            if len(trials) == 1:
                return [_failed(trials[0], error)]
            _LOG.warning("a cohort of %d trials is trained in halves after %s", len(trials), _named(error))
        # out of memory, or one bad member: the other members can finish in smaller cohorts
        half = len(trials) // 2
        return [
            result
            for part in (trials[:half], trials[half:])
            for result in self.train(part, report, snapshots, resumable=resumable)
        ]

    def _standing(self, trials: Sequence[Trial], snapshots: Mapping[int, Snapshot]) -> Mapping[int, Snapshot]:
        """Return the snapshots, with lost ones restored by training.

        A trial's training depends only on its seed and its epochs, so it can be repeated.
        """
        lost = [t for t in trials if t.first_epoch and t.number not in snapshots]
        if not lost:
            return snapshots
        before = [replace(t, first_epoch=0, last_epoch=t.first_epoch) for t in lost]
        again = {r.trial.number: r.snapshot for r in self._train(before, None, {}, resumable=True) if r.snapshot}
        return {**snapshots, **again}

    def _train(
        self, trials: Sequence[Trial], report: Report | None, snapshots: Mapping[int, Snapshot], *, resumable: bool
    ) -> list[Result]:
        """Train stint after stint, each with the members that continue after the previous one."""
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
        """Train until all members have ended, or until a smaller cohort is faster for the remaining ones.

        Returns:
            The results of the members that have ended, and the snapshots of the others by trial number.
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
            program.cold_rows.fill()
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
        except Exception as error:  # the error does not belong to a trial
            raise RecsysError(f"the pruner could not be asked: {type(error).__name__}: {error}") from error
        for member, end in zip(heard, verdict, strict=True):
            if end is not None:
                member.end(end)

    @contextmanager
    def _program(self, trials: Sequence[Trial], snapshots: Sequence[Snapshot]) -> Iterator[Program]:
        settings = self.model.at(trials[0].point)
        kind = kind_of(settings)
        fillers = kind.fillers([trial.point for trial in trials])
        members = [*trials, *(replace(trials[-1], point=point) for point in fillers)]
        model = factory_of(settings)(
            self.data.shape, [trial.point for trial in members], [trial.seed for trial in members]
        )
        with self._programs.lent(kind, model, members) as program:
            self._let_go(model)
            if snapshots:
                program.restore([snapshot.arrays for snapshot in snapshots])
                program.solver.start_at(snapshots[0].epoch)
            yield program

    def _let_go(self, model: keras.Model) -> None:
        """Release the models of earlier cohorts once they are large.

        They contain reference cycles, so only a garbage collection frees them.
        """
        self._done_with += sum(weight.value.shape.num_elements() * 4 for weight in model.weights)
        if self._done_with > MOST_DONE_WITH:
            self._done_with = 0
            gc.collect()


MOST_DONE_WITH = 24 * 2**20
"""Bytes of released models, from half a dozen cohorts, that start a garbage collection, which takes 0.15 s."""
COMPILING = 3.0
"""The approximate seconds that a new program takes to compile."""


def _pays_to_compact(members: Sequence[MemberProgress], left: float) -> bool:
    """Return whether continuing members save more time in a smaller cohort than its compilation takes.

    Args:
        members: All members of the cohort.
        left: Seconds until the last epoch of the cohort. Half of it counts, because other members may end early too.
    """
    going_on = sum(member.state is None for member in members) / len(members)
    return 0 < going_on <= 0.5 and (1 - going_on) * left / 2 > COMPILING


def _outcomes(
    program: Program, members: Sequence[MemberProgress], *, resumable: bool
) -> tuple[list[Result], dict[int, Snapshot]]:
    """Return the results of the members that have ended, and the snapshots of those that continue."""
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
