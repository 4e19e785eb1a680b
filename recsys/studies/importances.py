"""Which parameters matter, for any engine."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import optuna

from recsys.evaluation.metric import Direction
from recsys.spaces.space import Space
from recsys.studies.optuna_space import finished_trial
from recsys.training.trial import Point, State

_FEWEST = 4
"""Complete trials below which importances mean nothing."""


def importances(space: Space, complete: Sequence[tuple[Point, float]], direction: Direction) -> Mapping[str, float]:
    """By PED-ANOVA (Watanabe et al. 2023); empty below four complete trials or where nothing varies.

    Args:
        space: What was searched.
        complete: Points and objectives of the complete trials.
        direction: Of the objective.
    """
    if len(complete) < _FEWEST:
        return {}
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction=direction)
    study.add_trials([finished_trial(space, point, State.COMPLETE, value) for point, value in complete])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {name: float(share) for name, share in found.items()}
