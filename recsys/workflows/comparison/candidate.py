"""Select a candidate to promote or test: the best trial of sweeps, an ensemble, or a baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recsys.errors import InputError, NotFoundError
from recsys.evaluation.baselines.table import baseline_named
from recsys.evaluation.baselines.tuning import TunedBaselines
from recsys.evaluation.ensemble import greedy_ensemble, greedy_ranking_ensemble, score_deviation
from recsys.evaluation.ranking import ranking_part
from recsys.evaluation.scoring import score_cases
from recsys.models.kind import ranks
from recsys.reporter import Reporter, quiet
from recsys.tracking.front import front_of, goals_of
from recsys.tracking.summary import RunInfo
from recsys.training.recipe import AnyRecipe
from recsys.workflows.comparison.baselines import chosen_baselines
from recsys.workflows.comparison.comparable_sweeps import ComparableSweeps, Entry, comparable_sweeps_of
from recsys.workflows.comparison.preference import Preference
from recsys.workflows.comparison.refit import recipe_of
from recsys.workflows.search.prepare import Prepared, prepare_data
from recsys.workflows.search.stored import (
    prepare_sweeps,
    rebuild,
    require_same_data,
    require_same_protocol,
    stored_with,
)
from recsys.workflows.search.tables import Tables

if TYPE_CHECKING:
    from recsys.serving.scorer import Scorer
    from recsys.tracking.store import Store


@dataclass(frozen=True, eq=False)
class Candidate:
    """A trial, an ensemble of trials, or a baseline, on the data of sweeps with one fingerprint."""

    prepared: Prepared
    """The first sweep's experiment; its split includes the sealed test part."""
    recipes: Sequence[AnyRecipe]
    """The recipes of the models, the one with the greatest share first."""
    run_ids: Sequence[str]
    """The trials' runs, the one with the greatest share first; the sweep's run for a baseline."""
    spaces: Sequence[str]
    """The search space of each sweep, one line for each, for the model card."""
    chosen: str = ""
    """A sentence on the rule that chose the trial; empty without a rule."""


def candidate_of(
    store: Store,
    names: Sequence[str],
    *,
    data: Path | None = None,
    ensemble: int | None = None,
    prefer: str | None = None,
    allow_custom_factory: bool = False,
    reporter: Reporter = quiet,
    tables: Tables | None = None,
) -> Candidate:
    """Return the best of the named trials, or a greedy ensemble of them.

    Args:
        store: The store of the sweeps.
        names: Sweeps, for all their trials, and runs of single trials.
        data: A file with the same content that replaces the sweeps' data file.
        ensemble: The most picks of an ensemble, including repetitions; None takes the best trial alone.
        prefer: A rule that chooses the trial, such as `ndcg>=0.37, max coverage`. It chooses from the Pareto front if
            the first sweep has several objectives.
        allow_custom_factory: Whether `[model] factory` may run code of the user.
        reporter: Receives messages, such as those of downloads.
        tables: The tables that the command has already read.

    Raises:
        NotFoundError: There is no such sweep or run.
        InputError: There is no complete trial, or the sweeps are not comparable.
    """
    found = [store.find(name) for name in names]
    comparable = comparable_sweeps_of(store, list(dict.fromkeys(each.sweep for each in found)))
    if ensemble is not None and [each.kind for each in found] == ["trial"]:
        raise InputError(f"{names[0]} is one trial: name sweeps, or more trials, to build an ensemble of")
    preference = None if prefer is None else Preference.of(prefer)
    if preference is not None and ensemble is not None:
        raise InputError("ensemble and prefer: a rule chooses one trial, and an ensemble is of several")
    entries, chosen = _entries(comparable, found), ""
    if preference is not None:
        entries, chosen = _preferred(comparable, entries, preference)
    elif comparable.first.further and ensemble is None and len(entries) > 1:
        goals, leading = " and ".join(goals_of(comparable.first)), comparable.metric.name
        reporter(f"{comparable.first.name} is after {goals}: its best by {leading} is taken; --prefer takes another")
    allow = allow_custom_factory
    prepared = prepare_sweeps(
        comparable.headers, data, sealed=False, allow_custom_factory=allow, reporter=reporter, tables=tables
    )
    metric = comparable.metric
    shares = [1.0] if ensemble is None else _shares(store, prepared, entries, ensemble, metric.name)
    taken = sorted((-share, place) for place, share in enumerate(shares) if share > 0)
    return Candidate(
        prepared[comparable.first.name],
        [recipe_of(prepared[entries[p][0]], entries[p][1], -share) for share, p in taken],
        [entries[place][1].run_id for _, place in taken],
        [f"{name}: {_space(prepared[name])}" for name in comparable.headers],
        chosen,
    )


def _entries(comparable: ComparableSweeps, found: Sequence[RunInfo]) -> list[Entry]:
    """Return the complete trials of the named sweeps and the named trials, the best first."""
    sweeps = {each.sweep for each in found if each.kind == "sweep"}
    trials = {each.run_id: each for each in found if each.kind == "trial"}
    entries = [(name, record) for name, record in comparable.entries if name in sweeps or record.run_id in trials]
    if missing := trials.keys() - {record.run_id for _, record in entries}:
        raise InputError(f"{', '.join(sorted(missing))}: the trial is not complete and cannot be promoted")
    if not entries:
        raise InputError(f"{', '.join(each.name for each in found)}: there is no complete trial to take")
    return entries


