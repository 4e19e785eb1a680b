"""Parses the pages into blocks of commands with output, of code, and of files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = {path.name: path for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    title: str
    """The file that it is to be saved as; empty where it is none."""
    text: str


@dataclass
class Typed:
    """A line that is typed in a shell, and the lines that the page shows below it."""

    line: str
    shown: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """The line's words, without what sets the environment and without a comment."""
        words = shlex.split(self.line, comments=True)
        return [word for place, word in enumerate(words) if place or not re.fullmatch(r"\w+=\S+", word)]


def blocks(page: Path) -> list[Block]:
    """The page's blocks, in order."""
    found = re.findall(
        r'^```(\w*)(?: title="([^"]*)")?\n(.*?)^```', page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    return [Block(*each) for each in found]


def typed(block: Block) -> Iterator[Typed]:
    """What is typed: every line of `sh`; in a `console` what a `$` stands before, the rest is shown."""
    if block.language == "sh":
        yield from (Typed(line) for line in block.text.splitlines() if line.strip())
    elif block.language == "console":
        steps: list[Typed] = []
        for line in block.text.splitlines():
            if line.startswith("$ "):
                steps.append(Typed(line[2:]))
            else:
                steps[-1].shown.append(line)
        yield from steps
