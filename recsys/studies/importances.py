"""Hyperparameter importances, for any engine."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import optuna

from recsys.evaluation.metrics.metric import Direction
from recsys.frameworks import without
from recsys.spaces.branches import condition_groups
from recsys.spaces.space import Space
from recsys.studies.optuna_space import frozen_trial
from recsys.training.trial import Point, TrialState

with without("sklearn"):  # which only other evaluators of Optuna need
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

_FEWEST = 4
"""The fewest complete trials for importances."""


def importances(space: Space, complete: Sequence[tuple[Point, float]], direction: Direction) -> Mapping[str, float]:
    """The importance of each parameter by PED-ANOVA (Watanabe et al. 2023), in descending order.

    A conditional parameter is evaluated on the trials that have it, and weighted by their share of all trials.

    Args:
        space: The search space.
        complete: Points and objective values of the complete trials.
        direction: The direction of the objective.

    Returns:
        Shares that sum to 1, keyed by name; empty for fewer than four trials or if no parameter varies.
    """
    if len(complete) < _FEWEST:
        return {}
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    trials = [frozen_trial(space, point, TrialState.COMPLETE, value) for point, value in complete]
    found: dict[str, float] = {}
    for names in condition_groups(space):
        having = [trial for trial in trials if set(names) <= set(trial.params)]
        if len(having) >= _FEWEST:
            study = optuna.create_study(direction=direction)
            study.add_trials(having)
            found |= {name: value * len(having) / len(trials) for name, value in _of(study, names).items()}
    total = sum(found.values())
    ordered = sorted(found.items(), key=lambda each: -each[1])
    return {name: float(value / total) for name, value in ordered} if total > 0 else {}


def _of(study: optuna.Study, names: Sequence[str]) -> Mapping[str, float]:
    """Unnormalised importances of parameters that all trials of the study have."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        evaluator = PedAnovaImportanceEvaluator()
        return get_param_importances(study, evaluator=evaluator, params=list(names), normalize=False)
