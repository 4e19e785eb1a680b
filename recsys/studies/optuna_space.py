"""Search spaces as Optuna distributions, and finished trials as Optuna trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, Trial, create_trial

from recsys.spaces.parameter import FloatParameter, IntParameter, Parameter, Value
from recsys.spaces.space import Space
from recsys.studies.encoding import TunerValue, decode, encode, encoded
from recsys.training.trial import Point, TrialState

STATES = {
    TrialState.COMPLETE: optuna.trial.TrialState.COMPLETE,
    TrialState.PRUNED: optuna.trial.TrialState.PRUNED,
    TrialState.FAILED: optuna.trial.TrialState.FAIL,
}


def distribution(parameter: Parameter) -> BaseDistribution:
    """The Optuna distribution of a parameter."""
    if isinstance(parameter, IntParameter):
        return IntDistribution(parameter.low, parameter.high, log=parameter.scale == "log", step=parameter.step)
    if isinstance(parameter, FloatParameter):
        # Optuna would lose the last step of a high bound such as 2.6999999999999997
        high = parameter.high if parameter.step is None else round(parameter.high, 12)
        return FloatDistribution(parameter.low, high, log=parameter.scale == "log", step=parameter.step)
    return CategoricalDistribution([encode(value) for value in parameter.values])


def suggest(trial: Trial, space: Space) -> dict[str, Value]:
    """Suggest a value for each active parameter."""
    found: dict[str, Value] = {}
    for name, parameter in space.items():
        if name in space.active(found):
            found[name] = decode(parameter, _suggest(trial, name, distribution(parameter)))
    return found


def _suggest(trial: Trial, name: str, of: BaseDistribution) -> TunerValue:
    if isinstance(of, IntDistribution):
        return trial.suggest_int(name, of.low, of.high, step=of.step, log=of.log)
    if isinstance(of, FloatDistribution):
        return trial.suggest_float(name, of.low, of.high, step=of.step, log=of.log)
    if isinstance(of, CategoricalDistribution):
        return trial.suggest_categorical(name, of.choices)  # type: ignore[return-value]  # one of the given choices
    raise TypeError(of)


def frozen_trial(
    space: Space,
    point: Point,
    state: TrialState,
    value: float | None,
    history: Sequence[float] = (),
    attributes: Mapping[str, str] | None = None,
) -> FrozenTrial:
    """A finished trial for `optuna.Study.add_trial`.

    Args:
        space: The search space.
        point: The point of the trial.
        state: The final state.
        value: The objective; None for a failed trial.
        history: The objective of each epoch.
        attributes: User attributes of the trial.
    """
    return create_trial(
        state=STATES[state],
        value=value if state is TrialState.COMPLETE else None,
        params=encoded(space, space.part(point)),
        distributions={name: distribution(space[name]) for name in space.part(point)},
        intermediate_values=dict(enumerate(history)),
        user_attrs=dict(attributes or {}),
    )
