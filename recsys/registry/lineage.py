"""Whose history an event belongs to, also after models were renamed. Pure: it reads no store.

An event says the name that the model had then, and the version that was champion afterwards with the moment when that
was created. A renamed model keeps its versions; so they say which model an event is of. One that names no version
that is still there belongs to the model of the next event of its name that does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recsys.registry.history import Event

Made = tuple[int, int]
"""A version's number and when it was created."""


def owners(events: Sequence[tuple[str, Event]], versions: Mapping[Made, str]) -> list[str]:
    """The present name of the model of each event.

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
