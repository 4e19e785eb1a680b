"""The report: whole, self-contained, and logged to the sweep's run."""

from __future__ import annotations

import re
from pathlib import Path

import mlflow
import numpy as np
import pytest

from recsys.errors import InputError
from recsys.experiment import load_experiment
from recsys.tracking.tracker import Header, Recorded
from recsys.training.trial import State, Told
from recsys.workflows.report import _search_figures, report
from recsys.workflows.report_figures import residuals
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


class TestResiduals:
    def test_a_few_ratings_have_a_box_each(self) -> None:
        truth = np.array([1.0, 2.0, 2.0, 5.0])
        assert [box.name for box in residuals(truth, truth + 0.5).data] == ["1", "2", "5"]

    def test_many_distinct_ratings_share_at_most_twenty_boxes_that_hold_them_all(self) -> None:
        truth = np.linspace(0, 10, 101)
        boxes = residuals(truth, truth + 0.5).data
        assert len(boxes) == 20
        assert sum(len(box.y) for box in boxes) == 101
        assert boxes[0].name == "0 to 0.5"


def test_an_objective_of_exactly_0_counts_for_the_importances(experiment: Path) -> None:
    protocol = Header("small", "sweep", "", "d", "0", "f", {}, "mae", "minimize", 4, 10, 3, 3)
    records = [
        Recorded(n, {"embedding_size": 2 + n, "learning_rate": 0.01}, 0, "", Told(State.COMPLETE, float(n)))
        for n in range(4)
    ]
    titles = [figure.title for figure in _search_figures(protocol, records, load_experiment(experiment))]
    assert "Parameter importances" in titles
