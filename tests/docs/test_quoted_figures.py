"""Tests that figures quoted from docs/results.md equal those of docs/results.md."""

from __future__ import annotations

import re

from pages import PAGES

NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?!\w)")


def numbers(text: str) -> set[str]:
    """The numbers of a text; those in its links aside."""
    return set(NUMBER.findall(re.sub(r"\]\([^)]*\)", "", text)))


def section(page: str, heading: str) -> str:
    (found,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGES[page].read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return str(found)


def test_every_figure_in_the_results_of_the_readme_stands_in_the_results() -> None:
    quoted = numbers(section("README.md", "Results"))
    assert len(quoted) > 20
    assert quoted - numbers(PAGES["results.md"].read_text("utf-8")) == set()


def test_the_speed_that_the_readme_quotes_is_the_ratio_of_its_row() -> None:
    ratios = [
        line.split("|")[-2].split()[0] for line in section("results.md", "Speed").splitlines() if "KerasTuner" in line
    ]
    assert ratios == re.findall(r"(\d+) times as fast", section("README.md", "Results"))


def test_the_time_of_the_shipped_sweep_is_the_same_everywhere() -> None:
    (row,) = [line for line in section("results.md", "Ratings").splitlines() if line.startswith("| **MF** |")]
    seconds = row.strip("| ").split(" | ")[-1]
    assert f"The MF sweep takes {seconds}" in section("README.md", "Results")
    assert f"this sweep takes {seconds}" in PAGES["index.md"].read_text("utf-8")
