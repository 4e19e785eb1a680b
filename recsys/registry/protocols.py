"""The protocols of the registry of champions and of the record of accesses to test parts."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from recsys.registry.history import Action, Event, Version


class Registry(Protocol):
    """Registered models, of which each has versions with files, at most one champion, and a history."""

    uri: str
    """The address of its store."""

    def names(self) -> list[str]:
        """The models that have a champion."""
        ...

    def past_names(self) -> list[str]:
        """The models that have a history, by the names that they have now."""
        ...

    def chosen(self, model: str | None, *, past: bool = False) -> str:
        """The model named, or the only one that has a champion; with `past` one that had a champion will do."""
        ...

    def champion(self, model: str) -> Version | None:
        """The champion of a model; None where there is none."""
        ...

    def required_champion(self, model: str) -> Version:
        """The champion of a model; `NotFoundError` where there is none."""
        ...

    def champion_files(self, model: str) -> AbstractContextManager[Path]:
        """A folder with the champion's package, as long as the block lasts."""
        ...

    def file(self, version: Version, name: str) -> str:
        """The text of a file of a version's package; `NotFoundError` where there is none of that name."""
        ...

    def lock(self, model: str) -> AbstractContextManager[None]:
        """One promotion of a model at a time by this user, from the comparison to the new champion."""
        ...

    def rehearse(self, model: str, folder: Path) -> None:
        """Do all of `register` except the version, and leave nothing behind."""
        ...

    def register(self, model: str, folder: Path, tags: Mapping[str, str], description: str = "") -> Version:
        """Copy an MLflow model folder into the registry and register it as a new version."""
        ...

    def register_champion(
        self, version: Version, reason: str, numbers: Mapping[str, float], action: Action = "promoted"
    ) -> None:
        """Make a version the champion, and write an event of the history."""
        ...

    def note(
        self, model: str, action: Action, champion: Version | None, reason: str, numbers: Mapping[str, float]
    ) -> None:
        """Write an event of the model's history, after which `champion` is its champion."""
        ...

    def history(self, model: str) -> list[Event]:
        """Who was champion when and why, the oldest first; refusals too."""
        ...

    def rollback(self, model: str, reason: str) -> Version:
        """Make the champion before the present one champion again; `InputError` where there was none."""
        ...


@dataclass(frozen=True)
class AccessRecord:
    """One access to a test part."""

    time: datetime
    """In UTC."""
    run_id: str
    """The run that was scored."""
    reason: str


class AccessLog(Protocol):
    """Every access to a test part, with time, run and reason, and the values that were seen."""

    def record(self, test: str, run_id: str, reason: str) -> None:
        """Write an access down, before it happens.

        Args:
            test: The test part's own fingerprint; see `recsys.evaluation.protocol.fingerprint_of_test`.
            run_id: The run that is scored.
            reason: Why.
        """
        ...

    def note(self, run_id: str, values: Mapping[str, float]) -> None:
        """Write the values that were seen to the run that was scored, as metrics such as `test_rmse`."""
        ...

    def openings(self, test: str) -> list[AccessRecord]:
        """All accesses to a test part, the oldest first."""
        ...
