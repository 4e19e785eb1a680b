"""Search the experiments of a plan: ordinary sweeps, among which the budget shifts to the better ones."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recsys.errors import InputError
from recsys.experiment import Experiment
from recsys.workflows.automatic.halving import FIRST_LOOK, better_half, shares_of_trials, sizes, trials_in
from recsys.workflows.automatic.plan import Plan
from recsys.workflows.search.prepare import effective_experiment, prepare
from recsys.workflows.search.resume import go_on
from recsys.workflows.search.run_study import SweepOptions
from recsys.workflows.search.stored import placeless
from recsys.workflows.search.sweep import begin
from recsys.workflows.search.tables import Tables

if TYPE_CHECKING:
    from recsys.tracking.store import Store

_PATIENCE = 2.0
"""How many times its share of the time a sweep may take before it ends within a cohort."""


@dataclass(frozen=True)
class Budget:
    """The budget of all sweeps together: a number of trials, or a time."""

    seconds: float
    trials: int | None = None
    """The number of trials; None if the time decides."""


@dataclass(frozen=True)
class SearchedSweep:
    """One sweep of an automatic search."""

    sweep: str
    trials: int
    value: float | None
    """The best value on validation; None without a complete trial."""
    rounds: int
    """The number of rounds that it took part in."""


class Search:
    """Sweeps over the experiments of a plan, by rounds.

    Rounds share the budget equally, and so do the sweeps of a round. After a round the better half of the sweeps goes
    on, by the best value on validation. If the budget is a time, the first round is `FIRST_LOOK` trials of each sweep.
    A new search over the same plan takes recorded trials from the store and continues. With a budget of trials, its
    choices depend on the values of trials alone.

    Args:
        store: The store of the sweeps.
        plan: The experiments.
        budget: The budget.
        options: The options of all sweeps.
        tables: The tables that the command has read so far.
    """

    def __init__(self, store: Store, plan: Plan, budget: Budget, options: SweepOptions, tables: Tables) -> None:
        self.store, self.plan, self.budget, self.options, self.tables = store, plan, budget, options, tables
        self.metric = plan.metric
        self.trials = dict.fromkeys(plan.experiments, 0)
        self.rounds = dict.fromkeys(plan.experiments, 0)

    def run(self) -> list[SearchedSweep]:
        """Run all rounds; returns the sweeps, the best first."""
        names, rounds = list(self.plan.experiments), sizes(len(self.plan.experiments))
        for number, size in enumerate(rounds):
            names = list(better_half({name: self._key(name) for name in names}, size)) if number else names
            self.options.reporter(f"round {number + 1} of {len(rounds)}: {', '.join(names)}")
            for place, name in enumerate(names):
                self._advance(name, number, remaining=len(names) - place)
        found = [SearchedSweep(name, self.trials[name], self._best(name), self.rounds[name]) for name in self.trials]
        return sorted(found, key=lambda each: math.inf if each.value is None else self.metric.sort_key(each.value))

    def _advance(self, name: str, number: int, *, remaining: int) -> None:
        """Add the trials of a round to a sweep."""
        share = self._left() / (len(sizes(len(self.trials))) - number) / remaining
        more = self._more(name, number, share)
        self.trials[name] += more
        self.rounds[name] += 1
        minutes = None if self.budget.trials else (self._worked(name) + max(1.0, _PATIENCE * share)) / 60
        self._swept(self.plan.experiments[name], name, self.trials[name], minutes)
        self.options.reporter(self._standing(name))

    def _more(self, name: str, number: int, share: float) -> int:
        if self.budget.trials:
            return shares_of_trials(self.budget.trials, len(self.trials))[number]
        if number == 0:
            return FIRST_LOOK
        return trials_in(share, self._worked(name) / max(1, self.trials[name]))

    def _swept(self, experiment: Experiment, name: str, trials: int, minutes: float | None) -> None:
        """Bring a sweep to a number of trials, unless it has them already."""
        if name not in self.store.names():
            limited = effective_experiment(experiment, trials=trials, minutes=minutes)
            begin(self.store, prepare(limited, reporter=self.options.reporter, tables=self.tables), name, self.options)
            return
        self._check(experiment, name)
        summary = self.store.summary(name)
        if summary.state != "FINISHED" or summary.total < trials:
            go_on(self.store, name, self.options, trials=trials, minutes=minutes, tables=self.tables)

    def _check(self, experiment: Experiment, name: str) -> None:
        """Refuse to continue a sweep of another experiment."""
        if _essence(tomllib.loads(self.store.header(name).experiment)) != _essence(experiment.anchored.document):
            raise InputError(f"there is a sweep {name} of another experiment: give --name for another search")

    def _standing(self, name: str) -> str:
        """Return a sentence on a sweep, and on the best one so far."""
        tried = {each: self._key(each) for each, count in self.trials.items() if count}
        best = min(tried, key=lambda each: tried[each])
        values = {each: self._best(each) for each in (name, best)}
        said = {each: "no value" if value is None else f"{value:.4f}" for each, value in values.items()}
        own = f"{name}: {self.metric.name} {said[name]} after {self.trials[name]} trials"
        return f"{own}; best so far {said[best]} by {best}"

    def _key(self, name: str) -> float:
        value = self._best(name)
        return math.inf if value is None else self.metric.sort_key(value)

    def _best(self, name: str) -> float | None:
        """The best value of the trials of the rounds so far."""
        records = self.store.open_sweep(name).records()
        values = [
            r.values[self.metric.name] for r in records if r.number < self.trials[name] and self.metric.name in r.values
        ]
        place = self.metric.best_index(values)
        return None if place is None else values[place]

    def _left(self) -> float:
        """The seconds of work that are left for all sweeps."""
        return max(0.0, self.budget.seconds - sum(map(self._worked, self.trials)))

    def _worked(self, name: str) -> float:
        return (self.store.summary(name).worked or 0.0) if name in self.store.names() else 0.0


def _essence(document: dict[str, Any]) -> Any:
    """Return a document without its budget and the paths of its files."""
    found = placeless(document)
    study = {key: value for key, value in found["study"].items() if key not in ("trials", "minutes")}
    return {**found, "study": study}
