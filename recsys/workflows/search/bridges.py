"""An experiment's data, space and training as a KerasTuner hypermodel or an Optuna objective."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from recsys.experiment import Experiment
from recsys.frameworks import load_frameworks
from recsys.overrides import Overrides
from recsys.training.trial import trial_seed
from recsys.workflows.search.prepare import effective_experiment, prepare

if TYPE_CHECKING:
    from recsys.studies.hypermodel import RecommenderHyperModel
    from recsys.studies.optuna_objective import RecommenderObjective


def hypermodel(
    experiment: Experiment | str | Path, *, overrides: Overrides = (), allow_custom_factory: bool = False
) -> RecommenderHyperModel:
    """The experiment's model as a hypermodel for any stock KerasTuner tuner.

    Every point has the seed of the first trial of `recsys train`.

    Args:
        experiment: The experiment or its file.
        overrides: Values in place of the file's, as `{"section.key": value}` or `["section.key=value"]`.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
    """
    load_frameworks()

    from recsys.studies.hypermodel import RecommenderHyperModel

    experiment = effective_experiment(experiment, overrides=overrides)
    seed = trial_seed(experiment.study.seed, 0)
    parts = _parts(experiment, allow_custom_factory=allow_custom_factory)
    return RecommenderHyperModel(**parts, default=experiment.default_point, seed=seed)


def objective(
    experiment: Experiment | str | Path, *, overrides: Overrides = (), allow_custom_factory: bool = False
) -> RecommenderObjective:
    """The experiment's model as an objective for `optuna.Study.optimize`.

    Args:
        experiment: The experiment or its file.
        overrides: Values in place of the file's, as `{"section.key": value}` or `["section.key=value"]`.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
    """
    load_frameworks()

    from recsys.studies.optuna_objective import RecommenderObjective

    experiment = effective_experiment(experiment, overrides=overrides)
    parts = _parts(experiment, allow_custom_factory=allow_custom_factory)
    return RecommenderObjective(**parts, seed=experiment.study.seed)


def _parts(experiment: Experiment, *, allow_custom_factory: bool) -> dict[str, Any]:
    from recsys.models.training_data import TrainingData
    from recsys.training.cohort import Trainer

    split = prepare(experiment, allow_custom_factory=allow_custom_factory).split
    data = TrainingData(split.train, split.validation)
    return {
        "space": experiment.search_space,
        "whole": experiment.points.whole,
        "trainer": Trainer(experiment.model, data, experiment.training, experiment.objective),
        "epochs": experiment.training.epochs,
    }
