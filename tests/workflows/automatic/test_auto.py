"""An automatic search ends in a champion, by ordinary sweeps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import recsys
from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import synthetic_ratings
from recsys.errors import InputError
from recsys.store.address import registry_uri
from recsys.workflows.automatic.auto import AutoResult
from recsys.workflows.automatic.goals import GOALS
from recsys.workflows.search.stores import open_access_log, open_registry, open_store

SMALL: Mapping[str, Any] = {"training.epochs": 2, "split.kind": "random"}
TRIALS = 12  # six for three sweeps, six for two of them
CHEAP = ("als_top_n", "ease_top_n", "item_knn_top_n")


def ratings_file(folder: Path, **settings: Any) -> Path:
    """A file of synthetic ratings."""
    ratings = synthetic_ratings(SyntheticSettings(**{"users": 60, "items": 40, "ratings": 1200, **settings}))
    frame = pd.DataFrame({"user": ratings.users, "item": ratings.items, "rating": ratings.values})
    frame.to_csv(folder / "mine.csv", index=False)
    return folder / "mine.csv"


def recipes(uri: str, model: str = "mine") -> Any:
    registry = open_registry(registry_uri(uri))
    return json.loads(registry.file(registry.required_champion(model), "recipes.json"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("auto")


@pytest.fixture(scope="module", autouse=True)
def cheap_kinds() -> Iterator[None]:
    """Lists by three kinds that need no compiling."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(GOALS, "lists", replace(GOALS["lists"], experiments=CHEAP))  # type: ignore[arg-type]
        yield


@pytest.fixture(scope="module")
def said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def found(folder: Path, said: list[str]) -> AutoResult:
    """The search for lists on synthetic ratings, in a store of the folder."""
    before = Path.cwd()
    os.chdir(folder)  # the report is written to the current folder
    try:
        return search(folder, said.append)
    finally:
        os.chdir(before)


def search(folder: Path, reporter: Any = print) -> AutoResult:
    uri, file = f"sqlite:///{folder}/mlflow.db", ratings_file(folder)
    return recsys.auto(
        file, goal="lists", trials=TRIALS, ensemble=3, overrides=SMALL, tracking_uri=uri, reporter=reporter
    )


@pytest.fixture(scope="module")
def uri(found: AutoResult, folder: Path) -> str:
    return f"sqlite:///{folder}/mlflow.db"


