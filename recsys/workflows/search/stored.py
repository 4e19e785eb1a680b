"""The record of an experiment: what is written before the first trial, and how it and its trials are read back."""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recsys import DISTRIBUTION
from recsys.errors import InputError, shown
from recsys.experiment import Experiment, experiment_from
from recsys.models.kind import ranks
from recsys.reporter import Reporter, quiet
from recsys.tracking.names import name_after
from recsys.tracking.tracker import Header, Recorded
from recsys.training.trial import Weights
from recsys.workflows.search.prepare import Prepared, prepare
from recsys.workflows.search.tables import Tables

if TYPE_CHECKING:
    from recsys.serving.scorer import Scorer


PLACES = (
    *("data.source", "data.titles.path", "data.items.path", "data.users.path"),
    *("split.test", "split.validation.path"),
)
"""Keys of a stored experiment that name files. A file may move as long as its content stays the same."""


def free_name(name: str, taken: set[str]) -> str:
    """A sweep's name made from a file's; if it is taken, the first free number is appended."""
    name = name_after(name)
    return next(n for n in chain([name], (f"{name}-{k}" for k in count(2))) if n not in taken)


def header_of(prepared: Prepared, name: str, kind: Any) -> Header:
    """The record of a sweep, or of one training (`kind` "train"), before its first trial."""
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
    """The effective experiment that was stored with a sweep."""
    import tomllib

    return experiment_from(
        tomllib.loads(stored.experiment),
        source=f"stored experiment of {stored.name}",
        folder=Path.cwd(),
        name=stored.name,
    )


def stored_with(stored: Header, data: Path | None) -> Experiment:
    """The stored experiment of a sweep; `data`, if given, replaces its source."""
    experiment = stored_experiment(stored)
    return experiment if data is None else experiment.replaced({"data.source": str(data)})


def placeless(document: dict[str, Any]) -> dict[str, Any]:
    """Return the experiment's document without the paths of its files; the fingerprint identifies the data."""
    for key in PLACES:
        section, _, name = key.rpartition(".")
        inner: Any = document
        for part in section.split("."):
            inner = inner.get(part, {}) if isinstance(inner, dict) else {}
        if isinstance(inner, dict) and "/" in str(inner.get(name, "")):
            inner[name] = ""
    return document


def prepare_stored(
    stored: Header,
    data: Path | None = None,
    *,
    sealed: bool = True,
    allow_custom_factory: bool = False,
    reporter: Reporter = quiet,
    tables: Tables | None = None,
) -> Prepared:
    """Load and split the ratings of a sweep, as `prepare` does.

    Args:
        stored: The sweep's record.
        data: A file that replaces the sweep's source and has the same content.
        sealed: Leave the test part out.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        reporter: Receives messages, such as those of downloads.
        tables: What the command has read so far, where it prepares several sweeps.

    Raises:
        InputError: Its data were moved or are wrong, or differ from those that it was measured on, for which alone its
            recorded weights are valid.
    """
    experiment = stored_with(stored, data)
    check_data_are_there(experiment, stored.name)
    prepared = prepare(
        experiment, sealed=sealed, allow_custom_factory=allow_custom_factory, reporter=reporter, tables=tables
    )
    if data is not None:
        require_same_data(stored, prepared, data)
    require_same_protocol(stored, prepared)
    return prepared


def prepare_sweeps(
    headers: Mapping[str, Header],
    data: Path | None = None,
    *,
    sealed: bool = True,
    allow_custom_factory: bool = False,
    reporter: Reporter = quiet,
    tables: Tables | None = None,
) -> dict[str, Prepared]:
    """Prepare several sweeps as `prepare_stored` does, by name; data that they share are read and split once."""
    tables = tables or Tables()
    return {
        name: prepare_stored(
            header, data, sealed=sealed, allow_custom_factory=allow_custom_factory, reporter=reporter, tables=tables
        )
        for name, header in headers.items()
    }


def require_same_protocol(stored: Header, prepared: Prepared) -> None:
    """Refuse to compare what a sweep has recorded with values of another protocol.

    Raises:
        InputError: The data or the protocol have changed since the sweep; the message names the difference.
    """
    if prepared.fingerprint != stored.fingerprint:
        from recsys.evaluation.protocol import differing_parts

        what = "; ".join(differing_parts(stored.protocol, prepared.protocol))
        raise InputError(
            f"{stored.name} was measured otherwise: {what}; recsys sweep --from {stored.name} runs it again"
        )


def require_same_data(stored: Header, prepared: Prepared, data: Path) -> None:
    """Refuse data whose digest is not that of the sweep's data.

    Raises:
        InputError: The digests differ.
    """
    if prepared.digest != stored.data_digest:
        raise InputError(
            f"{shown(data, 200)}: these are not the data of {stored.name}: their digest is {prepared.digest}, and the "
            f"sweep's {stored.data_digest}"
        )


def check_data_are_there(experiment: Experiment, sweep: str) -> None:
    """Refuse a stored experiment whose data file no longer exists; the message says what to do.

    Raises:
        InputError: The file does not exist.
    """
    source = experiment.folder / experiment.data.source
    if experiment.data.is_file and not source.exists():
        raise InputError(
            f"sweep {sweep!r}: its data are not at {source} any more; if they were moved, "
            f"recsys relocate {shlex.quote(str(source))} NEW_PLACE says where they are"
        )


_PACKAGES = (DISTRIBUTION, "tensorflow", "keras", "optuna", "keras-tuner", "mlflow", "numpy", "pandas", "scikit-learn")


def environment() -> dict[str, str]:
    """Versions of the libraries, the git commit of the current folder, the machine; by the tags they become."""
    tags = {f"recsys.version.{package}": version(package) for package in _PACKAGES}
    tags["recsys.version.python"] = platform.python_version()
    tags["recsys.machine"] = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    if commit := _commit():
        tags["mlflow.source.git.commit"] = commit
    return tags


def _commit() -> str | None:
    command = ["git", "-C", str(Path.cwd()), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=5)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def rebuild(prepared: Prepared, weights: Weights, record: Recorded) -> Scorer:
    """The trial's model with its recorded weights, those of its best epoch."""
    from recsys.models.inputs import Input
    from recsys.models.kinds import kind_of
    from recsys.models.model import build_model, fill
    from recsys.models.training_data import TrainingData
    from recsys.serving.scorer import Scorer

    split = prepared.split
    data = TrainingData(split.train, split.validation)
    settings = prepared.experiment.model.at(record.point)
    model = fill(build_model(settings, data.shape, record.point, record.seed), weights)
    rates = not ranks([record.point])
    clips = prepared.experiment.objective.clip and rates
    reads = Input.HISTORY in kind_of(settings).inputs
    histories = data.histories if reads else None
    return Scorer([model], [1.0], split.train.scale if clips else None, rates, histories=histories)
