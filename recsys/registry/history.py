"""The history of a model's champions, without access to a store: events, successions, and renamed models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Action = Literal["promoted", "replaced", "extended", "refused", "rolled back"]
Made = tuple[int, int]
"""A version's number and its `created`."""


@dataclass(frozen=True)
class Version:
    """A registered version."""

    model: str
    version: int
    tags: Mapping[str, str]
    source: str | None
    """The address of its files."""
    created: int = 0
    """Milliseconds since 1970. A model that was deleted and created again numbers its versions from 1 again."""


@dataclass(frozen=True)
class Event:
    """A promotion, an extension by further items, a refusal or a rollback."""

    time: datetime
    """In UTC."""
    action: Action
    version: int | None
    """The champion after the event; None if there was none."""
    reason: str
    numbers: Mapping[str, float]
    created: int | None = None
    """The `created` of that version; None if it was not recorded."""


def succession(events: Sequence[Event]) -> list[Event]:
    """The promotions and extensions that no rollback has undone, the present champion's last."""
    line: list[Event] = []
    for event in events:
        if event.action in ("promoted", "replaced", "extended"):
            line.append(event)
        elif event.action == "rolled back":
            while line and line[-1].version != event.version:
                line.pop()
    return line


def earlier_champions(events: Sequence[Event], present: Version | None) -> list[Event]:
    """The promotions before the present champion's, the latest first.

    Args:
        events: The history.
        present: The present champion; None if it was deleted.
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

    An event has the model's name at that time, and the number and creation time of the champion after it. A renamed
    model keeps its versions, so these tell the model of an event. An event without a version that still exists belongs
    to the model of the next event with the same name that has one.

    Args:
        events: Pairs of the recorded name and the event, the oldest first.
        versions: The present model of every version, by number and creation time.
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