class TestASearch:
    def test_every_kind_has_a_first_look_and_the_better_ones_go_on(self, found: AutoResult) -> None:
        assert sorted((each.rounds, each.trials) for each in found.sweeps) == [(1, 2), (2, 5), (2, 5)]
        values = [each.value for each in found.sweeps if each.value is not None]
        assert values == sorted(values, reverse=True)

    def test_its_sweeps_are_ordinary(self, found: AutoResult, uri: str) -> None:
        store = open_store(uri)
        for each in found.sweeps:
            summary = store.summary(each.sweep)
            assert (summary.state, summary.complete) == ("FINISHED", each.trials)
            assert summary.best == each.value

    def test_it_says_what_it_does_and_what_it_would_give(self, found: AutoResult, said: list[str]) -> None:
        assert found.reasons == said[: len(found.reasons)]
        assert sum(line.startswith("round ") for line in said) == 2
        assert any(line.startswith("to beat on validation: ") for line in said)
        best = found.sweeps[0]
        assert f"best so far {best.value:.4f} by {best.sweep}" in [line for line in said if "best so far" in line][-1]

    def test_there_is_a_champion_that_serves(self, found: AutoResult, uri: str) -> None:
        assert found.promotion is not None
        assert found.version == 1
        assert len(recsys.recommend("0", n=5, model="mine", tracking_uri=uri).items) == 5
        assert Path(uri.removeprefix("sqlite:///")).with_name(found.report).exists()

    def test_it_opens_the_test_part_once_for_each_decision_of_the_gate(self, found: AutoResult, uri: str) -> None:
        header = open_store(uri).header(found.sweeps[0].sweep)
        test = open_registry(registry_uri(uri)).history("mine")
        openings = open_access_log(uri).openings(fingerprint_of(header))
        assert len(openings) == len(test) <= 2
        assert {each.reason for each in openings} == {"promote auto mine"}

    def test_the_same_call_finds_the_champion_there(
        self, found: AutoResult, uri: str, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(folder)
        before = open_store(uri).names()
        again = search(folder)
        assert again.promotion is None
        assert (again.version, again.sweeps) == (found.version, found.sweeps)
        assert open_store(uri).names() == before

    def test_sweeps_of_another_experiment_are_not_continued(self, found: AutoResult, uri: str, folder: Path) -> None:
        with pytest.raises(InputError) as failure:
            recsys.auto(
                folder / "mine.csv",
                goal="lists",
                trials=TRIALS,
                overrides={**SMALL, "training.epochs": 3},
                tracking_uri=uri,
            )
        assert str(failure.value) == "there is a sweep mine-als of another experiment: give --name for another search"
        assert found.sweeps


def fingerprint_of(header: Any) -> str:
    from recsys.evaluation.protocol import fingerprint_of_test

    return fingerprint_of_test(header.protocol)


def test_the_best_baseline_becomes_the_champion_if_no_model_beats_it(
    tmp_path: Path, store_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = ratings_file(tmp_path, rank=1, noise=1.0)
    untrained = {"training.epochs": 1, "training.patience": 0}
    done = recsys.auto(file, goal="ratings", trials=4, overrides=untrained, tracking_uri=store_uri)
    assert done.promotion is not None
    assert done.promotion.promoted
    assert recipes(store_uri)[0].get("baseline") == min(done.baselines, key=lambda name: done.baselines[name])


def test_a_search_within_a_time_ends(tmp_path: Path, store_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = ratings_file(tmp_path)
    done = recsys.auto(file, goal="lists", minutes=0.05, overrides=SMALL, tracking_uri=store_uri)
    assert all(each.trials >= each.rounds for each in done.sweeps)
    assert max(each.rounds for each in done.sweeps) == 2


@pytest.mark.slow
def test_a_search_that_is_killed_again_and_again_ends_with_the_same_champion(tmp_path: Path) -> None:
    killed, undisturbed = (CommandLine(tmp_path / name) for name in ("killed", "undisturbed"))
    waits = np.random.default_rng(0)
    for _ in range(10):
        killed.run_for(waits.uniform(4, 12))
    one, other = killed.run(), undisturbed.run()
    assert [each["sweep"] for each in one["sweeps"]] == [each["sweep"] for each in other["sweeps"]]
    for each, same in zip(one["sweeps"], other["sweeps"], strict=True):
        assert (each["trials"], each["rounds"]) == (same["trials"], same["rounds"])
        assert each["value"] == pytest.approx(same["value"], abs=1e-6)
    assert recipes(killed.uri) == recipes(undisturbed.uri)


class CommandLine:
    """An automatic search over all kinds by the command line, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.uri = folder, f"sqlite:///{folder}/mlflow.db"
        self.command = [sys.executable, "-m", "recsys.cli", "auto", str(ratings_file(folder)), "--for", "lists"]
        self.command += ["--trials", "24", "--set", "training.epochs=2", "--set", "split.kind=random", "--json"]
        self.environment = {**os.environ, "MLFLOW_TRACKING_URI": self.uri}

    def run_for(self, seconds: float) -> None:
        """Run it, and kill it after a time."""
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            self.command, cwd=self.folder, env=self.environment, stdout=quiet, stderr=quiet
        ) as running:
            time.sleep(seconds)
            running.kill()

    def run(self) -> Any:
        """Run it to its end; returns its result."""
        done = subprocess.run(
            self.command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
