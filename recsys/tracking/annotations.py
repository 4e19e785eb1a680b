"""Annotations of a sweep or a trial: a note, and tags."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from recsys.errors import InputError, shown

RESERVED = ("recsys.", "mlflow.")
"""Prefixes of tag names that users may not set."""
LONGEST = 5000
"""The most characters of a note or a tag's value; every MLflow server accepts as many."""
_KEY = re.compile(r"\w[\w .-]{0,99}")


@dataclass(frozen=True)
class Annotations:
    """The note and the tags of a sweep or a trial."""

    note: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is a note or a tag."""
        return bool(self.note or self.tags)

    def __str__(self) -> str:
        """Note and tags on one line."""
        return "; ".join(each for each in (self.note, tags_text(self.tags)) if each)

    def has(self, tags: Mapping[str, str | None]) -> bool:
        """Whether all these tags are set to these values; None matches any value."""
        return all(name in self.tags and value in (None, self.tags[name]) for name, value in tags.items())


NO_WORDS = Annotations()


def tags_text(tags: Mapping[str, str]) -> str:
    """Tags as `key=value, key=value`, sorted by key."""
    return ", ".join(f"{name}={value}" for name, value in sorted(tags.items()))


def tags_of(words: Sequence[str], *, bare: bool = False) -> dict[str, str | None]:
    """Parse tags given as `key=value`; returns values by key.

    Args:
        words: One string for each tag.
        bare: Whether a key without a value is accepted; its value is then None.

    Raises:
        InputError: A string is not a tag.
    """
    found: dict[str, str | None] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals and not bare:
            raise InputError(f"tag {shown(repr(word))}: expected key=value; --remove takes a tag away")
        found[checked_key(name.strip())] = checked_text(f"tag {name.strip()}", value.strip()) if equals else None
    return found


def checked_key(name: str) -> str:
    """Return the name of a tag, if users may set it.

    Raises:
        InputError: The name is reserved, or has other characters than a tag may have.
    """
    if not _KEY.fullmatch(name) or name.startswith(RESERVED):
        raise InputError(
            f"tag {shown(repr(name))}: expected a name of letters, digits, spaces and . _ - that does not begin with "
            f"{' or '.join(RESERVED)}"
        )
    return name


def checked_text(what: str, text: str) -> str:
    """Return a note or a tag's value, if its length is admissible.

    Raises:
        InputError: The text is empty or too long.
    """
    if not text.strip() or len(text) > LONGEST:
        raise InputError(f"{what}: expected 1 to {LONGEST:,} characters, not {len(text):,}")
    return text
