"""Tests that a search space has the same admissible points in both engines."""

from __future__ import annotations

import keras_tuner
import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.spaces.parameter import ChoiceParameter, FloatParameter, IntParameter, Parameter, Value
from recsys.spaces.space import Space
from recsys.studies.encoding import decode, encode
from recsys.studies.keras_tuner_space import declare, point_of
from recsys.studies.optuna_space import distribution

fractions = st.floats(0, 1, exclude_max=True)


@st.composite
def integers(draw: st.DrawFn) -> IntParameter:
    low, steps, step = draw(st.integers(1, 50)), draw(st.integers(0, 40)), draw(st.integers(1, 7))
    log = draw(st.booleans())
    step = 1 if log else step
    return IntParameter(type="int", low=low, high=low + steps * step, step=step, scale="log" if log else "linear")


@st.composite
def floats(draw: st.DrawFn) -> FloatParameter:
    low = draw(st.floats(1e-6, 10))
    kind = draw(st.sampled_from(["linear", "log", "stepped"]))
    if kind == "stepped":
        step = draw(st.sampled_from([0.1, 0.05, 0.25, 0.3, 1e-3]))
        return FloatParameter(type="float", low=0.0, high=step * draw(st.integers(1, 30)), step=step)
    high = low * draw(st.floats(1.001, 1e4))
    return FloatParameter(type="float", low=low, high=high, scale="log" if kind == "log" else "linear")


choices = st.one_of(
    st.lists(st.integers(-5, 500), min_size=1, max_size=5, unique=True),
    st.lists(st.text("abc_", min_size=1, max_size=4), min_size=1, max_size=5, unique=True),
    st.lists(st.booleans(), min_size=1, max_size=2, unique=True),
    st.lists(st.lists(st.integers(1, 64), min_size=1, max_size=3).map(tuple), min_size=1, max_size=4, unique=True),
).map(lambda values: ChoiceParameter(type="choice", values=tuple(values)))
parameters = st.one_of(integers(), floats(), choices)


def every_value(parameter: Parameter) -> list[Value]:
    """All admissible values, or those of a fine grid where there is no end of them."""
    return parameter.grid(parameter.size or 25)


def declared(parameter: Parameter) -> tuple[Space, keras_tuner.HyperParameters]:
    space = Space({"p": parameter})
    hyperparameters = keras_tuner.HyperParameters()
    declare(hyperparameters, space, {"p": parameter.grid(1)[0]})
    return space, hyperparameters


@given(parameter=parameters)
def test_optuna_admits_every_admissible_value(parameter: Parameter) -> None:
    theirs = distribution(parameter)
    for value in every_value(parameter):
        encoded = encode(value)
        assert theirs._contains(theirs.to_internal_repr(encoded))
        assert decode(parameter, theirs.to_external_repr(theirs.to_internal_repr(encoded))) == value


@given(parameter=parameters, seed=st.integers(0, 2**31 - 1))
def test_what_optuna_samples_is_admissible(parameter: Parameter, seed: int) -> None:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed))
    assert decode(parameter, study.ask({"p": distribution(parameter)}).params["p"]) in parameter


@given(parameter=parameters)
def test_keras_tuner_reaches_every_admissible_value(parameter: Parameter) -> None:
    space, hyperparameters = declared(parameter)
    (theirs,) = hyperparameters.space
    for value in every_value(parameter):
        reached = point_of(space, {"p": theirs.prob_to_value(theirs.value_to_prob(encode(value)))})["p"]
        assert reached == (pytest.approx(value) if isinstance(value, float) else value)


@given(parameter=parameters, fraction=fractions)
def test_what_keras_tuner_samples_is_admissible(parameter: Parameter, fraction: float) -> None:
    space, hyperparameters = declared(parameter)
    (theirs,) = hyperparameters.space
    for probability in (fraction, 0.0, 1.0):  # its Bayesian search goes up to 1
        assert point_of(space, {"p": theirs.prob_to_value(probability)})["p"] in parameter
