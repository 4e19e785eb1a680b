"""Tests that integer settings accept 4.0 and refuse 4.5."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import InputError
from recsys.experiment import experiment_from, load_experiment
from recsys.spaces.enqueued import enqueued_points
from recsys.spaces.space import Space
from recsys.workflows.search.known_points import with_known

ROOT = Path(__file__).parent.parent
SMOKE = ROOT / "experiments/smoke.toml"
WHOLE = [
    "study.trials",
    "study.seed",
    "study.batch",
    "split.seed",
    "training.epochs",
    "training.patience",
    "objective.k",
    "data.synthetic.users",
    "data.min_user_ratings",
    "space.embedding_size.low",
]


@pytest.mark.parametrize("key", WHOLE)
def test_a_setting_takes_it(key: str) -> None:
    number = 400 if key.endswith("users") else 4
    expected = load_experiment(SMOKE, {key: number}).to_toml()
    assert load_experiment(SMOKE, {key: float(number)}).to_toml() == expected
    assert load_experiment(SMOKE, [f"{key}={number}.0"]).to_toml() == expected


@pytest.mark.parametrize("key", WHOLE)
def test_a_fraction_is_refused_by_name(key: str) -> None:
    with pytest.raises(InputError, match=rf"{key}: Input should be a valid integer, not 4\.5"):
        load_experiment(SMOKE, [f"{key}=4.5"])


def test_lists_of_whole_numbers_take_it() -> None:
    lists = {"objective.metric": "ndcg", "objective.also_at": [5.0, 20], "space": {}, "point": {}}
    found = load_experiment(ROOT / "experiments/smoke.toml", {**lists, "model": {"kind": "mlp"}})
    assert found.objective.also_at == (5, 20)
    units = {**lists, "model": {"kind": "mlp"}, "point": {"hidden_units": [32.0, 16.0]}}
    assert load_experiment(SMOKE, units).point["hidden_units"] == (32, 16)


class TestPoints:
    def test_a_fixed_one_is_whole(self) -> None:
        found = load_experiment(SMOKE, {"point.embedding_size": 16.0, "point.learning_rate": 1.0})
        assert type(found.point["embedding_size"]) is int
        assert type(found.point["learning_rate"]) is float

    def test_with_a_fraction_is_refused(self) -> None:
        with pytest.raises(InputError, match=r"point\.embedding_size: expected a whole number of at least 1"):
            load_experiment(SMOKE, {"point.embedding_size": 16.5})

    def test_choices_are_whole(self) -> None:
        found = load_experiment(SMOKE, {"space.embedding_size": {"type": "choice", "values": [4.0, 8.0]}})
        assert json.dumps(found.search_space["embedding_size"].grid(2)) == "[4, 8]"

    @pytest.mark.parametrize("ending", ["json", "toml"])
    def test_of_a_file_to_try_are_whole(self, ending: str, tmp_path: Path) -> None:
        text = {
            "json": '{"embedding_size": 4.0, "learning_rate": 0.01}',
            "toml": "embedding_size = 4.0\nlearning_rate = 0.01",
        }
        (tmp_path / f"try.{ending}").write_text(text[ending])
        found = with_known(load_experiment(SMOKE), [tmp_path / f"try.{ending}"], None)
        assert json.dumps(found.known_points[0]["embedding_size"]) == "4"

    def test_of_a_file_to_try_with_a_fraction_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "try.json").write_text('{"embedding_size": 4.5}')
        with pytest.raises(InputError, match=r"study\.try\[0\]\.embedding_size: 4\.5 is not in the space"):
            with_known(load_experiment(SMOKE), [tmp_path / "try.json"], None)

    def test_of_a_model_of_the_users_own_are_as_its_space_says(self) -> None:
        space = Space.model_validate(
            {"x": {"type": "int", "low": 1, "high": 9}, "y": {"type": "choice", "values": (2, 4)}}
        )
        (found,) = enqueued_points([{"x": 3.0, "y": 4.0}], space, {}, None, "try")
        assert json.dumps(found) == '{"x": 3, "y": 4}'


@given(st.integers(1, 2**31 - 1), st.floats(0.001, 0.999))
def test_it_is_the_number_itself_and_never_one_beside_it(number: int, fraction: float) -> None:
    document = tomllib.loads(SMOKE.read_text(encoding="utf-8"))

    def seed(value: Any) -> int:
        changed = {**document, "study": {**document.get("study", {}), "seed": value}}
        return experiment_from(changed, source="x", folder=SMOKE.parent, name="x").study.seed

    assert seed(float(number)) == number
    if not float(number + fraction).is_integer():
        with pytest.raises(InputError, match="valid integer"):
            seed(number + fraction)
