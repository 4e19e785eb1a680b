"""Tests that the page of metrics has every metric in one table, with its direction."""

from __future__ import annotations

import re

from pages import PAGES

from recsys.evaluation.metrics.table import METRICS

PAGE = PAGES["metrics.md"].read_text(encoding="utf-8")
BETTER = {"minimize": "lower", "maximize": "higher"}


def test_every_metric_has_a_row_with_its_direction() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", PAGE, flags=re.MULTILINE)
    assert rows == [(name, BETTER[metric.direction]) for name, metric in METRICS.items()]


def test_every_source_is_a_link_to_its_entry() -> None:
    entries = set(re.findall(r'<a id="([^"]+)">', PAGES["bibliography.md"].read_text(encoding="utf-8")))
    assert set(re.findall(r"bibliography\.md#([^)]+)\)", PAGE)) <= entries
