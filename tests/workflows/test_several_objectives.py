"""Tests of several objectives in all workflows: sweep, comparison, views, and promotion by a rule."""

from __future__ import annotations

from pathlib import Path

import pytest

import recsys
from recsys.errors import InputError
from recsys.evaluation.metrics.metric import sort_key
from recsys.registry.mlflow_registry import MlflowRegistry
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.comparison.compare import Leaderboard
from recsys.workflows.comparison.report import report

GOALS = ["ndcg", "coverage", "parameters"]


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    uri = f"sqlite:///{tmp_path_factory.mktemp('several')}/mlflow.db"
    words = {"objective.metrics": GOALS, "point.loss": "softmax", "study.trials": 10, "training.epochs": 4}
    recsys.sweep("smoke", overrides=words, tracking_uri=uri)
    return uri


@pytest.fixture(scope="module")
def board(uri: str) -> Leaderboard:
    return recsys.compare("smoke", tracking_uri=uri)


@pytest.mark.slow
class TestSeveralObjectives:
    def test_the_front_stands_first_and_dominates_the_rest(self, board: Leaderboard) -> None:
        fronts = [row.front for row in board.rows]
        assert fronts == sorted(fronts, reverse=True)
        assert fronts[0]
        best = {name: min(row.values[name] * sign for row in board.rows) for name, sign in _SIGNS.items()}
        on_it = {name: min(row.values[name] * sign for row in board.rows if row.front) for name, sign in _SIGNS.items()}
        assert on_it == best

    def test_parameters_are_those_of_the_trial(self, board: Leaderboard) -> None:
        """200 users and 100 items, each with a spare row, and item biases."""
        for row in board.rows:
            size = row.params["embedding_size"]
            assert isinstance(size, int)
            assert row.values["parameters"] == (201 + 101) * size + 101

    def test_the_store_has_it_tagged_and_drawn(self, board: Leaderboard, uri: str) -> None:
        store = MlflowStore(uri)
        tags = {row.trial: store.find(row.run_id).tags.get("recsys.front") for row in board.rows}
        assert tags == {row.trial: "true" if row.front else None for row in board.rows}
        assert "coverage" in store.find("smoke").tags["mlflow.note.content"]

    def test_its_figure_has_the_trials_on_it_apart(self, board: Leaderboard, uri: str) -> None:
        others, front = recsys.figures.front("smoke", tracking_uri=uri).data
        assert sorted(front.y) == sorted(row.values["ndcg"] for row in board.rows if row.front)
        assert len(others.x) == sum(not row.front for row in board.rows)
        assert list(front.x) == sorted(front.x)

    def test_the_report_shows_it(self, uri: str, tmp_path: Path) -> None:
        page = Path(report("smoke", output=tmp_path / "page.html", tracking_uri=uri).file).read_text(encoding="utf-8")
        assert "No trial is better in ndcg and coverage and parameters at once" in page
        assert "<th>parameters</th><th>front</th>" in page
        assert "<td>yes</td>" in page

    def test_a_rule_chooses_what_is_promoted_and_stands_in_the_card(self, board: Leaderboard, uri: str) -> None:
        front = [row for row in board.rows if row.front]
        wanted = min(front, key=lambda row: sort_key(row.values["coverage"], "maximize"))
        rule = f"parameters<={wanted.values['parameters']:.0f}, max coverage"
        promoted = recsys.promote("smoke", prefer=rule, accept_baseline_loss="a test", tracking_uri=uri)
        assert promoted.run_ids == [wanted.run_id]
        registry = MlflowRegistry(uri)
        champion = registry.champion("synthetic")
        assert champion is not None
        assert rule in registry.file(champion, "card.md")
        with pytest.raises(InputError, match="a rule chooses one trial"):
            recsys.promote("smoke", prefer=rule, ensemble=3, tracking_uri=uri)


_SIGNS = {"ndcg": -1, "coverage": -1, "parameters": 1}
