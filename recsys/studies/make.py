"""Make the study that `[study]` describes, and check it before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from types import MappingProxyType

from recsys.errors import InputError
from recsys.evaluation.metrics.metric import Direction
from recsys.spaces.space import Space
from recsys.studies.samplers import sampler_names
from recsys.studies.study import Study, StudySettings
from recsys.training.trial import FinishedTrial, Point, Whole


def check_study(settings: StudySettings) -> None:
    """Check that the engine has the sampler and the pruner.

    Raises:
        InputError: The engine has no such sampler or pruner, or the sampler needs a package that is not installed.
    """
    if settings.sampler not in (known := sampler_names(settings.engine)) and not (
        settings.engine == "optuna" and settings.custom_sampler
    ):
        raise InputError(f"study.sampler = {settings.sampler!r}: {settings.engine} has {', '.join(known)}")
    if settings.sampler == "gp" and find_spec("torch") is None:
        raise InputError("study.sampler = 'gp' needs PyTorch, which is not installed: pip install torch")
    if settings.engine == "keras_tuner" and settings.pruner != "none":
        raise InputError(f"study.pruner = {settings.pruner!r}: KerasTuner has none; its hyperband is a sampler")


def make_study(
    settings: StudySettings,
    space: Space,
    default: Point,
    epochs: int,
    direction: Direction,
    first: Sequence[Point] = (),
    warm_start: Sequence[tuple[Point, FinishedTrial]] = (),
    whole: Whole | None = None,
    further: Mapping[str, Direction] = MappingProxyType({}),
) -> Study:
    """Make the study.

    Args:
        settings: Engine, sampler, pruner, budget and seed.
        space: The search space.
        default: The model's default point, with the values that the experiment fixes.
        epochs: Epochs of a trial.
        direction: The direction of the leading objective.
        first: Points to ask before any proposal, in place of the default point; they may be partial.
        warm_start: Finished trials of other sweeps, whose points belong to this space.
        whole: From searched values to the complete point; by default it adds them to the default point.
        further: The other objectives and their directions; KerasTuner supports none.

    Raises:
        InputError: The engine has no such sampler or pruner, or cannot express the space.
    """
    check_study(settings)
    if settings.engine == "optuna":
        from recsys.studies.optuna_study import OptunaStudy

        return OptunaStudy(space, default, settings, epochs, direction, first, warm_start, whole, further)
    from recsys.studies.keras_tuner_study import KerasTunerStudy

    return KerasTunerStudy(space, default, settings, epochs, direction, first, warm_start, whole)
