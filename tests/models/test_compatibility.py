"""Tests of the purpose of an experiment, lists or ratings, and of the parameters that then apply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recsys.errors import InputError
from recsys.experiment import load_experiment

SMALL = '[data]\nsource = "synthetic"\n[model]\nkind = "mf"\n'


def written(folder: Path, text: str = SMALL) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


RANKS = {"objective.metric": "ndcg"}
IMPLICIT = {**RANKS, "data.feedback": "implicit"}
SOLVED = {**RANKS, "point.solver": "als", "point.loss": "weighted_squared"}


class TestPurpose:
    """What is trained for lists and what for ratings do not mix, and a parameter without a say is refused."""

    @pytest.mark.parametrize(
        ("overrides", "message"),
        [
            (
                {"point.loss": "softmax"},
                (
                    "point.loss: 'softmax' trains scores that are not ratings, and the objective measures ratings: "
                    "expected 'mean_squared_error', 'mean_absolute_error', 'huber' or 'log_cosh', or objective.metric"
                ),
            ),
            (
                {"space.loss": {"type": "choice", "values": ["huber", "bpr"]}},
                "space.loss: 'bpr' trains scores that are not ratings",
            ),
            (
                {**IMPLICIT, "point.loss": "huber"},
                (
                    "point.loss: implicit data have no ratings, which this loss needs: expected 'softmax', "
                    "'weighted_squared', 'logistic' or 'bpr'"
                ),
            ),
            *(
                (
                    {f"point.{name}": value},
                    f"point.{name}: does nothing, as no loss is of rankings: 'softmax', 'weighted_squared', 'logistic'",
                )
                for name, value in {"negatives": 5, "negatives_power": 0.5, "seen_weight": 0.1}.items()
            ),
            (
                {"space.unobserved_weight": {"type": "float", "low": 0.1, "high": 0.5}},
                "space.unobserved_weight: does nothing, as no loss is of rankings",
            ),
            (
                {**RANKS, "point.loss": "bpr", "point.unobserved_weight": 0.2},
                "point.unobserved_weight: does nothing in 'bpr'; it applies to 'weighted_squared' or 'logistic'",
            ),
            (
                {**IMPLICIT, "point.seen_weight": 0.2},
                "point.seen_weight: does nothing, as all implicit data are positives",
            ),
            (
                {**SOLVED, "model.kind": "mlp"},
                "point.solver: 'als' solves dot products, those of mf and nnmf; expected 'adam'",
            ),
            (
                {**SOLVED, "point.loss": "bpr"},
                "point.solver: 'als' solves squared losses, 'mean_squared_error' or 'weighted_squared', not 'bpr'",
            ),
            (
                {"point.solver": "als", "space.loss": {"type": "choice", "values": ["mean_squared_error", "huber"]}},
                "point.solver: 'als' solves squared losses, 'mean_squared_error' or 'weighted_squared', not 'huber'",
            ),
            *(
                (
                    {**SOLVED, f"point.{name}": value},
                    f"point.{name}: does nothing with solver = 'als', which solves for each side in turn",
                )
                for name, value in {
                    "learning_rate": 0.1,
                    "dropout": 0.1,
                    "batch_size": 64,
                    "negatives": 8,
                    "negatives_power": 0.5,
                    "bias_l2": 0.1,
                }.items()
            ),
            (
                {"point.solver": "gibbs"},
                "point.solver: 'gibbs' draws from a posterior, that of bayesian_mf; expected 'adam' or 'als'",
            ),
            (
                {"model.kind": "bayesian_mf", "point.solver": "adam"},
                (
                    "point.solver: 'adam' follows the gradients of losses, those of mf, nnmf, mlp, sequential_mf and "
                    "sasrec; expected 'gibbs'"
                ),
            ),
            (
                {"model.kind": "sequential_mf", "objective.metric": "rmse", "space": {}},
                "model.kind: 'sequential_mf' ranks items, and objective.metric = 'rmse' is of ratings",
            ),
            (
                {**RANKS, "model.kind": "sequential_mf", "space": {}, "point.loss": "huber"},
                "point.loss: 'sequential_mf' ranks items: expected 'softmax'",
            ),
            (
                {**RANKS, "model.kind": "sasrec", "space": {}, "model.global_mean": False},
                "model: global_mean does nothing here: a mean changes no list",
            ),
            (
                {**IMPLICIT, "model.kind": "bayesian_mf"},
                "model.kind: 'bayesian_mf' is drawn from ratings, and implicit data have none",
            ),
            (
                {"model.kind": "bayesian_mf", "point.learning_rate": 0.1},
                "point.learning_rate: bayesian_mf has no such parameter; it has embedding_size, implicit_features",
            ),
            (
                {"model.kind": "bayesian_mf", "model.biases": False},
                "model: biases does nothing here: they are part of what bayesian_mf draws",
            ),
            ({**RANKS, "point.loss": "sotfmax"}, "point.loss: expected one of mean_squared_error"),
            ({**RANKS, "point.negatives": 2.5}, "point.negatives: expected a whole number of at least 0, not 2.5"),
            ({**RANKS, "point.negatives_power": 2}, "point.negatives_power: expected a number from 0 to 1, not 2"),
            ({"point.solver": "sgd"}, "point.solver: expected one of adam, als, gibbs, closed_form, not 'sgd'"),
        ],
    )
    def test_what_does_not_go_together_is_named_with_the_remedy(
        self, overrides: dict[str, Any], message: str, tmp_path: Path
    ) -> None:
        path = written(tmp_path)
        with pytest.raises(InputError) as failure:
            load_experiment(path, overrides)
        assert str(failure.value).startswith(f"{path}: {message}")

    @pytest.mark.parametrize(
        ("overrides", "loss", "there", "not_there"),
        [
            ({}, "mean_squared_error", {"learning_rate", "dropout", "bias_l2"}, {"negatives", "seen_weight"}),
            (RANKS, "softmax", {"learning_rate", "negatives", "seen_weight"}, {"solver", "hidden_units"}),
            ({**RANKS, "point.loss": "logistic"}, "logistic", {"unobserved_weight"}, {"solver"}),
            ({**RANKS, "point.loss": "huber"}, "huber", {"learning_rate"}, {"negatives", "unobserved_weight"}),
            (
                SOLVED,
                "weighted_squared",
                {"solver", "l2", "unobserved_weight", "seen_weight"},
                {"learning_rate", "dropout", "batch_size", "negatives", "negatives_power", "bias_l2"},
            ),
            (
                {"point.solver": "als"},
                "mean_squared_error",
                {"solver", "l2", "bias_l2"},
                {"learning_rate", "dropout", "batch_size", "unobserved_weight"},
            ),
        ],
    )
    def test_the_default_point_follows_the_objective_and_leaves_out_what_has_no_say(
        self, overrides: dict[str, Any], loss: str, there: set[str], not_there: set[str], tmp_path: Path
    ) -> None:
        point = load_experiment(written(tmp_path), overrides).default_point
        assert point["loss"] == loss
        assert there <= set(point)
        assert not not_there & set(point)

    def test_a_ranking_objective_may_weigh_losses_of_both_kinds_against_each_other(self, tmp_path: Path) -> None:
        losses = {"type": "choice", "values": ["huber", "softmax"]}
        point = load_experiment(written(tmp_path), {**RANKS, "space.loss": losses}).default_point
        assert {"loss", "negatives", "seen_weight"} <= set(point)

    def test_where_both_solvers_are_searched_what_one_needs_is_kept(self, tmp_path: Path) -> None:
        both = {**RANKS, "point.loss": "weighted_squared", "point.learning_rate": 0.1}
        solvers = {"type": "choice", "values": ["adam", "als"]}
        point = load_experiment(written(tmp_path), {**both, "space.solver": solvers}).default_point
        assert point["learning_rate"] == 0.1

    def test_a_factory_of_ones_own_is_trained_for_lists_where_the_objective_is_of_lists(self, tmp_path: Path) -> None:
        text = '[data]\nsource = "synthetic"\n[model]\nfactory = "mine:build"\n'
        path = written(tmp_path, text)
        assert load_experiment(path, RANKS).default_point["loss"] == "softmax"
        with pytest.raises(InputError, match=r"point\.solver: 'als' solves dot products"):
            load_experiment(path, SOLVED)
