"""Tests that the commands of each page run in order and print the output that the page shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from journeys import Journey
from not_run import BY_THE_CLOCK, NOT_RUN, reason_not_to_run
from pages import PAGES, blocks, typed

GOES_ON = {"promotion.md": "tutorial.md", "serving.md": "README.md"}
"""Pages that go on where another one ended."""
STARTS = [name for name in PAGES if name not in GOES_ON]


def has_something_to_run(page: str) -> bool:
    found = blocks(PAGES[page])
    return any(b.language == "python" for b in found) or any(
        reason_not_to_run(step) is None for block in found for step in typed(block)
    )


@pytest.mark.slow
@pytest.mark.parametrize("page", [name for name in STARTS if has_something_to_run(name)])
def test_a_page_prints_what_it_shows(page: str, tmp_path: Path) -> None:
    journey = Journey(tmp_path / "folder", tmp_path / "tools")
    try:
        for each in [page, *(name for name, before in GOES_ON.items() if before == page)]:
            journey.follow(each)
    finally:
        journey.end()


def test_what_is_not_run_stands_on_a_page() -> None:
    lines = [step.line for page in PAGES.values() for block in blocks(page) for step in typed(block)]
    assert [start for start in NOT_RUN if not any(line.startswith(start) for line in lines)] == []
    assert set(BY_THE_CLOCK) <= set(lines)
