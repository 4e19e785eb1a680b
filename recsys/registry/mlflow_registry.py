"""The registry of champions in MLflow: versions that own their files, an alias, and the history of who bore it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.exceptions import MlflowException

from recsys.errors import InputError, NotFoundError
from recsys.locks import locked
from recsys.registry import mlflow_runs
from recsys.registry.settings import checked_name
from recsys.store.address import identity
from recsys.store.mlflow_errors import store_errors
from recsys.store.pages import all_pages

ALIAS = "champion"
_EXPERIMENT = "promotions"
_MODEL, _ACTION, _VERSION, _REASON, _NUMBERS = (
    f"recsys.{name}" for name in ("model", "action", "version", "reason", "numbers")
)
Action = Literal["promoted", "replaced", "refused", "rolled back"]


@dataclass(frozen=True)
class Version:
    """A registered version."""

    model: str
    version: int
    tags: Mapping[str, str]
    source: str | None
    """Where its files are."""


@dataclass(frozen=True)
class Event:
    """What happened to a model's championship."""

    time: datetime
    """In UTC."""
    action: Action
    version: int | None
    """The champion afterwards; None for a refusal where there was none."""
    reason: str
    numbers: Mapping[str, float]


class MlflowRegistry:
    """Registered models of an MLflow store."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        with store_errors(uri):
            self._client = MlflowClient(tracking_uri=uri, registry_uri=uri)

    def names(self) -> list[str]:
        """The models that have a champion."""
        with store_errors(self.uri):
            models = all_pages(lambda token: self._client.search_registered_models(page_token=token))
        return [model.name for model in models if ALIAS in model.aliases]

    def champion(self, model: str) -> Version | None:
        """The version that bears the alias; None where there is none."""
        checked_name(model)
        try:
            with store_errors(self.uri):
                number = self._client.get_registered_model(model).aliases.get(ALIAS)
        except NotFoundError:
            return None
        return None if number is None else self._version(model, int(number))

    def required_champion(self, model: str) -> Version:
        """The version that bears the alias.

        Raises:
            NotFoundError: The model has no champion.
        """
        champion = self.champion(model)
        if champion is None:
            known = ", ".join(self.names()) or "none"
            raise NotFoundError(f"the model {model!r} has no champion; models with one: {known}")
        return champion

    @contextmanager
    def champion_files(self, model: str) -> Iterator[Path]:
        """A folder with the champion's package, as long as the block lasts.

        Raises:
            NotFoundError: The model has no champion.
        """
        source = self.required_champion(model).source
        with tempfile.TemporaryDirectory(prefix="recsys-") as folder:
            with store_errors(self.uri):
                package = self._download(f"{source}/artifacts/package", folder)
            yield package

    def file(self, version: Version, name: str) -> str:
        """The text of a file of a version's package.

        Raises:
            NotFoundError: The version has no such file.
        """
        with tempfile.TemporaryDirectory(prefix="recsys-") as folder:
            try:
                found = self._download(f"{version.source}/artifacts/package/{name}", folder)
                return found.read_text(encoding="utf-8")
            except (MlflowException, OSError):
                raise NotFoundError(f"{version.model} version {version.version} has no {name}") from None

    def _download(self, uri: str, folder: str) -> Path:
        return Path(download_artifacts(artifact_uri=uri, dst_path=folder, tracking_uri=self.uri))

    @contextmanager
    def lock(self, model: str) -> Iterator[None]:
        """One promotion of a model at a time by this user, from the comparison to the alias."""
        with locked(f"promotion {identity(self.uri)} {checked_name(model)}", wait=True):
            yield

    def register(self, model: str, folder: Path, tags: Mapping[str, str], description: str = "") -> Version:
        """Copy an MLflow model folder into the registry's own artifacts and register it as a new version."""
        checked_name(model)
        with store_errors(self.uri):
            run = self._client.create_run(
                mlflow_runs.experiment(self._client, _EXPERIMENT), run_name=f"{model} files", tags=dict(tags)
            )
            self._client.log_artifacts(run.info.run_id, str(folder), "model")
            self._client.set_terminated(run.info.run_id)
            try:
                self._client.create_registered_model(model)
            except MlflowException:
                self._client.get_registered_model(model)  # it exists; anything else is raised again
            source = f"{run.info.artifact_uri}/model"
            made = self._client.create_model_version(
                model, source, run_id=run.info.run_id, tags=dict(tags), description=description
            )
            return Version(model, int(made.version), dict(tags), source)

    def crown(self, version: Version, reason: str, numbers: Mapping[str, float], action: Action = "promoted") -> None:
        """Give a version the alias, and write that down."""
        with store_errors(self.uri):
            self._client.set_registered_model_alias(version.model, ALIAS, str(version.version))
        self.note(version.model, action, version.version, reason, numbers)

    def note(self, model: str, action: Action, version: int | None, reason: str, numbers: Mapping[str, float]) -> None:
        """Write an event of the model's history."""
        tags = {
            _MODEL: model,
            _ACTION: action,
            _VERSION: "" if version is None else str(version),
            _REASON: reason[:5000],
            _NUMBERS: json.dumps(dict(numbers)),
        }
        with store_errors(self.uri):
            mlflow_runs.write(self._client, _EXPERIMENT, f"{model} {action}", tags)

    def history(self, model: str) -> list[Event]:
        """Who was champion when and why, the oldest first; refusals too."""
        checked_name(model)
        with store_errors(self.uri):
            runs = mlflow_runs.read(self._client, _EXPERIMENT, _MODEL, model)
        return [
            Event(
                datetime.fromtimestamp(run.info.start_time / 1000, UTC),
                cast("Action", run.data.tags[_ACTION]),
                int(run.data.tags[_VERSION]) if run.data.tags[_VERSION] else None,
                run.data.tags[_REASON],
                json.loads(run.data.tags[_NUMBERS]),
            )
            for run in runs
            if _ACTION in run.data.tags
        ]

    def rollback(self, model: str, reason: str) -> Version:
        """Return the alias to the champion before the present one.

        Raises:
            InputError: There was none.
        """
        with self.lock(model):
            previous = previous_champion(self.history(model))
            if previous is None:
                raise InputError(f"the model {model!r} has no earlier champion to return to")
            version = self._version(model, previous)
            self.crown(version, reason, {}, "rolled back")
            return version

    def _version(self, model: str, number: int) -> Version:
        with store_errors(self.uri):
            found = self._client.get_model_version(model, str(number))
        return Version(model, number, dict(found.tags), found.source)


def previous_champion(events: Sequence[Event]) -> int | None:
    """The champion before the present one: each promotion adds one, each rollback takes the latest away."""
    line: list[int] = []
    for event in events:
        if event.action in ("promoted", "replaced") and event.version is not None:
            line.append(event.version)
        elif event.action == "rolled back":
            line.pop()
    return line[-2] if len(line) > 1 else None
