"""The registry of champions in MLflow: versions with their own files, the alias `champion`, and its history."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from recsys.errors import InputError, NotFoundError
from recsys.locks import locked
from recsys.registry import mlflow_runs
from recsys.registry.history import Action, Event, Version, earlier_champions, owners
from recsys.registry.mlflow_files import EXPERIMENT, MlflowFiles
from recsys.registry.names import checked_name
from recsys.store.address import identity
from recsys.store.client import all_pages, connect
from recsys.store.mlflow_errors import store_errors

if TYPE_CHECKING:
    from mlflow.entities import Run
    from mlflow.entities.model_registry import ModelVersion

ALIAS = "champion"
_MODEL, _ACTION, _VERSION, _CREATED, _REASON, _NUMBERS = (
    f"recsys.{name}" for name in ("model", "action", "version", "created", "reason", "numbers")
)
_DESCRIPTION = 5000
"""The most characters of a description; every database of MLflow accepts as many."""


class MlflowRegistry:
    """Registered models of an MLflow store, with their files and their history.

    Args:
        uri: The store's address.
        create: Whether to create a store that does not exist.

    Raises:
        NotFoundError: There is no store, and `create` is False.
    """

    def __init__(self, uri: str, *, create: bool = False) -> None:
        self.uri = uri
        self._client = connect(uri, create=create)
        self._files = MlflowFiles(self._client, uri)

    def names(self) -> list[str]:
        """The models that have a champion."""
        with store_errors(self.uri):
            models = all_pages(lambda token: self._client.search_registered_models(page_token=token))
        return [model.name for model in models if ALIAS in model.aliases]

    def past_names(self) -> list[str]:
        """The models that have a history, by their present names."""
        return sorted({model for model, _ in self._events()})

    def _events(self) -> list[tuple[str, Event]]:
        """Pairs of a model's present name and an event, the oldest first."""
        with store_errors(self.uri):
            runs = mlflow_runs.read(self._client, EXPERIMENT, f"tags.`{_ACTION}` != ''")
            made = all_pages(lambda token: self._client.search_model_versions(page_token=token)) if runs else []
        versions = {(int(each.version), int(each.creation_timestamp)): str(each.name) for each in made}
        finished = [(run.data.tags[_MODEL], _event(run)) for run in runs]
        return [(owner, event) for owner, (_, event) in zip(owners(finished, versions), finished, strict=True)]

    def chosen(self, model: str | None, *, past: bool = False) -> str:
        """The given model, or the only model with a champion.

        Args:
            model: A name, or None.
            past: Whether to take the only model with a history if no model has a champion.

        Raises:
            NotFoundError: No name is given, and there is no model.
            InputError: No name is given, and there are several models.
        """
        if model:
            return model
        names = self.names() or (self.past_names() if past else [])
        if not names:
            raise NotFoundError(f"there is no champion{self._who_was()}: promote a sweep first (recsys promote NAME)")
        if len(names) > 1:
            raise InputError(f"there are several models, choose one with --model: {', '.join(names)}")
        return names[0]

    def _who_was(self) -> str:
        past = self.past_names()
        return f" any more (recsys history and rollback still know {', '.join(past)})" if past else " yet"

    def champion(self, model: str) -> Version | None:
        """The champion of a model; None if there is none."""
        checked_name(model)
        try:
            with store_errors(self.uri):
                number = self._client.get_registered_model(model).aliases.get(ALIAS)
        except NotFoundError:
            return None
        return None if number is None else self._version(model, int(number))

    def required_champion(self, model: str) -> Version:
        """The champion of a model.

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
        """A temporary folder with the champion's package.

        Raises:
            NotFoundError: The model has no champion, or its files no longer exist.
        """
        with self._files.package(self.required_champion(model)) as package:
            yield package

    def file(self, version: Version, name: str) -> str:
        """The text of a file of a version's package.

        Raises:
            NotFoundError: The package has no such file.
        """
        return self._files.text(version, name)

    @contextmanager
    def lock(self, model: str) -> Iterator[None]:
        """Allow one promotion of a model at a time by this user, from the comparison to the alias."""
        with locked(f"promotion {identity(self.uri)} {checked_name(model)}", wait=True):
            yield

    def rehearse(self, model: str, folder: Path) -> None:
        """Do all of `register` except the version, and leave nothing behind, so that no version number is lost."""
        with store_errors(self.uri):
            made = self._ensure(model)
            try:
                run, _ = self._files.copy(model, folder, {})
                self._files.discard(run)
            finally:
                if made:
                    self._client.delete_registered_model(model)

    def register(self, model: str, folder: Path, tags: Mapping[str, str], description: str = "") -> Version:
        """Copy an MLflow model folder into the registry's artifacts and register it as a new version."""
        with store_errors(self.uri):
            self._ensure(model)
            run, source = self._files.copy(model, folder, tags)
            made = self._client.create_model_version(
                model, source, run_id=run.info.run_id, tags=dict(tags), description=description[:_DESCRIPTION]
            )
            return _version(made, dict(tags), source)

    def _ensure(self, model: str) -> bool:
        """Create the registered model if it does not exist; returns whether it was created."""
        from mlflow.exceptions import MlflowException

        checked_name(model)
        try:
            self._client.create_registered_model(model)
        except MlflowException:
            self._client.get_registered_model(model)  # it exists; anything else is raised again
            return False
        return True

    def register_champion(
        self, version: Version, reason: str, numbers: Mapping[str, float], action: Action = "promoted"
    ) -> None:
        """Make a version the champion, and add an event to the history."""
        with store_errors(self.uri):
            self._client.set_registered_model_alias(version.model, ALIAS, str(version.version))
        self.note(version.model, action, version, reason, numbers)

    def note(
        self, model: str, action: Action, champion: Version | None, reason: str, numbers: Mapping[str, float]
    ) -> None:
        """Add an event to the model's history; `champion` is its champion after the event."""
        tags = {
            _MODEL: model,
            _ACTION: action,
            _VERSION: str(champion.version) if champion else "",
            _CREATED: str(champion.created) if champion else "",
            _REASON: reason[:5000],
            _NUMBERS: json.dumps(dict(numbers)),
        }
        with store_errors(self.uri):
            mlflow_runs.write(self._client, EXPERIMENT, f"{model} {action}", tags)

    def history(self, model: str) -> list[Event]:
        """Promotions, refusals and rollbacks of a model, the oldest first."""
        checked_name(model)
        return [event for owner, event in self._events() if owner == model]

    def rollback(self, model: str, reason: str) -> Version:
        """Make the latest earlier champion that still exists champion again.

        Raises:
            InputError: There is no earlier champion.
        """
        with self.lock(model):
            for event in earlier_champions(self.history(model), self.champion(model)):
                version = self._still_there(model, event)
                if version is not None:
                    self.register_champion(version, reason, {}, "rolled back")
                    return version
        raise InputError(f"the model {model!r} has no earlier champion to return to")

    def _still_there(self, model: str, event: Event) -> Version | None:
        """The version of a promotion; None if it, or its model, has been deleted since."""
        try:
            version = self._version(model, int(event.version or 0))
        except NotFoundError:
            return None
        return version if event.created in (None, version.created) else None

    def _version(self, model: str, number: int) -> Version:
        with store_errors(self.uri):
            found = self._client.get_model_version(model, str(number))
            # the `source` of a version that MLflow has copied is the name of another version
            source = self._client.get_model_version_download_uri(model, str(number))
        return _version(found, dict(found.tags), source)


def _version(found: ModelVersion, tags: Mapping[str, str], source: str | None) -> Version:
    return Version(found.name, int(found.version), tags, source, int(found.creation_timestamp))


def _event(run: Run) -> Event:
    tags = run.data.tags
    return Event(
        datetime.fromtimestamp(run.info.start_time / 1000, UTC),
        cast("Action", tags[_ACTION]),
        int(tags[_VERSION]) if tags[_VERSION] else None,
        tags[_REASON],
        json.loads(tags[_NUMBERS]),
        int(tags[_CREATED]) if tags.get(_CREATED) else None,
    )
