"""People's own words about a sweep or a trial: a note, and tags."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from recsys.errors import InputError, shown

RESERVED = ("recsys.", "mlflow.")
"""How the names of tags begin that are not people's."""
LONGEST = 5000
"""Characters of a note or of a tag's value: what every MLflow server takes."""
_KEY = re.compile(r"\w[\w .-]{0,99}")


@dataclass(frozen=True)
class Annotations:
    """What people say of a sweep or a trial."""

    note: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.note or self.tags)

    def __str__(self) -> str:
        """In a line."""
        return "; ".join(each for each in (self.note, tags_text(self.tags)) if each)

    def has(self, tags: Mapping[str, str | None]) -> bool:
        """Whether these tags are among its own, with these values; None stands for any."""
        return all(name in self.tags and value in (None, self.tags[name]) for name, value in tags.items())


NO_WORDS = Annotations()


def tags_text(tags: Mapping[str, str]) -> str:
    """Tags as they are given."""
    return ", ".join(f"{name}={value}" for name, value in sorted(tags.items()))


def tags_of(words: Sequence[str], *, bare: bool = False) -> dict[str, str | None]:
    """Tags from `key=value`, by key.

    Args:
        words: One a tag.
        bare: Whether a key may stand alone, with None for its value.

    Raises:
        InputError: One is none.
    """
    found: dict[str, str | None] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals and not bare:
            raise InputError(f"tag {shown(repr(word))}: expected key=value; --remove takes a tag away")
        found[checked_key(name.strip())] = checked_text(f"tag {name.strip()}", value.strip()) if equals else None
    return found


def checked_key(name: str) -> str:
    """The name of a tag.

    Raises:
        InputError: It is none that people may give.
    """
    if not _KEY.fullmatch(name) or name.startswith(RESERVED):
        raise InputError(
            f"tag {shown(repr(name))}: expected a name of letters, digits, spaces and . _ - that does not begin with "
            f"{' or '.join(RESERVED)}"
        )
    return name


def checked_text(what: str, text: str) -> str:
    """A note or a tag's value.

    Raises:
        InputError: It is empty, or longer than every store takes.
    """
    if not text.strip() or len(text) > LONGEST:
        raise InputError(f"{what}: expected 1 to {LONGEST:,} characters, not {len(text):,}")
    return text