def _preferred(
    comparable: ComparableSweeps, entries: Sequence[Entry], preference: Preference
) -> tuple[list[Entry], str]:
    """Return the trial that the rule chooses, and a sentence on the choice."""
    goals, records = goals_of(comparable.first), [record for _, record in entries]
    front = front_of(records, goals)
    taken = preference.choose(front or records)
    of = f"the {len(front)} trials on the front of {' and '.join(goals)}" if front else f"{len(records)} trials"
    said = f"trial {taken.number} was chosen of {of} by the rule `{preference.rule}`"
    return [entry for entry in entries if entry[1].run_id == taken.run_id], said


def _space(prepared: Prepared) -> str:
    study = prepared.experiment.study
    searched = ", ".join(prepared.experiment.search_space) or "a fixed point"
    return f"{study.trials} trials of {study.engine} {study.sampler}, seed {study.seed}, over {searched}"


MOST_LISTERS = 24
"""The most trials that an ensemble of rankings is chosen from."""
MOST_SCORES = 250_000_000
"""The most scores in memory at once, which limits the number of trials."""


def _shares(
    store: Store, prepared: dict[str, Prepared], entries: Sequence[Entry], size: int, metric: str
) -> list[float]:
    """Return the share of each trial in the greedy ensemble on the validation part, the best trial first."""
    first = prepared[entries[0][0]]
    if first.metric.family != "rating":
        return _shares_of_lists(store, prepared, entries, size, metric)
    validation = first.split.validation
    columns = [
        model.clipped(model.predict(validation.users, validation.items)) for model in _models(store, prepared, entries)
    ]
    return [float(s) for s in greedy_ensemble(np.stack(columns, axis=1), validation.values, size, metric)]


def _shares_of_lists(
    store: Store, prepared: dict[str, Prepared], entries: Sequence[Entry], size: int, metric: str
) -> list[float]:
    first = prepared[entries[0][0]]
    split, objective, items = first.split, first.experiment.objective, first.catalogue.items
    part = ranking_part(split.train, split.validation, objective)
    best = _best_of_each_sweep(entries)[: max(2, min(MOST_LISTERS, MOST_SCORES // (len(part.users) * items)))]
    rates = not any(ranks([record.point]) for _, record in best)
    columns = np.empty((len(part.users) * items, len(best)), np.float32)
    reads = features = False
    for place, model in enumerate(_models(store, prepared, best)):
        reads, features = reads | model.reads_histories, features | model.reads_features
        scores = score_cases(model, part.cases, np.arange(len(part.users)))
        columns[:, place] = (scores if rates else scores / score_deviation(scores)).ravel()
    shares = greedy_ranking_ensemble(
        columns, part, size, metric, objective.k, rates=rates, reads=reads, features=features
    )
    by_run = {record.run_id: float(share) for (_, record), share in zip(best, shares, strict=True)}
    return [by_run.get(record.run_id, 0.0) for _, record in entries]


def _best_of_each_sweep(entries: Sequence[Entry]) -> list[Entry]:
    """Return the best trial of each sweep, then the second best of each, and so on, within a place the best first.

    An ensemble gains from members that err differently, and the best trials of several sweeps may all be of one.
    """
    ranks: dict[str, int] = {}
    places = []
    for name, _ in entries:
        ranks[name] = ranks.get(name, -1) + 1
        places.append(ranks[name])
    return [entries[place] for place in np.argsort(places, kind="stable")]


def _models(store: Store, prepared: dict[str, Prepared], entries: Sequence[Entry]) -> Iterator[Scorer]:
    for name, record in entries:
        try:
            weights = store.weights(record.run_id)
        except NotFoundError as error:
            raise InputError(
                f"an ensemble is built from the weights of all its trials ({error}): sweep with "
                'tracking.embeddings = "all"'
            ) from None
        yield rebuild(prepared[name], weights, record)


def baseline_candidate(
    store: Store, names: Sequence[str], baseline: str, reporter: Reporter, *, data: Path | None = None
) -> tuple[Candidate, TunedBaselines]:
    """Return the baseline on the data, split and objective of a sweep, and all baselines of that objective.

    Args:
        store: The store of the sweep.
        names: The name of one sweep.
        baseline: The name of the baseline.
        reporter: Receives messages, such as those of downloads and of finished baselines.
        data: A file with the same content that replaces the sweep's data file.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The objective has no such baseline, or it cannot be measured on the data.
    """
    baseline_named(baseline)
    if len(names) > 1:
        raise InputError(f"{' '.join(names)}: a baseline is promoted on the data of one sweep")
    found = store.find(names[0])
    header = store.header(found.sweep)
    prepared = prepare_data(stored_with(header, data), sealed=False, reporter=reporter)
    if data is not None:
        require_same_data(header, prepared, data)
    require_same_protocol(header, prepared)
    choices = chosen_baselines(prepared, reporter, [baseline])
    if baseline in choices.left_out:
        raise InputError(f"{baseline} cannot be promoted: {choices.left_out[baseline]}")
    if baseline not in choices.chosen:
        raise InputError(f"{baseline} is no baseline of {prepared.metric.name}; its are {', '.join(choices.chosen)}")
    choice = choices.chosen[baseline]
    spaces = [f"{found.sweep}: no trial of it; {baseline}, the best of {choice.fits} settings on validation"]
    return Candidate(prepared, [choice.baseline], [found.run_id], spaces), choices
