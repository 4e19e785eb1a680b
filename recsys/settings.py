"""The base class of the sections of an experiment file: strict, immutable, and without unknown keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic_core import CoreSchema, core_schema

OWN = r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$"
"""Matches a class of the user or of a library, as `package.module:Class`."""


class OneOf:
    """Annotates a string that must be one of some names, such as the keys of a table; in schemas it is a `Literal`.

    Args:
        names: The admissible names.
        or_pattern: A regular expression of further admissible strings.
        or_words: A description of these strings, for messages.
    """

    def __init__(self, names: Iterable[str], *, or_pattern: str = "", or_words: str = "") -> None:
        self.names = tuple(names)
        self._pattern, self._words = or_pattern, or_words

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        """Return the schema of a `Literal` of the names, or of a string that matches the pattern."""
        literal = core_schema.literal_schema(list(self.names))
        if not self._pattern:
            return literal
        return core_schema.union_schema(
            [literal, core_schema.str_schema(pattern=self._pattern)],
            custom_error_type="one_of",
            custom_error_message=f"Input should be {', '.join(map(repr, self.names))} or {self._words}",
        )


class Settings(BaseModel):
    """A section of an experiment file. Unknown keys are errors, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)

    def changed(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the settings among `names` that differ from their defaults, keyed by name."""
        fields = type(self).model_fields
        return {name: getattr(self, name) for name in names if getattr(self, name) != fields[name].default}

    def refuse(self, names: Iterable[str], why: str) -> None:
        """Raise for settings that have no effect and differ from their defaults.

        A stored file contains the defaults too, which are allowed.

        Args:
            names: The names of the settings.
            why: The reason why they have no effect, for the message.

        Raises:
            ValueError: A setting differs from its default. The message names it and the reason.
        """
        for name in self.changed(names):
            raise ValueError(f"{name} does nothing here: {why}")
