"""The gate on MovieLens-100K: luck does not pass it, a better model does."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from recsys.evaluation.scoring import Losses, score
from recsys.evaluation.significance import paired_test
from recsys.experiment import load_experiment
from recsys.registry.rule import LEVEL
from recsys.serving.scorer import Scorer
from recsys.training.recipe import Recipe
from recsys.training.trial import trial_seed
from recsys.workflows.prepare import prepare
from recsys.workflows.refit import refit

SEEDS = 24
POINT: dict[str, Any] = {
    "embedding_size": 32,
    "dropout": 0.3,
    "learning_rate": 0.002,
    "l2": 0.03,
    "bias_l2": 0.01,
    "batch_size": 512,
    "loss": "log_cosh",
}


@pytest.fixture(scope="module")
def scored() -> list[Losses]:
    """Squared errors on a test part of one point trained from many seeds, then of the same point stopped early."""
    experiment = load_experiment("experiments/mf.toml", ["split.seed=3"])
    split = prepare(experiment, sealed=False, say=lambda _line: None).split
    development = split.train.join(split.validation)
    test = split.open_test("a simulation", lambda _why: None)
    seeds = [trial_seed(99, number) for number in range(SEEDS)]
    recipes = [Recipe(experiment.model, experiment.training, POINT, seed, 20) for seed in seeds]
    early = Recipe(experiment.model, experiment.training, POINT, seeds[0], 9)
    scorer = refit([*recipes, early], development, experiment.objective)
    return [
        score(Scorer([model], [1.0], scorer.clip), development, test, experiment.objective).losses["rmse"]
        for model in scorer.models
    ]


def passes(candidate: Losses, champion: Losses) -> bool:
    test = paired_test(candidate.values, champion.values, candidate.users, root=True)
    return test.p_one_sided <= LEVEL


@pytest.mark.slow
def test_of_200_candidates_from_the_champions_own_distribution_at_most_8_pass(scored: list[Losses]) -> None:
    pairs = np.random.default_rng(0).permutation(list(permutations(range(SEEDS), 2)))[:200]
    assert sum(passes(scored[a], scored[b]) for a, b in pairs) <= 8


@pytest.mark.slow
def test_a_candidate_that_is_better_by_a_hundredth_passes(scored: list[Losses]) -> None:
    values = [float(np.sqrt(losses.values.mean())) for losses in scored]
    gain = values[SEEDS] - values[0]
    assert 0.003 < gain < 0.02, gain
    assert passes(scored[0], scored[SEEDS])
