"""What happened to a model's championship, and who comes after whom. Pure: it reads no store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Action = Literal["promoted", "replaced", "refused", "rolled back"]
Made = tuple[int, int]
"""A version's number and when it was created."""


@dataclass(frozen=True)
class Version:
    """A registered version."""

    model: str
    version: int
    tags: Mapping[str, str]
    source: str | None
    """Where its files are."""
    created: int = 0
    """In milliseconds since 1970; the versions of a model that was deleted and made again are numbered anew."""


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
    created: int | None = None
    """When that version was created, as its `created`; None where nobody wrote it down."""


def succession(events: Sequence[Event]) -> list[Event]:
    """The promotions that still count, the present champion's last: a rollback takes all after its version away."""
    line: list[Event] = []
    for event in events:
        if event.action in ("promoted", "replaced"):
            line.append(event)
        elif event.action == "rolled back":
            while line and line[-1].version != event.version:
                line.pop()
    return line


def earlier_champions(events: Sequence[Event], present: Version | None) -> list[Event]:
    """The promotions before the present champion's, the latest first.

    Args:
        events: The history.
        present: Who bears the alias; None where the last champion was deleted.
    """
    line = succession(events)
    if present is None:
        return line[-2::-1]
    places = [place for place, event in enumerate(line) if _is_of(event, present)]
    earlier = line[: places[-1]] if places else line
    return [event for event in reversed(earlier) if not _is_of(event, present)]


def _is_of(event: Event, version: Version) -> bool:
    return event.version == version.version and event.created in (None, version.created)


def owners(events: Sequence[tuple[str, Event]], versions: Mapping[Made, str]) -> list[str]:
    """The present name of the model of each event, also after models were renamed.

    An event says the name that the model had then, and the version that was champion afterwards with the moment when
    that was created. A renamed model keeps its versions; so they say which model an event is of. One that names no
    version that is still there belongs to the model of the next event of its name that does.

    Args:
        events: The name that each says, and the event; the oldest first.
        versions: The present model of every version.
    """
    later: dict[str, str] = {}
    found: list[str] = []
    for name, event in reversed(events):
        if event.version is not None and event.created is not None:
            owner = versions.get((event.version, event.created))
            if owner is not None:
                later[name] = owner
        found.append(later.get(name, name))
    return found[::-1]
