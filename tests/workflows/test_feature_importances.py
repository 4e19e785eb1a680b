"""Tests of the importance of features in report and model card, on new items whose features matter or do not."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import recsys
from recsys.experiment import Experiment, experiment_from
from recsys.registry.mlflow_registry import MlflowRegistry

DRAWN = {"users": 100, "items": 500, "ratings": 8000, "rank": 2, "noise": 0.3, "item_features": 1, "noise_features": 1}


def experiment(folder: Path, **sections: Any) -> Experiment:
    document = {
        "data": {"source": "synthetic", "synthetic": DRAWN},
        "split": {"kind": "cold_items", "size": 0.2, "validation": {"size": 0.4}},
        "model": {"kind": "mf"},
        "point": {"embedding_size": 4, "batch_size": 256, "id_dropout": 0.5},
        "training": {"epochs": 6},
        "objective": {"metric": "rmse"},
        "space": {"learning_rate": {"type": "float", "low": 0.015, "high": 0.025}},
        "study": {"trials": 1},
        **sections,
    }
    return experiment_from(document, source="document", folder=folder, name="drawn")


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    cells: list[str]

    @property
    def interval(self) -> tuple[float, float]:
        """The ends of the interval."""
        low, high = self.cells[-1].split(" to ")
        return float(low), float(high)


@dataclass(frozen=True)
class Found:
    """What the report and the card say."""

    report: str
    card: str

    @property
    def in_report(self) -> dict[str, Row]:
        """The rows of the report's table, by column."""
        return _by_column([re.findall("<td>(.*?)</td>", row) for row in self.report.split("<tr>")])

    @property
    def in_card(self) -> dict[str, Row]:
        """The rows of the card's table, by column."""
        section = self.card[self.card.index("## Features") : self.card.index("## Known limits")]
        return _by_column([line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")])


def _by_column(rows: list[list[str]]) -> dict[str, Row]:
    return {cells[0]: Row(cells) for cells in rows if cells and re.fullmatch(r"(feature|noise)(_|&#95;)\d", cells[0])}


@pytest.fixture(scope="module")
def found(fresh_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = tmp_path_factory.mktemp("importances")
    shutil.copy(fresh_database, folder / "mlflow.db")
    uri = f"sqlite:///{folder}/mlflow.db"
    name = recsys.sweep(experiment(folder), tracking_uri=uri).sweep
    recsys.report(name, output=folder / "report.html", tracking_uri=uri)
    promoted = recsys.promote(name, accept_baseline_loss="to see", tracking_uri=uri)
    registry = MlflowRegistry(uri)
    card = registry.file(registry.required_champion(promoted.model), "card.md")
    return Found((folder / "report.html").read_text(encoding="utf-8"), card)


class TestSections:
    def test_the_column_that_matters_has_an_interval_above_0_and_noise_has_none(self, found: Found) -> None:
        rows = found.in_report
        assert list(rows) == ["feature_1", "noise_1"]
        assert rows["feature_1"].interval[0] > 0
        assert rows["noise_1"].interval[0] <= 0

    def test_a_row_has_the_side_the_number_of_features_and_the_share_of_ids(self, found: Found) -> None:
        assert found.in_report["feature_1"].cells[:4] == ["feature_1", "items", "1", "100%"]

    def test_the_card_has_the_same_of_the_test_part(self, found: Found) -> None:
        rows = found.in_card
        assert list(rows) == ["feature&#95;1", "noise&#95;1"]
        assert rows["feature&#95;1"].interval[0] > 0
        assert rows["feature&#95;1"].cells[1:4] == ["items", "1", "100%"]

    def test_both_say_what_is_measured_and_on_what(self, found: Found) -> None:
        said = (
            "How much worse {} rmse is if the features of a column are permuted over the ids: the same model, and the "
            "mean of 5 permutations. Intervals are of a test paired by user. Above 0, the model predicts better by "
            "what the column says of each id."
        )
        assert said.format("validation") in found.report
        assert said.format("test") in found.card


def test_of_a_posterior_the_report_says_why_there_are_none(store_uri: str, tmp_path: Path) -> None:
    made = experiment(
        tmp_path,
        model={"kind": "bayesian_mf"},
        point={"burn_in": 1, "implicit_features": False},
        space={"embedding_size": {"type": "choice", "values": [2, 3]}},
        training={"epochs": 3, "patience": 0},
    )
    name = recsys.sweep(made, tracking_uri=store_uri).sweep
    recsys.report(name, output=tmp_path / "report.html", tracking_uri=store_uri)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    section = page[page.index("<h2>Features</h2>") :]
    assert section.splitlines()[1] == (
        "<p>Features of items have no importance: they act through the prior of its rows, and permuting them later "
        "changes no row.</p>"
    )
    assert "<table>" not in section
