"""Tune baselines: search the settings that are best on validation."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from recsys.algebra.item_weights import FEWER_USERS
from recsys.algebra.threads import in_threads, one_thread
from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.compass_search import compass_search
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.baselines.table import baselines_for
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import RankingPart, ranking_part
from recsys.evaluation.scoring import EvaluationResult, Predictor, score_lists, score_part, score_ratings
from recsys.reporter import Reporter

EFFORT = 8
"""The maximal number of settings that a search tries, divided by the square of the number of its ranges."""
EFFORT_LARGE = 4
"""The same for large data, where one fit takes seconds."""
LARGE = 250_000
"""The number of positives above which data are large."""
MAX_POSITIVES = 1_000_000
"""The number of positives above which the defaults are used, as a search would take minutes."""

FEW_ITEMS = 3_000
"""The number of items up to which BLAS uses one thread: on a busy machine its threads wait for each other, which takes
ten times as long as the work that they share."""


@dataclass(frozen=True, eq=False)
class TunedBaseline:
    """A baseline at its best settings."""

    baseline: Baseline
    scored: EvaluationResult
    """Its metrics on validation, when fitted to train."""
    fits: int
    """The number of settings tried."""
    seconds: float
    """The duration of the search."""


@dataclass(frozen=True, eq=False)
class TunedBaselines:
    """All baselines of an objective."""

    chosen: Mapping[str, TunedBaseline]
    """The tuned baselines, keyed by name, in the order of their table."""
    left_out: Mapping[str, str]
    """The baselines that cannot be measured on these data, and the reasons."""


@dataclass(frozen=True, eq=False)
class _Fitter:
    """Fits baselines to train and evaluates them on validation."""

    train: Ratings
    validation: Ratings
    objective: ObjectiveSettings

    def scored(self, baseline: Baseline) -> EvaluationResult:
        """The metrics of a baseline on validation."""
        return self._evaluated(baseline.fit(self.train))

    def losses(self, baselines: Sequence[Baseline]) -> Sequence[float]:
        """The losses that a search minimises, of baselines that share a fit."""
        metric = metric_of(self.objective.metric)
        learned = baselines[0].learn(self.train)
        results = (self._evaluated(each.adapt(learned, self.train)) for each in baselines)
        return [metric.sort_key(result.values[metric.name]) for result in results]

    def _evaluated(self, fitted: LinearScores) -> EvaluationResult:
        if metric_of(self.objective.metric).family == "rating":
            return score_ratings(fitted, self.train, self.validation, self.objective)
        return score_part(fitted, self._part, self.objective)

    @cached_property
    def _part(self) -> RankingPart:
        return ranking_part(self.train, self.validation, self.objective)


def tune(kind: type[Baseline], train: Ratings, validation: Ratings, objective: ObjectiveSettings) -> TunedBaseline:
    """Search the settings of a baseline that are best on validation.

    Args:
        kind: The class of the baseline.
        train: The ratings to fit to.
        validation: The ratings to evaluate on.
        objective: The metric.
    """
    return _tuned(kind, _Fitter(train, validation, objective))


def _tuned(kind: type[Baseline], fitting: _Fitter) -> TunedBaseline:
    began, train = time.perf_counter(), fitting.train
    best, axes, fits = kind(), kind.axes(train), 1
    if axes and len(train.positives) <= MAX_POSITIVES:
        best, fits = compass_search(best, axes, lambda some: _losses(some, fitting), _effort(best, train))
    with _threads(best, train):
        scored = fitting.scored(best)
    return TunedBaseline(best, scored, fits, time.perf_counter() - began)


def _effort(baseline: Baseline, train: Ratings) -> int:
    large = len(train.positives) > LARGE or _is_large_matrix(baseline, train)
    return EFFORT_LARGE if large else EFFORT


def _losses(baselines: Sequence[Baseline], fitting: _Fitter) -> Mapping[Baseline, float]:
    """The losses, computed in parallel except for large matrices, one of which fills memory and cores."""
    shares = _by_fit(baselines)
    if any(_takes_all_cores(each, fitting.train) for each in baselines):
        found = [fitting.losses(each) for each in shares]
    else:
        with one_thread():
            found = in_threads(fitting.losses, shares)
    return dict(zip(chain(*shares), chain(*found), strict=True))


def _by_fit(baselines: Sequence[Baseline]) -> Sequence[Sequence[Baseline]]:
    """The baselines, those together that share a fit."""
    shares: dict[Baseline, list[Baseline]] = {}
    for each in baselines:
        shares.setdefault(each.fit_alone, []).append(each)
    return list(shares.values())


def _threads(baseline: Baseline, train: Ratings) -> AbstractContextManager[object]:
    return nullcontext() if _takes_all_cores(baseline, train) else one_thread()


def _takes_all_cores(baseline: Baseline, train: Ratings) -> bool:
    """Whether one fit fills memory and cores; with few users the matrix of items by items is not computed."""
    return _is_large_matrix(baseline, train) and train.catalogue.users >= FEWER_USERS * train.catalogue.items


def _is_large_matrix(baseline: Baseline, train: Ratings) -> bool:
    return baseline.dense and train.catalogue.items > FEW_ITEMS


def score_family(
    predictor: Predictor, seen: Ratings, held_out: Ratings, objective: ObjectiveSettings
) -> EvaluationResult:
    """Evaluate a predictor by the metrics of the objective's family: ratings or lists."""
    if metric_of(objective.metric).family == "rating":
        return score_ratings(predictor, seen, held_out, objective)
    return score_lists(predictor, seen, held_out, objective)


def tune_all(
    train: Ratings,
    validation: Ratings,
    objective: ObjectiveSettings,
    reporter: Reporter,
    further: Sequence[str] = (),
) -> TunedBaselines:
    """Tune all baselines of the objective.

    Args:
        train: The ratings to fit to.
        validation: The ratings to evaluate on.
        objective: The metric.
        reporter: Receives a line for each baseline.
        further: The names of further baselines: see `baselines_for`.
    """
    fitting = _Fitter(train, validation, objective)
    chosen: dict[str, TunedBaseline] = {}
    left_out: dict[str, str] = {}
    for kind in baselines_for(metric_of(objective.metric), train, further):
        reason = kind.too_large(train.catalogue) or _blind(kind, train, validation)
        if reason is not None:
            left_out[kind.name] = reason
            reporter(f"{kind.name} is left out: {reason}")
            continue
        chosen[kind.name] = choice = _tuned(kind, fitting)
        tried = f", the best of {choice.fits} settings" if choice.fits > 1 else ""
        reporter(f"{kind.name}: {choice.seconds:.1f} s{tried}")
    return TunedBaselines(chosen, left_out)


def _blind(kind: type[Baseline], train: Ratings, validation: Ratings) -> str | None:
    """The reason why a baseline scores all items of validation alike; None if it does not."""
    if not kind.needs_known_items or np.isin(validation.items, train.items).any():
        return None
    return "no item of the validation part has a training rating, so that it scores all of them alike"
