"""Tests of fold-in against retraining: a folded-in person gets the predictions of a model trained with the person.

Two trainings with different seeds give the expected distance between retrained models. The distance of the fold-in from
the retrained model has to be about the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings, SyntheticSettings
from recsys.data.synthetic import synthetic_events, synthetic_ratings
from recsys.evaluation.objective import ObjectiveSettings
from recsys.experiment import load_experiment
from recsys.models.settings import ModelSettings
from recsys.serving.folding import folding
from recsys.serving.user_history import UserHistory
from recsys.training.recipe import Recipe
from recsys.training.settings import TrainingSettings
from recsys.workflows.comparison.refit import refit
from recsys.workflows.search.prepare import prepare

PEOPLE = 40
K = 10
BASE: dict[str, Any] = {"l2": 0.03, "bias_l2": 0.01, "dropout": 0.2, "batch_size": 512, "unobserved_weight": 0.15}
LISTS: dict[str, Any] = {"batch_size": 4096}


@dataclass(frozen=True)
class Case:
    """What is trained, for how long."""

    kind: str
    epochs: int
    point: dict[str, Any]

    def recipe(self, seed: int) -> Recipe:
        settings = ModelSettings.model_validate({"kind": self.kind})
        return Recipe(settings, TrainingSettings(), self.point, seed, self.epochs)


def case(kind: str, loss: str, size: int, rate: float, epochs: int, **more: Any) -> Case:
    """Of the sizes of both sides' embeddings, and the learning rate."""
    sizes = {f"{side}embedding_size": size for side in ("", "user_", "item_")}
    return Case(kind, epochs, {**BASE, "loss": loss, **sizes, "learning_rate": rate, **more})


@dataclass(frozen=True)
class Nearness:
    """Scores of people to those of the retrained model."""

    correlation: float
    overlap: float
    """Items that two lists of ten share."""

    @classmethod
    def of(cls, scores: np.ndarray, retrained: np.ndarray, seen: np.ndarray) -> Nearness:
        pairs = list(zip(scores, retrained, strict=True))
        lists = [[set(np.argsort(np.where(seen[p], np.inf, -row))[:K]) for row in pair] for p, pair in enumerate(pairs)]
        return cls(
            float(np.mean([np.corrcoef(*pair)[0, 1] for pair in pairs])), float(np.mean([len(a & b) for a, b in lists]))
        )


def compared(case: Case, ratings: Ratings) -> dict[str, Nearness]:
    """How near to the retrained model are people folded in, another seed's training, and what knows nothing of them."""
    counts = np.bincount(ratings.users, minlength=ratings.catalogue.users)
    people = np.random.default_rng(0).choice(np.flatnonzero(counts >= 8), PEOPLE, replace=False)
    items = ratings.catalogue.items
    without = refit([case.recipe(1)], ratings.take(~np.isin(ratings.users, people)), ObjectiveSettings())
    retrained, other = (
        refit([case.recipe(seed)], ratings, ObjectiveSettings()).score_all(people, items) for seed in (1, 2)
    )
    folded = folding(without, items)
    seen = np.zeros((PEOPLE, items), bool)
    scores = []
    for place, user in enumerate(people):
        own = ratings.take(ratings.users == user)
        seen[place, own.items] = True
        liked = own.values >= (ratings.positive_from or 0)
        weights = own.values if ratings.implicit else liked
        scores.append(folded.scores(UserHistory(own.items, own.values.astype(float), weights.astype(float))))
    nobody = without.score_all(np.full(PEOPLE, ratings.catalogue.users), items)
    return {
        name: Nearness.of(np.asarray(each), retrained, seen)
        for name, each in (("folded in", scores), ("another seed", other), ("nobody", nobody))
    }


EVENTS = DataSettings(
    source="synthetic",
    feedback="implicit",
    synthetic=SyntheticSettings(users=300, items=80, ratings=9000, rank=4, popularity=0.5),
)
SMALL = {
    "softmax": case("mf", "softmax", 16, 0.02, 40, l2=0.05, **LISTS),
    "als": case("mf", "weighted_squared", 8, 0.1, 8, l2=0.01, solver="als", **LISTS),
    "stars": case("mf", "mean_squared_error", 4, 0.02, 40),
}


@pytest.mark.parametrize("what", SMALL)
def test_people_folded_in_are_given_about_what_retraining_gives_them(what: str) -> None:
    stars = synthetic_ratings(SyntheticSettings(users=300, items=80, ratings=9000))
    near = compared(SMALL[what], stars if what == "stars" else synthetic_events(EVENTS))
    assert near["folded in"].correlation > near["another seed"].correlation - 0.02
    assert near["folded in"].overlap > near["another seed"].overlap - 0.5
    assert near["folded in"].overlap > near["nobody"].overlap + 1


LARGE = {
    "mf, softmax": case("mf", "softmax", 96, 0.01, 25, l2=0.05, seen_weight=0.2, **LISTS),
    "mf, logistic": case("mf", "logistic", 64, 0.01, 27, l2=0.02, **LISTS | {"unobserved_weight": 0.02}),
    "mf, weighted squares": case("mf", "weighted_squared", 40, 0.01, 48, l2=0.04, **LISTS),
    "mf, weighted squares by als": case("mf", "weighted_squared", 48, 0.01, 8, l2=0.01, solver="als", **LISTS),
    "mf, bpr": case("mf", "bpr", 32, 0.01, 25, l2=0.02, negatives=256, **LISTS),
    "nnmf, softmax": case("nnmf", "softmax", 64, 0.01, 25, l2=0.05, **LISTS),
    "mlp, softmax": case("mlp", "softmax", 32, 0.01, 40, l2=0.02, hidden_units=(64,), **LISTS),
    "mf, squares": case("mf", "mean_squared_error", 32, 0.002, 20, dropout=0.3),
    "mf, log cosh": case("mf", "log_cosh", 32, 0.002, 20, dropout=0.3),
    "nnmf, squares": case("nnmf", "mean_squared_error", 16, 0.004, 20),
    "mlp, squares": case("mlp", "mean_squared_error", 16, 0.003, 12, hidden_units=(32, 16)),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", LARGE)
def test_on_movielens_too(what: str) -> None:
    split = prepare(load_experiment("experiments/mf_top_n.toml", ["split.seed=3"]), reporter=lambda _line: None).split
    near = compared(LARGE[what], split.train)
    assert near["folded in"].correlation > near["another seed"].correlation - 0.05
    assert near["folded in"].overlap > near["another seed"].overlap - 2
    if "squares" not in what.replace("weighted squares", ""):  # such ratings hardly depend on whose they are
        assert near["folded in"].overlap > near["nobody"].overlap + 1
