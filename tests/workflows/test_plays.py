"""Tests with a log of plays with repeats, split by time, from the file to the champion."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.experiment import experiment_from
from recsys.models.training_data import TrainingData
from recsys.registry.mlflow_registry import MlflowRegistry
from recsys.training.cohort import Trainer
from recsys.training.trial import Trial
from recsys.workflows.promotion.promote import promote
from recsys.workflows.search.prepare import Prepared, prepare
from recsys.workflows.search.sweep import sweep
from recsys.workflows.serving.recommend import recommend

USERS, ITEMS, DAYS = 12, 20, 100
Play = tuple[str, str, int, int]
"""User, item, stars, day."""
IMPLICIT = {"feedback": "implicit", "columns": {"timestamp": "day"}}
EXPLICIT = {"scale": (1.0, 5.0), "duplicates": "mean", "columns": {"timestamp": "day"}}


def plays(seed: int = 0) -> list[Play]:
    """Two favourites each, every few days, and something else in between; at the top each item once, on the first day.

    So every id comes first in a row that any split trains on, whatever later rows say.
    """
    random = np.random.default_rng(seed)
    first, found = [(f"u{item % USERS}", f"i{item}", 3, 0) for item in range(ITEMS)], list[Play]()
    for user in range(USERS):
        for day in range(user % 3, DAYS, 3):
            item = (user + day // 3 % 2) % ITEMS if random.random() < 0.7 else int(random.integers(ITEMS))
            found.append((f"u{user}", f"i{item}", int(random.integers(1, 6)), day))
    return [*first, *(found[place] for place in random.permutation(len(found)))]


def experiment_of(folder: Path, rows: Sequence[Play], data: dict[str, Any], **sections: Any) -> Any:
    folder.mkdir(exist_ok=True)
    lines = ["user,item,rating,day", *(",".join(map(str, row)) for row in rows)]
    (folder / "plays.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    document = {
        "data": {"source": "plays.csv", **data},
        "model": {"kind": "mf"},
        "point": {"embedding_size": 4, "batch_size": 64},
        "training": {"epochs": 3},
        "objective": {"metric": "ndcg" if data is IMPLICIT else "rmse", "k": 3},
        **sections,
    }
    return experiment_from(document, source="plays.toml", folder=folder, name="plays")


def by_id(ratings: Ratings) -> dict[tuple[str, str], float]:
    catalogue = ratings.catalogue
    ids = catalogue.user_ids[ratings.users].tolist(), catalogue.item_ids[ratings.items].tolist()
    return dict(zip(zip(*ids, strict=True), ratings.values.tolist(), strict=True))


def summed(rows: Sequence[Play]) -> dict[tuple[str, str], float]:
    pairs = [row[:2] for row in rows]
    return {pair: float(pairs.count(pair)) for pair in pairs}


class TestTheDate:
    def test_what_was_played_before_it_is_in_training_and_what_after_in_the_test_part(self, tmp_path: Path) -> None:
        rows, said = plays(), list[str]()
        temporal = {"kind": "temporal", "size": 0.25, "validation": {"size": 0.25}}
        split = prepare(
            experiment_of(tmp_path, rows, IMPLICIT, split=temporal), sealed=False, reporter=said.append
        ).split
        ordered = sorted(rows, key=lambda row: row[3])  # stable, as the file has them within a day
        held_out = -(-len(rows) // 4)
        before, after = ordered[:-held_out], ordered[-held_out:]
        test = by_id(split.open_test("a test", lambda _why: None))
        new = {pair: count for pair, count in summed(after).items() if pair not in summed(before)}
        assert by_id(split.train.join(split.validation)) == summed(before)
        assert test == new
        again, all_ = len(summed(after)) - len(new), len(summed(after))
        assert (
            f"test: {again:,} of {all_:,} pairs are in an earlier part too, and are not tested; split.repeats = true "
            "tests them" in said
        )

    def test_repeats_are_tested_where_they_are_asked_for(self, tmp_path: Path) -> None:
        rows, said = plays(), list[str]()
        temporal = {"kind": "temporal", "size": 0.25, "repeats": True}
        split = prepare(
            experiment_of(tmp_path, rows, IMPLICIT, split=temporal), sealed=False, reporter=said.append
        ).split
        after = sorted(rows, key=lambda row: row[3])[len(rows) * 3 // 4 :]
        assert by_id(split.open_test("a test", lambda _why: None)) == summed(after)
        assert all("tested too, for split.repeats" in line for line in said)
        assert len(said) == 2

    def test_repeats_make_another_protocol_and_another_test_part(self, tmp_path: Path) -> None:
        one, other = (
            prepare(experiment_of(tmp_path, plays(), IMPLICIT, split={"kind": "temporal", "repeats": repeats}))
            for repeats in (False, True)
        )
        assert one.fingerprint != other.fingerprint
        assert one.test_fingerprint != other.test_fingerprint
        assert "split.repeats" not in one.protocol


def trained(prepared: Prepared) -> list[Any]:
    """What training makes of it, in every number."""
    experiment, split = prepared.experiment, prepared.split
    data = TrainingData(split.train, split.validation)
    trainer = Trainer(experiment.model, data, experiment.training, experiment.objective)
    (result,) = trainer.train([Trial(0, experiment.default_point, 1, experiment.training.epochs)])
    return [result.history, dict(result.values)]


@pytest.mark.parametrize("kind", ["temporal", "leave_last"])
@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize(
    "data", [IMPLICIT, {**IMPLICIT, "weight_scale": "log"}, EXPLICIT, {**EXPLICIT, "duplicates": "last"}]
)
def test_nothing_that_is_played_later_moves_a_trial(
    data: dict[str, Any], repeats: bool, kind: str, tmp_path: Path
) -> None:
    """The rows of the test part are of other items and stars; whoever trains has the same numbers to the last bit."""
    rows, split = plays(), {"kind": kind, "repeats": repeats}
    border = sorted(row[3] for row in rows)[len(rows) * 4 // 5]
    last = {row[0]: max(other[3] for other in rows if other[0] == row[0]) for row in rows}
    random = np.random.default_rng(1)

    def other(row: Play) -> Play:
        is_late = row[3] > border if kind == "temporal" else row[3] == last[row[0]]
        return (row[0], f"i{random.integers(ITEMS)}", int(random.integers(1, 6)), row[3]) if is_late else row

    changed = [other(row) for row in rows]
    assert changed != rows
    objective = {"metric": "ndcg" if "feedback" in data else "rmse", "k": 3}
    one, two = (
        prepare(experiment_of(tmp_path / name, each, data, split=split, objective=objective))
        for name, each in (("one", rows), ("two", changed))
    )
    assert one.digest != two.digest
    assert by_id(one.split.train) == by_id(two.split.train)
    assert by_id(one.split.validation) == by_id(two.split.validation)
    if repeats and kind == "temporal":  # one training of each kind of data is enough
        assert trained(one) == trained(two)


@pytest.mark.parametrize("repeats", [False, True])
def test_a_champion_shows_what_was_played_before_only_where_that_was_tested(
    repeats: bool, fresh_database: Path, tmp_path: Path
) -> None:
    shutil.copy(fresh_database, tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    experiment = experiment_of(
        tmp_path,
        plays(),
        IMPLICIT,
        split={"kind": "temporal", "repeats": repeats},
        study={"trials": 1},
        space={"learning_rate": {"type": "float", "low": 0.01, "high": 0.02}},
    )
    sweep(experiment, tracking_uri=uri)
    promote("plays", baseline="popularity", accept_baseline_loss="a test", tracking_uri=uri)
    registry = MlflowRegistry(uri)
    champion = registry.champion("plays")
    assert champion is not None
    said = registry.file(champion, "card.md")
    assert ("and are tested too, for split.repeats." if repeats else "and are not tested; split.repeats = true") in said
    played = {row[1] for row in plays() if row[0] == "u1"}
    shown = recommend(user="u1", n=ITEMS, tracking_uri=uri)
    assert {found.item for found in shown.items} == {f"i{item}" for item in range(ITEMS)} - (
        set() if repeats else played
    )


def test_nothing_new_to_validate_is_refused_with_what_to_do(tmp_path: Path) -> None:
    rows = [("u1", f"i{day % 2}", 1, day) for day in range(40)]
    with pytest.raises(InputError, match=r"the validation part is empty: all 2 pairs .* split\.repeats = true"):
        prepare(experiment_of(tmp_path, rows, IMPLICIT, split={"kind": "temporal"}))
