"""Samplers by class: those of Optuna or of the user."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from inspect import signature

import optuna

from recsys.errors import InputError, shown
from recsys.studies.study import StudySettings


def custom_sampler(settings: StudySettings) -> Callable[[int], optuna.samplers.BaseSampler]:
    """A function from a seed to a sampler of the class that `study.sampler` names.

    The seed is left out for a class without the argument `seed`.

    Raises:
        InputError: There is no such class, it is not a sampler, or it rejects `study.sampler_arguments`.
    """
    module, _, name = settings.sampler.partition(":")
    try:
        kind = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise InputError(f"study.sampler = {settings.sampler!r}: {shown(error)}") from None
    if not (isinstance(kind, type) and issubclass(kind, optuna.samplers.BaseSampler)):
        raise InputError(
            f"study.sampler = {settings.sampler!r}: expected a class that extends optuna.samplers.BaseSampler"
        )
    seeded = "seed" in signature(kind).parameters

    def make(seed: int) -> optuna.samplers.BaseSampler:
        return kind(**settings.sampler_arguments, **({"seed": seed} if seeded else {}))

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            make(0)
    except (TypeError, ValueError, ImportError) as error:
        raise InputError(f"study.sampler_arguments: {settings.sampler} cannot be made: {shown(error, 200)}") from None
    return make


@contextmanager
def proposal_errors(settings: StudySettings) -> Iterator[None]:
    """Turn errors of a custom sampler's proposal into an `InputError`, such as those of a grid in an infinite space."""
    try:
        yield
    except (TypeError, ValueError, NotImplementedError, ImportError) as error:
        if not settings.custom_sampler:
            raise
        raise InputError(f"study.sampler = {settings.sampler!r} cannot propose: {shown(error, 200)}") from error
