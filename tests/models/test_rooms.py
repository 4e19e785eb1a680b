"""Tests that each kind of model is one package: other code names no kind, solver or layer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recsys.documents import read_toml, validate
from recsys.experiment import load_experiment
from recsys.models.hyperparameters import Use
from recsys.models.kinds import KINDS
from recsys.models.parameters import SOLVERS, complaint
from recsys.spaces.space import Space

ROOT = Path(__file__).parent.parent.parent
LAYERS = {
    *(f"{side}_{what}" for side in ("user", "item") for what in ("embedding", "bias", "slices", "dropout")),
    *("history_embedding", "states", "sums", "item_weights"),
    *("dot", "dot_product", "draws", "product", "embeddings", "global_mean"),
}
ELSEWHERE = {
    ("recsys/evaluation/baselines/global_mean.py", "global_mean"),  # a baseline, which is no layer
    ("recsys/evaluation/baselines/ease.py", "ease"),  # a baseline, whose method a kind shares
    ("recsys/evaluation/baselines/item_knn.py", "item_knn"),  # likewise
    ("recsys/data/inspection/name_words.py", "product"),  # what a column of items is called
    ("recsys/tracking/pictures/figures.py", "dot"),  # a dotted line
    ("recsys/tracking/pictures/png.py", "dot"),
    ("recsys/tracking/mlflow/tracker.py", "embeddings"),  # a folder of artifacts
    ("recsys/tracking/mlflow/trial.py", "embeddings"),
    *(("recsys/workflows/automatic/goals.py", name) for name in ("mf", "nnmf", "mlp", "bayesian_mf")),  # shipped files
}
"""Words that mean something else there."""


def words(path: Path) -> Iterator[str]:
    """The string constants of a file, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_no_file_outside_the_models_names_a_kind_a_solver_or_a_layer() -> None:
    named = {*KINDS, *SOLVERS, *LAYERS}
    files = [path for path in (ROOT / "recsys").rglob("*.py") if "models" not in path.relative_to(ROOT).parts]
    found = {(path.relative_to(ROOT).as_posix(), word) for path in files for word in words(path) if word in named}
    assert found == ELSEWHERE


def test_no_file_outside_the_models_imports_a_layer() -> None:
    files = [path for path in (ROOT / "recsys").rglob("*.py") if "models" not in path.relative_to(ROOT).parts]
    imported = {
        (path.relative_to(ROOT).as_posix(), alias.name)
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("recsys.models.layers")
        for alias in node.names
    }
    assert {name for _, name in imported} <= {"MemberLayer", "constants", "member_layers"}  # those of any layer


@pytest.mark.parametrize(
    ("shipped", "kind", "use"),
    [
        ("mf", "mf", "rating"),
        ("nnmf", "nnmf", "rating"),
        ("mlp", "mlp", "rating"),
        ("bayesian_mf", "bayesian_mf", "rating"),
        ("mf_top_n", "mf", "ranking"),
        ("nnmf_top_n", "nnmf", "ranking"),
        ("mlp_top_n", "mlp", "ranking"),
        ("als_top_n", "mf", "als"),
        ("next_sequential_mf", "sequential_mf", "next"),
        ("next_sasrec", "sasrec", "next"),
        ("next_ease", "ease", "next"),
        ("next_item_knn", "item_knn", "next"),
        ("ease_top_n", "ease", "ranking"),
        ("item_knn_top_n", "item_knn", "ranking"),
    ],
)
def test_a_shipped_space_is_the_one_that_the_kind_declares(shipped: str, kind: str, use: Use) -> None:
    written: dict[str, Any] = read_toml(ROOT / "search_spaces" / f"{shipped}.toml")
    assert written == KINDS[kind].space(use)


@pytest.mark.parametrize(("shipped", "use"), [("kinds", "rating"), ("kinds_top_n", "ranking"), ("next_kinds", "next")])
def test_a_shipped_space_over_kinds_has_the_space_of_each(shipped: str, use: Use) -> None:
    written: dict[str, Any] = read_toml(ROOT / "search_spaces" / f"{shipped}.toml")
    searched = written.pop("kind")["values"]
    assert written == {kind: KINDS[kind].space(use) for kind in searched}


def test_the_shipped_space_with_features_adds_their_ranges() -> None:
    written: dict[str, Any] = read_toml(ROOT / "search_spaces" / "mf_features.toml")
    assert written == {**KINDS["mf"].space("ranking"), **KINDS["mf"].space("features")}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
class TestEveryKind:
    """What a kind declares of its parameters agrees with itself."""

    def test_a_range_admits_what_is_admissible(self, kind: Any) -> None:
        for use in ("rating", "ranking", "events", "als", "next"):
            for name, parameter in validate(Space, kind.space(use), kind.name).items():
                assert all(complaint(name, end) is None for end in parameter.ends), (use, name)

    def test_a_default_is_admissible(self, kind: Any) -> None:
        for ranking in (False, True):
            for name, value in kind.defaults(ranking=ranking).items():
                assert complaint(name, value) is None

    def test_a_parameter_has_one_line_of_meaning(self, kind: Any) -> None:
        assert all(each.meaning.endswith(".") and "\n" not in each.meaning for each in kind.hyperparameters)


@pytest.mark.parametrize("path", sorted((ROOT / "experiments").glob("*.toml")), ids=lambda path: path.stem)
def test_an_experiment_trains_with_a_solver_of_its_kind(path: Path) -> None:
    points = load_experiment(path).points
    for each in points.by_kind.values() or [points]:
        assert each.beside["solver"] in {method.name for method in KINDS[str(each.model.kind)].solvers}
