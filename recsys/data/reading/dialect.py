"""How a text is written, as far as somebody says."""

from __future__ import annotations

from dataclasses import dataclass

from recsys.data.reading.quoting import Quoting


@dataclass(frozen=True)
class Dialect:
    """What is said of a text; what is not is found out."""

    separator: str | None = None
    encoding: str | None = None
    header: bool = True
    quote: str | None = None
    """What quotes cells; `none`: nothing does."""
    escape: str | None = None
    """What takes its meaning from the character behind it."""
    key: str = "data"
    """The section that says it, for messages."""

    @property
    def quotings(self) -> list[Quoting]:
        """The ways in which its cells may be quoted; the likelier first."""
        if self.quote is not None:
            return [Quoting(None if self.quote == "none" else self.quote, self.escape)]
        ways = [('"', self.escape), ('"', "\\"), (None, self.escape), ("'", self.escape)]
        return list(dict.fromkeys(Quoting(quote, escape) for quote, escape in ways))
