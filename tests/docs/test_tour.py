"""Tests that the shipped notebook runs, and that its text matches its output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pages import ROOT

TOUR = ROOT / "examples" / "tour.ipynb"


def read() -> Any:
    import nbformat

    return nbformat.read(TOUR, as_version=4)


def shown(notebook: Any, source: str, kind: str) -> Any:
    """What the cell that begins so shows last, of a kind."""
    (cell,) = [cell for cell in notebook.cells if cell.source.startswith(source)]
    return [output.data[kind] for output in cell.outputs if kind in output.get("data", {})][-1]


def test_it_is_shipped_without_outputs() -> None:
    cells = [cell for cell in read().cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)


@pytest.mark.slow
def test_it_leads_from_nothing_to_a_champion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    notebook = read()
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    (sweep,) = [cell for cell in notebook.cells if cell.source.startswith("result = ")]
    progress, result = [output.data["text/html"] for output in sweep.outputs if "data" in output]
    assert "24 of 24 trials" in progress, "one table, replaced until the end"
    assert "24 complete" in result
    assert "95 % interval" in shown(notebook, "recsys.compare", "text/html")
    for name in ("history", "importances", "parallel_coordinates", "curves"):
        assert shown(notebook, f"figures.{name}", "application/vnd.plotly.v1+json")["data"]
    assert "version 1 is the champion" in shown(notebook, "recsys.promote", "text/html")
    assert "rating" in shown(notebook, "recsys.recommend", "text/html")
