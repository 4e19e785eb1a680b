"""What of an experiment is written down before its first trial, under which name, and how it is read again."""

from __future__ import annotations

import shlex
from itertools import chain, count
from pathlib import Path
from typing import Any

from recsys.errors import InputError
from recsys.experiment import Experiment, experiment_from
from recsys.say import Say, quiet
from recsys.tracking.names import name_after
from recsys.tracking.tracker import Header
from recsys.workflows.searching.environment import environment
from recsys.workflows.searching.prepare import Prepared, prepare

PLACES = ("data.source", "data.titles.path")
"""What of a stored experiment says where its files are, which may change while they stay the same."""


def free_name(name: str, taken: set[str]) -> str:
    """A name after that of a file, with the first free number behind it where it is taken."""
    name = name_after(name)
    return next(n for n in chain([name], (f"{name}-{k}" for k in count(2))) if n not in taken)


def header_of(prepared: Prepared, name: str, kind: Any) -> Header:
    """What is written down before the first trial."""
    experiment, train = prepared.experiment, prepared.split.train
    return Header(
        name=name,
        kind=kind,
        experiment=experiment.anchored.to_toml(),
        data_name=train.name,
        data_digest=prepared.digest,
        fingerprint=prepared.fingerprint,
        protocol=prepared.protocol,
        metric=prepared.metric.name,
        direction=prepared.metric.direction,
        trials=experiment.study.trials if kind == "sweep" else 1,
        ratings=prepared.ratings,
        users=prepared.catalogue.users,
        items=prepared.catalogue.items,
        tags=environment(),
        minutes=experiment.study.minutes if kind == "sweep" else None,
        file=experiment.name,
        further=experiment.objective.metrics[1:],
    )


def stored_experiment(stored: Header) -> Experiment:
    """The effective experiment of a sweep, as it was stored."""
    import tomllib

    return experiment_from(
        tomllib.loads(stored.experiment),
        source=f"stored experiment of {stored.name}",
        folder=Path.cwd(),
        name=stored.name,
    )


def prepare_stored(
    stored: Header, *, sealed: bool = True, allow_custom_factory: bool = False, say: Say = quiet
) -> Prepared:
    """Load and split the ratings of a sweep, as `prepare` does.

    Raises:
        InputError: Its data are not where they were, or are wrong.
    """
    experiment = stored_experiment(stored)
    check_data_are_there(experiment, stored.name)
    return prepare(experiment, sealed=sealed, allow_custom_factory=allow_custom_factory, say=say)


def check_data_are_there(experiment: Experiment, sweep: str) -> None:
    """Refuse a stored experiment whose data have gone, with what to do about it.

    Raises:
        InputError: They have.
    """
    source = experiment.folder / experiment.data.source
    if experiment.data.is_file and not source.exists():
        raise InputError(
            f"sweep {sweep!r}: its data are not at {source} any more; if they were moved, "
            f"recsys relocate {shlex.quote(str(source))} NEW_PLACE says where they are"
        )
