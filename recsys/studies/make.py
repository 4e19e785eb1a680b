"""Make the study that `[study]` asks for, or refuse what does not exist before anything runs."""

from __future__ import annotations

from recsys.errors import InputError
from recsys.evaluation.metric import Direction
from recsys.spaces.space import Space
from recsys.studies.study import Study, StudySettings
from recsys.training.trial import Point

_SAMPLERS = {"optuna": ("tpe", "random", "grid"), "keras_tuner": ("random", "bayesian", "hyperband", "grid")}


def make_study(settings: StudySettings, space: Space, default: Point, epochs: int, direction: Direction) -> Study:
    """The study.

    Args:
        settings: Engine, sampler, pruner, budget, seed.
        space: What to search.
        default: The model's default point, with what the experiment fixes.
        epochs: Epochs of a trial.
        direction: Of the objective.

    Raises:
        InputError: The engine has no such sampler or pruner, or cannot express the space.
    """
    known = _SAMPLERS[settings.engine]
    if settings.sampler not in known:
        raise InputError(f"study.sampler = {settings.sampler!r}: {settings.engine} has {', '.join(known)}")
    if settings.engine == "optuna":
        from recsys.studies.optuna_study import OptunaStudy

        return OptunaStudy(space, default, settings, epochs, direction)
    if settings.pruner != "none":
        raise InputError(f"study.pruner = {settings.pruner!r}: KerasTuner has none; its hyperband is a sampler")
    from recsys.studies.keras_tuner_study import KerasTunerStudy

    return KerasTunerStudy(space, default, settings, epochs, direction)
