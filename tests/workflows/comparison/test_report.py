"""Tests that the report is complete, self-contained, and logged to the sweep's run."""

from __future__ import annotations

import re
from pathlib import Path

import mlflow
import numpy as np
import pytest

from recsys.errors import InputError
from recsys.experiment import load_experiment
from recsys.tracking.tracker import Header, Recorded
from recsys.training.trial import FinishedTrial, TrialState
from recsys.workflows.comparison.annotations import note
from recsys.workflows.comparison.report import report
from recsys.workflows.comparison.report_best_trial import residuals
from recsys.workflows.comparison.report_sections import sections_of_search
from recsys.workflows.search.sweep import sweep

SECTIONS = [
    "Leaderboard",
    "Optimisation history",
    "Parameter importances",
    "Parallel coordinates",
    "Learning curves",
    "Residuals by true rating",
    "Quality by activity of the user",
    "Differences by activity of the user",
    "Map of the items",
    "The best model",
]


def test_a_report_shows_the_sweep_whole_and_asks_no_network(swept_uri: str, tmp_path: Path) -> None:
    note("small", "a <first> try", tracking_uri=swept_uri)
    written = report("small", output=tmp_path / "small.html", tracking_uri=swept_uri)
    page = (tmp_path / "small.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2>(.*?)</h2>", page) == SECTIONS
    without_script = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", without_script)
    assert "Item 1" in page  # titles to hover over
    assert "<dt>words</dt><dd>a &lt;first&gt; try</dd>" in page
    assert "s of work; trials = 6: all were made" in page
    logged = mlflow.MlflowClient(swept_uri).download_artifacts(written.run_id, "report.html", str(tmp_path))
    assert Path(logged).read_text(encoding="utf-8") == page


def test_a_report_of_lists_shows_whom_they_serve_and_what_they_hold(
    experiment: Path, store_uri: str, tmp_path: Path
) -> None:
    said: list[str] = []
    lists = ["objective.metric=ndcg", "point.loss=softmax", "objective.also_at=[3, 20]", "objective.users=20"]
    sweep(experiment, tracking_uri=store_uri, overrides=lists, trials=2, reporter=said.append)
    assert "lists are measured on a sample of 20 of 60 users, always the same (objective.users)" in said
    assert any(line.startswith("objective.also_at = 20: of ") for line in said)
    report("small", output=tmp_path / "small.html", tracking_uri=store_uri)
    page = (tmp_path / "small.html").read_text(encoding="utf-8")
    sections = re.findall(r"<h2>(.*?)</h2>", page)
    assert sections[-5:] == [
        "Quality by activity of the user",
        "Popularity of what is recommended",
        "Map of the items",
        "Example lists",
        "The best model",
    ]
    assert "Residuals by true rating" not in sections  # its scores are no ratings
    assert "<th>ndcg_at_3</th><th>ndcg_at_20</th>" in page
    assert "<dd>10 items, measured on a sample of 20 users with a validation item rated 4 or more</dd>" in page
    described = r"graded_ndcg 0\.\d+, serendipity 0\.\d+, diversity 0\.\d+, popularity_lift -?\d\.\d+, entropy \d\.\d+"
    assert re.search(f"<dt>what lists are like</dt><dd>{described}</dd>", page)
    examples = page[page.index("Example lists") : page.index("The best model")]
    assert len(re.findall(r"<h3>User", examples)) == 3
    assert len(re.findall(r"<li.*?>Item \d+</li>", examples)) >= 30


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
        Recorded(
            n, {"embedding_size": 2 + n, "learning_rate": 0.01}, 0, "", FinishedTrial(TrialState.COMPLETE, float(n))
        )
        for n in range(4)
    ]
    titles = [section.title for section in sections_of_search(protocol, records, load_experiment(experiment))]
    assert "Parameter importances" in titles
