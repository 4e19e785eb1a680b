"""Tests of figures for notebooks: they equal those of the report."""

from __future__ import annotations

from pathlib import Path

import pytest

import recsys
from recsys.errors import InputError, NotFoundError
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.search.run_study import SweepResult


def test_the_history_has_every_trial_and_ends_with_the_best(swept: SweepResult, swept_uri: str) -> None:
    trials, best = recsys.figures.history("small", tracking_uri=swept_uri).data
    assert swept.best is not None
    assert sorted(trials.x) == list(range(6))
    assert best.y[-1] == min(trials.y) == swept.best.value


def test_the_lines_are_of_every_parameter_and_the_objective(swept_uri: str) -> None:
    (lines,) = recsys.figures.parallel_coordinates("small", tracking_uri=swept_uri).data
    assert [axis.label for axis in lines.dimensions] == ["embedding_size", "learning_rate", "rmse"]


def test_importances_are_shares_of_the_whole(swept_uri: str) -> None:
    (bars,) = recsys.figures.importances("small", tracking_uri=swept_uri).data
    assert set(bars.y) == {"embedding_size", "learning_rate"}
    assert sum(bars.x) == pytest.approx(1)


def test_the_curves_are_those_of_the_best(swept: SweepResult, swept_uri: str) -> None:
    drawn = recsys.figures.curves("small", top=2, tracking_uri=swept_uri).data
    assert swept.best is not None
    history = MlflowStore(swept_uri).history(swept.best.run_id)
    assert len(drawn) == 4, "two trials, each with its objective and its loss"
    assert list(drawn[0].y) == history["rmse"]
    assert drawn[0].name == f"trial {swept.best.trial}"


def test_of_one_trial_there_is_nothing_to_compare(experiment: Path, store_uri: str) -> None:
    recsys.sweep(experiment, trials=1, tracking_uri=store_uri)
    with pytest.raises(InputError, match="small: it has too few complete trials"):
        recsys.figures.parallel_coordinates("small", tracking_uri=store_uri)
    with pytest.raises(NotFoundError, match="other"):
        recsys.figures.history("other", tracking_uri=store_uri)


def test_results_show_themselves_as_the_commands_do(swept: SweepResult, swept_uri: str) -> None:
    assert swept.best is not None
    assert f"{swept.best.value:.4f} (trial {swept.best.trial}" in swept._repr_html_()
    board = recsys.compare("small", top=6, tracking_uri=swept_uri)
    assert board._repr_html_().count("<tr>") == 7
    assert f"Protocol {board.fingerprint}; its test part has been opened" in board._repr_html_()
