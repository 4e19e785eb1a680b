"""Tests that a champion belongs to its data: a candidate on other data of the same name cannot replace it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recsys.errors import InputError
from recsys.evaluation.protocol import fingerprint_of_test
from recsys.registry.mlflow_access_log import MlflowAccessLog
from recsys.registry.mlflow_registry import MlflowRegistry
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.promotion.champions import history
from recsys.workflows.promotion.promote import promote
from recsys.workflows.search.sweep import sweep

EXPERIMENT = """
[data]
source = "ratings.csv"

[model]
kind = "mf"

[space]
learning_rate = { type = "float", low = 2e-2, high = 4e-2 }

[point]
embedding_size = 2
batch_size = 128

[study]
trials = 1

[training]
epochs = 8
"""

WHY = "of stars that are sums of two biases, the biases alone know all"


def project(folder: Path, seed: int, rows: int = 1500) -> Path:
    """An experiment on a `ratings.csv` of its own: 60 users and 40 items, numbered alike in every project."""
    random = np.random.default_rng(seed)
    tastes, merits = random.normal(0, 1, (2, 60))
    pairs = random.permutation(60 * 40)[:rows]
    lines = ["user,item,rating"]
    for user, item in zip(pairs // 40, pairs % 40, strict=True):
        stars = 3 + tastes[user] + merits[item] + 0.3 * random.normal()
        lines.append(f"{user},{item},{min(5, max(1, round(stars)))}")
    folder.mkdir(exist_ok=True)
    (folder / "ratings.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / f"{folder.name}.toml").write_text(EXPERIMENT, encoding="utf-8")
    return folder / f"{folder.name}.toml"


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store that two projects share; the champion `ratings` is of the films."""
    home = tmp_path_factory.mktemp("identity")
    uri = f"sqlite:///{home / 'mlflow.db'}"
    for name, seed in (("films", 1), ("books", 2)):
        sweep(project(home / name, seed), tracking_uri=uri)
    assert promote("films", tracking_uri=uri, accept_baseline_loss=WHY).version == 1
    return uri


def openings(uri: str, sweep_name: str) -> int:
    return len(MlflowAccessLog(uri).openings(fingerprint_of_test(MlflowStore(uri).header(sweep_name).protocol)))


def test_a_champion_of_other_data_is_neither_compared_nor_replaced_without_a_word(uri: str) -> None:
    before = MlflowRegistry(uri).champion("ratings")
    with pytest.raises(
        InputError, match=r"ratings version 1 is of other data.*--name or \[promotion\] name.*--replace"
    ):
        promote("books", tracking_uri=uri)
    assert MlflowRegistry(uri).champion("ratings") == before
    assert openings(uri, "books") == 0


def test_a_finished_sweep_is_promoted_under_a_name_of_its_own(uri: str) -> None:
    done = promote("books", name="books", tracking_uri=uri, accept_baseline_loss=WHY)
    assert (done.model, done.version) == ("books", 1)
    assert MlflowRegistry(uri).required_champion("ratings").version == 1


def test_no_name_makes_other_data_a_contender(uri: str) -> None:
    with pytest.raises(InputError, match="is of other data"):
        promote("books", name="ratings", tracking_uri=uri, dry_run=True)


def test_a_champion_of_other_data_is_replaced_for_a_reason(uri: str) -> None:
    dry = promote("books", name="ratings", tracking_uri=uri, dry_run=True, replace="the films are gone")
    assert dry.champion is None


@pytest.mark.slow
def test_data_that_grew_are_the_same_data(uri: str, tmp_path: Path) -> None:
    grown = project(tmp_path / "films", 1, rows=1650)
    done = sweep(grown, name="grown", tracking_uri=uri)
    assert promote(done.sweep, tracking_uri=uri, dry_run=True).champion is not None


@pytest.mark.parametrize("name", ["a/b", "", " ", "x" * 201])
def test_what_is_no_name_is_refused_first_of_all(uri: str, name: str) -> None:
    with pytest.raises(InputError, match=r"model name .* expected"):
        promote("no sweep at all", name=name, tracking_uri=uri)


def test_nothing_of_this_is_in_the_history(uri: str) -> None:
    assert [event.action for event in history(model="ratings", tracking_uri=uri)] == ["promoted"]
