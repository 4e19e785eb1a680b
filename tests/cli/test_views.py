"""Tests that views print data literally, without markup and terminal control sequences."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from recsys.cli.views.baselines import show_baselines
from recsys.cli.views.champions import show_history, show_promotion, show_recommendations
from recsys.cli.views.live import SweepView
from recsys.cli.views.results import show_leaderboard, show_shown, show_sweeps
from recsys.cli.views.sweeps import show_evaluation, show_sweep
from recsys.evaluation.metrics.table import METRICS
from recsys.evaluation.significance import PairedTest, paired_test
from recsys.registry.history import Event
from recsys.registry.rule import Against
from recsys.serving.lists import Recommendation, Recommendations
from recsys.tracking.summary import SweepSummary
from recsys.training.trial import Result, Trial, TrialState
from recsys.workflows.comparison.baselines import BaselineResult, Baselines
from recsys.workflows.comparison.evaluate import Evaluation, Fold
from recsys.workflows.comparison.leaderboard import Leaderboard, Row
from recsys.workflows.comparison.show import Shown
from recsys.workflows.promotion.promotion import Promotion
from recsys.workflows.search.progress import Progress, _html
from recsys.workflows.search.run_study import SweepResult

OBEYED = "\x1b]0;owned\x07"
HOSTILE = {text: text for text in ("[/x]", "[bold]x[/bold]", "[link=http://evil.example]x[/link]")}
HOSTILE[OBEYED] = r"\x1b]0;owned\x07"


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=200)


def output(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_ids_and_titles(text: str, console: Console) -> None:
    show_recommendations(console, Recommendations(text, [Recommendation(text, text, 4.5)], fallback=True))
    assert output(console).count(HOSTILE[text]) == 3


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_store_holds(text: str, console: Console) -> None:
    now = datetime.now(UTC)
    summary = SweepSummary(text, "run", "sweep", "FINISHED", text, "rmse", 0.9, 1, 0, 0, 1, now, 1.0)
    show_sweeps(console, [summary])
    show_shown(console, Shown("sweep", text, "run", "FINISHED", {"data": text}, {}, {}, f"# {text}\nx = 1"))
    show_history(console, [Event(now, "promoted", 1, text, {})])
    assert output(console).count(HOSTILE[text]) == 6


def test_the_time_that_remains_is_of_the_sweep_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    view, now = SweepView(Console(quiet=True), quiet=True), iter([0.0, 100.0, 110.0])
    monkeypatch.setattr("recsys.cli.views.live.time.monotonic", lambda: next(now))
    metric = METRICS["rmse"]
    view.watch(Progress("fold1", metric, 4))
    second = Progress("fold2", metric, 4, states={0: TrialState.COMPLETE})
    view.watch(second)
    assert view._times(second) == "10 s elapsed, 30 s remaining"


def test_of_a_budget_of_time_remains_what_all_lives_have_left_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    view, now = SweepView(Console(quiet=True), quiet=True), iter([100.0, 110.0])
    monkeypatch.setattr("recsys.cli.views.live.time.monotonic", lambda: next(now))
    progress = Progress("mf", METRICS["rmse"], 10_000, states={0: TrialState.COMPLETE}, minutes=2, worked=95.0)
    view.watch(progress)
    assert view._times(progress) == "105 s elapsed, 15 s remaining"


def test_baselines_stand_the_best_first_with_the_settings_that_were_searched(console: Console) -> None:
    rows = [
        BaselineResult("ease", {"l2": 330.0}, {"ndcg": 0.2043, "recall": 0.25}, (0.19, 0.22), 6, 2.4),
        BaselineResult("popularity", {}, {"ndcg": 0.0977, "recall": 0.11}, (0.09, 0.11), 1, 0.1),
    ]
    show_baselines(console, Baselines("mf", "ml-100k", "ndcg", "f52e", rows, {"ials": "it is too slow"}))
    head, first, second, *notes = output(console).splitlines()
    assert head.split() == ["baseline", "ndcg", "95", "%", "interval", "recall", "seconds"]
    assert first.split() == ["ease", "0.2043", "0.1900", "to", "0.2200", "0.2500", "2.4"]
    assert second.split()[0] == "popularity"
    assert notes[:2] == ["ease has l2=330: the best of 6 settings.", "ials is left out: it is too slow."]


def test_a_leaderboard_has_the_same_cells_in_a_terminal_and_in_a_notebook(console: Console) -> None:
    rows = [
        Row(1, "mf", 4, "run", 0.9, (0.88, 0.92), 1.0, True, 0.1, {"mae": 0.7}, {"l2": 0.1, "size": 8}, front=True),
        Row(2, "als", 5, "run", 0.95, None, None, None, 0.1, {"mae": 0.8}, {"l2": 0.1, "size": 9}),
    ]
    board = Leaderboard("rmse", "minimize", "f52e", 1, rows, further=["mae"])
    assert board.cells(rows[0]) == [
        "1=",
        "mf",
        "4",
        "0.9000",
        "0.8800 to 0.9200",
        "1.000",
        "0.7000",
        "yes",
        "l2=0.1, size=8",
    ]
    assert len(board.columns()) == len(board.cells(rows[0])) == len(board.columns(sweep=False)) + 1
    html = board._repr_html_()
    show_leaderboard(console, board, 2)
    for row in rows:
        *cells, _point = filter(None, board.cells(row))
        (line,) = [line for line in output(console).splitlines() if line.lstrip().startswith(cells[0])]
        assert line.split() == " ".join([*cells, f"size={row.params['size']}"]).split()
        assert all(f">{cell}</td>" in html for cell in board.cells(row))
    assert "All have l2=0.1." in output(console)
    assert board.note in html
    assert "its test part has been opened 1 time." in " ".join(output(console).split())


def test_progress_has_the_same_cells_in_a_terminal_and_in_a_notebook(console: Console) -> None:
    progress = Progress("mf", METRICS["rmse"], 4, worked=3.0)
    trial = Trial(0, {"size": 8}, 0, 3)
    progress.take(Result(trial, TrialState.COMPLETE, {}, 2, {"rmse": 0.9}, {}, 1.0))
    view = SweepView(Console(quiet=True), quiet=True)
    view.watch(progress)
    console.print(view._table())
    assert progress.line == "mf: 1 of 4 trials (1 complete), best rmse 0.9000 (trial 0)"
    assert progress.rows == [["0", "complete", "0.9000", "2", "size=8"]]
    table = output(console).splitlines()
    assert table[0].startswith(progress.line)
    assert [table[-2].split(), table[-1].split()] == [progress.columns, progress.rows[0]]
    html = _html(progress)
    assert all(f">{cell}</td>" in html for cell in progress.rows[0])
    assert f"{progress.line}, 3 s of work" in html


def test_a_promotion_tells_by_how_much_each_baseline_was_beaten(console: Console) -> None:
    against = Against(0.37, PairedTest(0.012, (0.004, 0.02), 0.001, 0.002))
    left_out = {"ials": "too slow"}
    won = Promotion("m", 2, True, "because", {"ndcg": 0.382}, {"ease": against}, left_out, None, 1, ["run"], None)
    show_promotion(console, won)
    assert "ease      0.3700, difference +0.0120 (95 % +0.0040 to +0.0200, p 0.002)" in output(console)
    assert "ials      left out: too slow" in output(console)


class TestOfOneUser:
    """From whom nothing follows for others: there is no interval, and no verdict of luck."""

    def test_baselines_have_no_interval(self, console: Console) -> None:
        rows = [BaselineResult("global_mean", {}, {"rmse": 1.2}, None, 1, 0.0)]
        show_baselines(console, Baselines("mf", "mine", "rmse", "f52e", rows, {}))
        assert output(console).splitlines()[1].split() == ["global_mean", "1.2000", "0.0"]

    def test_a_leaderboard_tells_nothing_apart(self, console: Console) -> None:
        rows = [Row(place, "mf", place, "run", 1.2, None, None, None, 0.1, {}, {"l2": place}) for place in (1, 2)]
        show_leaderboard(console, Leaderboard("rmse", "minimize", "f52e", 0, rows), 2)
        assert "=" not in output(console).replace("l2=", "")

    def test_a_promotion_says_so(self, console: Console) -> None:
        against = Against(0.37, paired_test(np.ones(3), np.zeros(3), np.zeros(3, int)))
        won = Promotion("m", 2, True, "because", {"rmse": 1.0}, {"mean": against}, {}, None, 1, ["run"], None)
        show_promotion(console, won)
        assert "0.3700, difference +1.0000 (of fewer than two users, from whom nothing follows" in output(console)


class TestMetricsWithoutAValue:
    VALUES = {"rmse": 1.0, "ndcg": math.nan, "gini": math.nan}
    WHY = "ndcg, gini have no value: no user has an item there that is relevant by objective.threshold"

    def test_say_why_beside_those_that_have_one(self, console: Console) -> None:
        show_promotion(console, Promotion("m", 2, True, "because", self.VALUES, {}, {}, None, 1, ["run"], None))
        assert f"rmse 1.0000; {self.WHY}" in output(console)

    def test_and_below_a_table(self, console: Console) -> None:
        fold = Fold("mf-fold1", self.VALUES)
        show_evaluation(console, Evaluation("mf", "random splits", [fold], self.VALUES, self.VALUES, "rmse"))
        assert self.WHY in output(console)

    def test_nothing_is_said_of_a_model_that_has_none_at_all(self, console: Console) -> None:
        nothing = dict.fromkeys(self.VALUES, math.nan)
        show_promotion(console, Promotion("m", 2, True, "because", nothing, {}, {}, None, 1, ["run"], None))
        assert "rmse nan, ndcg nan, gini nan" in output(console)


def test_a_sweep_says_why_it_has_stopped(console: Console) -> None:
    why = "trials = 8: no more points are left to try"
    show_sweep(console, SweepResult("grid", "run", {"complete": 6, "pruned": 0, "failed": 0}, None, 1.0, 0.0, why, 1.0))
    assert f"stopped  {why}" in output(console)
