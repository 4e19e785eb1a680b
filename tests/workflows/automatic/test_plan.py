"""Plans: the goal, the split and the experiments that data suggest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import synthetic_ratings
from recsys.errors import InputError
from recsys.experiment import load_experiment
from recsys.workflows.automatic.plan import Plan, plan_of
from recsys.workflows.automatic.write import write_plan


def table(folder: Path, *columns: str) -> Path:
    """A file of 600 actions with some of the columns `rating` and `timestamp`."""
    ratings = synthetic_ratings(SyntheticSettings(users=30, items=25, ratings=600))
    frame = pd.DataFrame({"user": ratings.users, "item": ratings.items})
    if "rating" in columns:
        frame["rating"] = ratings.values
    if "timestamp" in columns:
        frame["timestamp"] = 1_600_000_000 + np.random.default_rng(0).permutation(len(frame)) * 1000
    frame.to_csv(folder / "actions.csv", index=False)
    return folder / "actions.csv"


def items_file(folder: Path) -> Path:
    """A file of the items with a category."""
    frame = pd.DataFrame({"item": range(25), "genre": [("drama", "comedy", "war")[item % 3] for item in range(25)]})
    frame.to_csv(folder / "items.csv", index=False)
    return folder / "items.csv"


def sweeps(plan: Plan) -> list[str]:
    return list(plan.experiments)


@pytest.mark.parametrize(
    ("columns", "goal", "split"),
    [
        (("rating",), "ratings", "random"),
        (("rating", "timestamp"), "ratings", "temporal"),
        (("timestamp",), "next", "leave_last"),
        ((), "lists", "user_random"),
    ],
)
def test_data_suggest_a_goal_and_a_split(columns: tuple[str, ...], goal: str, split: str, tmp_path: Path) -> None:
    plan = plan_of(table(tmp_path, *columns), "mine")
    assert plan.goal.name == goal
    assert {each.split.kind for each in plan.experiments.values()} == {split}
    assert any(reason.startswith(f"goal: {goal}, ") for reason in plan.reasons)
    assert any(reason.startswith(f"split: {split}, ") for reason in plan.reasons)


class TestPlans:
    def test_lists_of_ratings_have_positives_from_the_mean_on(self, tmp_path: Path) -> None:
        plan = plan_of(table(tmp_path, "rating"), "mine", goal="lists")
        values = pd.read_csv(tmp_path / "actions.csv")["rating"]
        least = plan.first.data.positive_from
        assert least == values[values >= values.mean()].min()
        assert sweeps(plan) == ["mine-mf", "mine-als", "mine-ease", "mine-item_knn", "mine-nnmf", "mine-mlp"]
        assert {each.objective.metric for each in plan.experiments.values()} == {"ndcg"}

    def test_for_next_items_every_rating_is_a_positive(self, tmp_path: Path) -> None:
        plan = plan_of(table(tmp_path, "rating", "timestamp"), "mine", goal="next")
        assert plan.first.data.positive_from == pd.read_csv(tmp_path / "actions.csv")["rating"].min()
        assert sweeps(plan) == ["mine-sequential_mf", "mine-ease", "mine-item_knn", "mine-sasrec"]

    def test_events_search_the_ranges_of_events(self, tmp_path: Path) -> None:
        space = plan_of(table(tmp_path), "mine").experiments["mine-mf"].search_space
        assert space["embedding_size"].ends == (16, 128)
        assert "seen_weight" not in space  # of ratings that are no positives, and events have none

    def test_features_take_part_if_their_file_is_given(self, tmp_path: Path) -> None:
        plan = plan_of(table(tmp_path, "rating"), "mine", goal="lists", items=items_file(tmp_path))
        assert {"feature_l2", "id_dropout"} <= set(plan.experiments["mine-mf"].search_space)
        assert "id_dropout" not in plan.experiments["mine-als"].search_space  # of gradients
        new = plan_of(tmp_path / "actions.csv", "mine", goal="new-items", items=tmp_path / "items.csv")
        assert new.first.split.kind == "cold_items"
        assert new.first.split.size == 0.1

    def test_values_replace_what_is_found(self, tmp_path: Path) -> None:
        given = {"split.kind": "random", "split.seed": 3, "data.positive_from": 5, "training.epochs": 2}
        plan = plan_of(table(tmp_path, "rating", "timestamp"), "mine", goal="lists", seed=4, overrides=given)
        for each in plan.experiments.values():
            assert (each.split.kind, each.split.seed, each.training.epochs) == ("random", 3, 2)
            assert (each.data.positive_from, each.study.seed, each.training.seed) == (5, 4, 4)
        assert "split: random, because --set asks for it" in plan.reasons

    def test_kinds_for_smaller_catalogues_are_left_out_with_the_reason(self, tmp_path: Path) -> None:
        count = 10_001
        frame = pd.DataFrame({"user": np.arange(count) % 50, "item": np.arange(count)})
        frame.to_csv(tmp_path / "wide.csv", index=False)
        plan = plan_of(tmp_path / "wide.csv", "mine", goal="lists")
        assert sweeps(plan) == ["mine-mf", "mine-als", "mine-nnmf", "mine-mlp"]
        assert plan.left_out["ease_top_n"] == "ease is for 10,000 items at most, and there are 10,001"

    @pytest.mark.parametrize(
        ("goal", "message"),
        [
            ("new-items", "--for new-items: the data have no item features"),
            ("next", "--for next: the data have no times"),
            ("ratings", "--for ratings: the data have no ratings"),
            ("films", "--for films: expected ratings, lists, next, new-items"),
        ],
    )
    def test_a_goal_that_the_data_do_not_admit_is_refused(self, goal: str, message: str, tmp_path: Path) -> None:
        with pytest.raises(InputError) as failure:
            plan_of(table(tmp_path), "mine", goal=goal)
        assert str(failure.value) == message


def test_a_plan_is_written_as_experiments_to_go_on_from(tmp_path: Path) -> None:
    plan = plan_of(table(tmp_path, "rating"), "mine", goal="lists", items=items_file(tmp_path))
    paths = write_plan(plan, tmp_path / "plan")
    assert [path.stem for path in paths] == sweeps(plan)
    for path in paths:
        again, planned = load_experiment(path), plan.experiments[path.stem]
        assert again.anchored.model_dump() == planned.anchored.model_dump()
        assert path.read_text(encoding="utf-8").startswith("# users: ")
    with pytest.raises(InputError, match="is there already: name another folder with --plan"):
        write_plan(plan, tmp_path / "plan")


def test_a_first_look_at_lists_starts_from_a_known_point_within_the_ranges(tmp_path: Path) -> None:
    of_ratings = plan_of(table(tmp_path, "rating"), "mine", goal="lists").experiments
    (first,) = of_ratings["mine-mf"].known_points
    assert (first["embedding_size"], first["dropout"]) == (224, 0.35)
    (of_events,) = plan_of(table(tmp_path), "mine").experiments["mine-mf"].known_points
    assert of_events["embedding_size"] == 128
    assert "seen_weight" not in of_events
    assert not of_ratings["mine-ease"].known_points
