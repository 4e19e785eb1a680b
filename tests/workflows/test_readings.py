"""Tests that a command reads and splits a table once, for any number of sweeps."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Mapping
from inspect import isfunction
from pathlib import Path
from typing import Any

import pytest

import recsys
from recsys.data import load
from recsys.errors import SealError
from recsys.experiment import load_experiment
from recsys.reporter import quiet
from recsys.splitting import make
from recsys.workflows.search.tables import Tables

FIXED = {"point.embedding_size": 4, "point.learning_rate": 0.01}
Command = Callable[[Path, str], Any]
READING: Mapping[str, tuple[Command, int]] = {
    "baselines": (lambda file, uri: recsys.baselines(file, tracking_uri=uri), 1),
    "compare": (lambda _, uri: recsys.compare(["small", "other"], tracking_uri=uri), 1),
    "describe_data": (lambda _, __: recsys.describe_data("synthetic"), 0),
    "evaluate": (lambda file, uri: recsys.evaluate(file, folds=2, trials=1, tracking_uri=uri), 2),
    "hypermodel": (lambda file, _: recsys.hypermodel(file), 1),
    "objective": (lambda file, _: recsys.objective(file), 1),
    "promote": (lambda _, uri: recsys.promote(["small", "other"], dry_run=True, tracking_uri=uri), 1),
    "report": (lambda file, uri: recsys.report("small", output=file.with_suffix(".html"), tracking_uri=uri), 1),
    "rerun": (lambda _, uri: recsys.rerun(["small", "other"], seeds=1, top=2, tracking_uri=uri), 1),
    "resume": (lambda _, uri: recsys.resume("other", trials=2, tracking_uri=uri), 1),
    "sweep": (lambda file, uri: recsys.sweep(file, trials=1, try_=["small"], tracking_uri=uri), 1),
    "train": (lambda file, uri: recsys.train(file, overrides=FIXED, open_test=True, tracking_uri=uri), 1),
}
"""Each function that reads ratings, and how many splits it makes."""
SEVERAL_SWEEPS = {"evaluate", "promote", "rerun", "resume"}
"""These take long, as they train several sweeps."""
NOT_READING: Mapping[str, Command] = {
    "delete": lambda _, uri: recsys.delete("other", tracking_uri=uri),
    "export": lambda file, uri: recsys.export("small", f"sqlite:///{file.parent}/studies.db", tracking_uri=uri),
    "list_sweeps": lambda _, uri: recsys.list_sweeps(tracking_uri=uri),
    "note": lambda _, uri: recsys.note("small", "a word", tracking_uri=uri),
    "show": lambda _, uri: recsys.show("small", tracking_uri=uri),
    "tag": lambda _, uri: recsys.tag("small", ["key=value"], tracking_uri=uri),
    "watch": lambda _, uri: recsys.watch("small", tracking_uri=uri),
}
OF_CHAMPIONS = {"add_items", "history", "recommend", "recommend_all", "rollback", "serve"}
"""These look at the registry alone, which has no ratings but those that a champion carries."""
ELSEWHERE = {"auto", "init", "relocate", "stop"}
"""`init` and `auto` try splits on the table that they inspect; `relocate` and `stop` write to the store alone."""


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often ratings were really read, and really split."""
    counts: Counter[str] = Counter()
    read, cut = load._read, make._cut

    def counting_read(*arguments: Any) -> Any:
        counts["read"] += 1
        return read(*arguments)

    def counting_cut(*arguments: Any) -> Any:
        counts["split"] += arguments[-1] == "test"
        return cut(*arguments)

    monkeypatch.setattr(load, "_read", counting_read)
    monkeypatch.setattr(make, "_cut", counting_cut)
    return counts


def swept_again(uri: str, file: Path) -> None:
    """Give the store another sweep of the same data."""
    recsys.sweep(file, seed=5, trials=1, name="other", tracking_uri=uri)


def test_every_function_is_counted() -> None:
    functions = {name for name in recsys.__all__ if isfunction(getattr(recsys, name))}
    assert {*READING, *NOT_READING, *OF_CHAMPIONS, *ELSEWHERE} == functions


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in SEVERAL_SWEEPS else []) for name in READING]
)
def test_what_reads_ratings_reads_them_once(name: str, experiment: Path, swept_uri: str, counted: Counter[str]) -> None:
    command, splits = READING[name]
    if name in ("compare", "promote", "rerun", "resume"):
        swept_again(swept_uri, experiment)
        counted.clear()
    command(experiment, swept_uri)
    assert (counted["read"], counted["split"]) == (1, splits)


@pytest.mark.parametrize("name", NOT_READING)
def test_what_looks_at_the_store_reads_none(name: str, experiment: Path, swept_uri: str, counted: Counter[str]) -> None:
    if name == "delete":
        swept_again(swept_uri, experiment)
        counted.clear()
    NOT_READING[name](experiment, swept_uri)
    assert counted == {}


@pytest.mark.slow
def test_an_evaluation_that_is_run_again_reads_once_too(
    experiment: Path, store_uri: str, counted: Counter[str]
) -> None:
    first = recsys.evaluate(experiment, folds=2, trials=1, tracking_uri=store_uri)
    counted.clear()
    assert recsys.evaluate(experiment, folds=2, trials=1, tracking_uri=store_uri).mean == pytest.approx(first.mean)
    assert (counted["read"], counted["split"]) == (1, 2)


@pytest.mark.slow
def test_a_fold_is_searched_without_its_test_part(
    experiment: Path, store_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recsys.workflows.search import sweep as module

    run, seen = module.run_study, []

    def watched(prepared: Any, *arguments: Any) -> Any:
        seen.append(prepared.split.test)
        return run(prepared, *arguments)

    monkeypatch.setattr(module, "run_study", watched)
    recsys.evaluate(experiment, folds=2, trials=1, tracking_uri=store_uri)
    assert seen == [None, None]


class TestTables:
    def test_other_data_another_split_and_other_positives_are_told_apart(
        self, experiment: Path, counted: Counter[str]
    ) -> None:
        tables, small = Tables(), load_experiment(experiment)
        first = tables.split(small, quiet)
        assert tables.split(small.replaced({"study.trials": 2, "objective.metric": "mae"}), quiet) is first
        assert counted == {"read": 1, "split": 1}
        for number, change in enumerate(({"split.seed": 1}, {"objective.threshold": 3.0}), start=2):
            assert tables.split(small.replaced(change), quiet) is not first
            assert counted == {"read": 1, "split": number}
        other = tables.split(small.replaced({"data.synthetic.seed": 7}), quiet)
        assert counted == {"read": 2, "split": 4}
        assert other[0].digest != first[0].digest

    def test_no_copy_of_them_leaves_the_process(self) -> None:
        with pytest.raises(SealError, match="sealed"):
            pickle.dumps(Tables())
