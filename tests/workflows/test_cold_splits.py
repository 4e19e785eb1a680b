"""Tests of splits by items and by users, from the baselines to the champion, on small data."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recsys
from recsys.errors import InputError
from recsys.evaluation.scoring import EvaluationResult, MetricSample
from recsys.evaluation.significance import bootstrap_interval
from recsys.experiment import Experiment, experiment_from
from recsys.tracking.annotations import NO_WORDS
from recsys.workflows.comparison.baselines import Baselines
from recsys.workflows.comparison.evaluate import _splits
from recsys.workflows.comparison.leaderboard import Leaderboard, Row
from recsys.workflows.promotion.card import _values as values_table
from recsys.workflows.promotion.promotion import Promotion

ASKED = [("cold_items", "ndcg"), ("cold_users", "ndcg"), ("cold_items", "rmse")]


def experiment(folder: Path, kind: str, metric: str) -> Experiment:
    point: dict[str, Any] = {"embedding_size": 4, "batch_size": 128}
    document = {
        "data": {"source": "synthetic", "synthetic": {"users": 60, "items": 40, "ratings": 1200}},
        "split": {"kind": kind},
        "model": {"kind": "mf"},
        "point": point | ({"loss": "softmax"} if metric == "ndcg" else {}),
        "space": {"learning_rate": {"type": "float", "low": 1e-2, "high": 1e-1, "scale": "log"}},
        "study": {"trials": 2, "batch": 2},
        "training": {"epochs": 3},
        "objective": {"metric": metric},
    }
    return experiment_from(document, source="document", folder=folder, name=f"{kind}-{metric}")


@dataclass(frozen=True)
class Found:
    """What the commands say."""

    kind: str
    metric: str
    judges: Baselines
    board: Leaderboard
    promotion: Promotion
    report: str


@pytest.fixture(scope="module", params=ASKED, ids="-".join)
def found(request: pytest.FixtureRequest, fresh_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Found:
    kind, metric = request.param
    folder = tmp_path_factory.mktemp("cold")
    shutil.copy(fresh_database, folder / "mlflow.db")
    uri, made = f"sqlite:///{folder}/mlflow.db", experiment(folder, kind, metric)
    name = recsys.sweep(made, tracking_uri=uri).sweep
    recsys.report(name, output=folder / "report.html", tracking_uri=uri)
    return Found(
        kind,
        metric,
        recsys.baselines(made, tracking_uri=uri),
        recsys.compare(name, tracking_uri=uri),
        recsys.promote(name, accept_baseline_loss="to see", tracking_uri=uri),
        (folder / "report.html").read_text(encoding="utf-8"),
    )


def test_a_trial_has_the_value_of_its_cold_part(found: Found) -> None:
    assert "cold" in found.board.heads
    assert "warm" not in found.board.heads
    for row in found.board.rows:
        assert row.cold == pytest.approx(row.value, rel=1e-5)


def test_judges_that_need_ratings_of_an_item_are_left_out_where_all_are_new_except_popularity(found: Found) -> None:
    chance = found.kind == "cold_items" and found.metric == "ndcg"
    assert set(found.judges.left_out) == ({"item_knn", "ease", "ials"} if chance else set())
    assert ("popularity" in {row.name for row in found.judges.rows}) == (found.metric == "ndcg")


def test_the_champion_is_tested_on_what_is_cold(found: Found) -> None:
    assert found.promotion.promoted
    assert found.promotion.warm == {}
    assert found.promotion.cold[found.metric] == pytest.approx(found.promotion.test[found.metric])
    said = [name for name in found.promotion.lines if name not in ("lists", *found.promotion.baselines)]
    assert said[4:6] == ["cold start", "cold"]


def test_the_report_says_that_all_is_cold(found: Found) -> None:
    assert "cold start" in found.report
    assert "have nothing in the training part" in found.report


class TestColumns:
    def test_a_card_has_all_warm_and_cold_with_their_intervals(self) -> None:
        values, warm = np.array([0.5, 0.25, 1.0, 0.0]), np.array([True, True, False, False])
        sample = MetricSample("ndcg", values, np.arange(4), warm)
        result = EvaluationResult(
            {"ndcg": 0.4375, "coverage": 0.5}, {"ndcg": sample}, warm={"ndcg": 0.375}, cold={"ndcg": 0.5}
        )
        intervals = [
            "{:.4f} to {:.4f}".format(*bootstrap_interval(values[rows], np.arange(4)[rows]))
            for rows in (warm | True, warm, ~warm)
        ]
        assert values_table(result).splitlines() == [
            "| metric | all | 95 % interval | warm | 95 % interval | cold | 95 % interval |",
            "|---|---|---|---|---|---|---|",
            f"| ndcg | 0.4375 | {intervals[0]} | 0.3750 | {intervals[1]} | 0.5000 | {intervals[2]} |",
            "| coverage | 0.5000 |  |  |  |  |  |",
        ]

    def test_and_one_column_if_nothing_is_cold(self) -> None:
        assert values_table(EvaluationResult({"coverage": 0.5}, {})).splitlines() == [
            "| metric | value | 95 % interval |",
            "|---|---|---|",
            "| coverage | 0.5000 |  |",
        ]

    def test_a_leaderboard_has_warm_and_cold_beside_all(self) -> None:
        rows = [
            Row(1, "s", 0, "r", 0.3, None, None, None, 1.0, {"ndcg": 0.3}, {}, NO_WORDS, False, 0.4, 0.1),
            Row(2, "s", 1, "q", 0.2, None, None, None, 1.0, {"ndcg": 0.2}, {}),
        ]
        board = Leaderboard("ndcg", "maximize", "f", 0, rows)
        assert board.columns(sweep=False) == ["", "trial", "ndcg", "95 % interval", "p", "warm", "cold", "point"]
        assert board.cells(rows[0], sweep=False)[5:7] == ["0.4000", "0.1000"]
        assert board.cells(rows[1], sweep=False)[5:7] == ["", ""]
        of_ratings = replace(board, metric="rmse", direction="minimize")
        assert of_ratings.about == (
            "warm: rmse where training saw the user and the item. "
            "cold: rmse where the user, or the item, is new to training. "
        )
        assert board.about == (
            "warm: ndcg where training saw the user and a relevant item. "
            "cold: ndcg where the user, or every relevant item, is new to training. "
        )


class TestSeveralSplits:
    def test_are_draws_of_other_ids(self, tmp_path: Path) -> None:
        found = _splits(experiment(tmp_path, "cold_items", "ndcg"), 3)
        assert [(each.split.kind, each.split.seed) for each in found] == [("cold_items", seed) for seed in range(3)]

    def test_of_a_moment_there_is_one(self, tmp_path: Path) -> None:
        made = experiment(tmp_path, "cold_items", "ndcg").replaced({"split.at": 600})
        with pytest.raises(InputError) as raised:
            _splits(made, 3)
        assert str(raised.value) == (
            "split.kind = 'cold_items' has one split only; evaluate needs random or fold, or another kind "
            "that split.seed draws"
        )
