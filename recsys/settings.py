"""The base of every section of an experiment file: strict, immutable, without unknown keys."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """A section of an experiment file. Unknown keys are errors, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)

    def refuse(self, names: Iterable[str], why: str) -> None:
        """Refuse settings that would do nothing, where they differ from the default, which a stored file spells out.

        Raises:
            ValueError: One of them was given; the message names it and says why.
        """
        for name in names:
            if getattr(self, name) != type(self).model_fields[name].default:
                raise ValueError(f"{name} does nothing here: {why}")
