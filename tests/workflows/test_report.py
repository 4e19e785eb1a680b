"""The report: whole, self-contained, and logged to the sweep's run."""

from __future__ import annotations

import re
from pathlib import Path

import mlflow
import pytest

from recsys.errors import InputError
from recsys.workflows.report import report
from recsys.workflows.sweep import sweep

SECTIONS = [
    "Leaderboard",
    "Optimisation history",
    "Parameter importances",
    "Parallel coordinates",
    "Learning curves",
    "Residuals by true rating",
    "Map of the items",
    "The best model",
]


def test_a_report_shows_the_sweep_whole_and_asks_no_network(experiment: Path, store_uri: str, tmp_path: Path) -> None:
    sweep(experiment, tracking_uri=store_uri)
    written = report("small", output=tmp_path / "small.html", tracking_uri=store_uri)
    page = (tmp_path / "small.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2>(.*?)</h2>", page) == SECTIONS
    without_script = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", without_script)
    assert "Item 1" in page  # titles to hover over
    logged = mlflow.MlflowClient(store_uri).download_artifacts(written.run_id, "report.html", str(tmp_path))
    assert Path(logged).read_text(encoding="utf-8") == page


def test_a_folder_that_is_not_there_is_named_before_anything_is_read(store_uri: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        report("small", output=tmp_path / "no" / "small.html", tracking_uri=store_uri)
