"""Tests of the gate: it rejects lucky models and accepts better ones; the slow tests use MovieLens-100K."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from recsys.data.ratings import Ratings
from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import synthetic_ratings
from recsys.evaluation.baselines.table import baselines_for
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.scoring import MetricSample, score
from recsys.evaluation.significance import paired_test
from recsys.experiment import load_experiment
from recsys.registry.rule import LEVEL
from recsys.serving.scorer import Scorer
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.training.recipe import Recipe
from recsys.training.trial import trial_seed
from recsys.workflows.comparison.refit import refit
from recsys.workflows.promotion.gate import Gate
from recsys.workflows.search.prepare import prepare


class Oracle:
    """Knows all ratings but for noise of its own."""

    rates = True
    reads_features = False

    def __init__(self, ratings: Ratings, noise: float, seed: int = 0) -> None:
        shape = ratings.catalogue.users, ratings.catalogue.items
        self.table = np.full(shape, ratings.mean)
        self.table[ratings.users, ratings.items] = ratings.values
        self.table += np.random.default_rng(seed).normal(0, noise, shape)

    def predict(self, users: Any, items: Any) -> Any:
        return self.table[users, items]

    def score_all(self, users: Any, items: int) -> Any:
        return self.table[users, :items]


class TestJudge:
    ratings = synthetic_ratings(SyntheticSettings())
    split = make_split(ratings, SplitSettings(seed=1))
    development = split.train.join(split.validation)
    test = split.open_test("a test of the gate", lambda _why: None)
    good, fair, poor = Oracle(ratings, 0.1), Oracle(ratings, 0.5), Oracle(ratings, 3.0)

    def gate(self, **settings: Any) -> Gate:
        margin, accept_loss = settings.pop("margin", 0.0), settings.pop("accept_loss", None)
        objective = ObjectiveSettings(**settings)
        known = self.development.with_positives_from(objective.threshold)
        baselines = {kind.name: kind().fit(known) for kind in baselines_for(metric_of(objective.metric), known)}
        return Gate(self.development, objective, baselines, margin, accept_loss)

    def test_without_a_champion_the_baselines_decide(self) -> None:
        for candidate, passed in ((self.good, True), (self.poor, False)):
            verdict = self.gate().judge(candidate, None, self.test)
            assert verdict.decision.promoted is passed
            assert verdict.champion is None

    def test_a_better_candidate_beats_the_champion_and_a_worse_one_does_not(self) -> None:
        better, worse = (
            self.gate().judge(*pair, self.test) for pair in ((self.good, self.fair), (self.fair, self.good))
        )
        assert better.decision.promoted
        assert not worse.decision.promoted
        assert better.champion is not None
        assert better.champion.value == worse.scored.values["rmse"]

    def test_no_one_beats_itself_however_good(self) -> None:
        assert not self.gate().judge(self.good, self.good, self.test).decision.promoted

    def test_a_margin_wider_than_the_gain_keeps_the_champion(self) -> None:
        verdict = self.gate(margin=0.6).judge(self.good, self.fair, self.test)
        assert not verdict.decision.promoted
        assert verdict.decision.numbers["margin"] == 0.6

    @pytest.mark.parametrize(
        ("metric", "names"),
        [("mae", ["global_mean", "biases_only"]), ("ndcg", ["popularity", "item_knn", "ease", "ials"])],
    )
    def test_a_candidate_is_held_against_every_baseline_of_its_family(self, metric: str, names: list[str]) -> None:
        verdict = self.gate(metric=metric).judge(self.good, None, self.test)
        assert list(verdict.baselines) == names
        assert verdict.decision.promoted
        for other in verdict.baselines.values():
            assert other.test.difference == pytest.approx(verdict.scored.values[metric] - other.value)
            low, high = other.test.interval
            assert low < other.test.difference < high

    def test_what_loses_to_a_baseline_passes_for_a_reason_alone_and_keeps_it(self) -> None:
        refused = self.gate(metric="ndcg").judge(self.poor, None, self.test)
        taken = self.gate(metric="ndcg", accept_loss="a drill").judge(self.poor, None, self.test)
        assert (refused.decision.promoted, taken.decision.promoted) == (False, True)
        assert (refused.decision.accepted_loss, taken.decision.accepted_loss) == (None, "a drill")

    def test_the_lists_of_all_compared_models_are_described_by_the_same_metrics(self) -> None:
        verdict = self.gate(metric="ndcg").judge(self.good, self.fair, self.test)
        names = ["graded_ndcg", "serendipity", "diversity", "popularity_lift", "entropy"]  # no items have categories
        assert list(verdict.descriptions) == ["candidate", "champion", *verdict.baselines]
        assert all(list(values) == names for values in verdict.descriptions.values())
        assert verdict.descriptions["popularity"]["serendipity"] == 0
        assert verdict.descriptions["candidate"]["serendipity"] > 0
        assert self.gate(metric="rmse").judge(self.good, None, self.test).descriptions == {}

    def test_a_described_objective_is_tested_on_the_users_who_have_a_value(self) -> None:
        known = np.unique(self.development.positives.users)
        lost = self.development.take(~np.isin(self.development.users, known[:5]))  # five users have no profile
        gate = Gate(lost, ObjectiveSettings(metric="popularity_lift"), {})
        verdict = gate.judge(self.good, self.poor, self.test)
        assert verdict.champion is not None
        mine, theirs = verdict.scored.samples["popularity_lift"], verdict.champion
        assert np.isnan(mine.values).sum() == np.isin(known[:5], mine.users).sum() > 0
        assert theirs.test.difference == pytest.approx(verdict.scored.values["popularity_lift"] - theirs.value)
        assert np.isfinite(theirs.test.interval).all()


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
def scored() -> list[MetricSample]:
    """Squared errors on a test part of one point trained from many seeds, then of the same point stopped early."""
    experiment = load_experiment("experiments/mf.toml", ["split.seed=3"])
    split = prepare(experiment, sealed=False, reporter=lambda _line: None).split
    development = split.train.join(split.validation)
    test = split.open_test("a simulation", lambda _why: None)
    seeds = [trial_seed(99, number) for number in range(SEEDS)]
    recipes = [Recipe(experiment.model, experiment.training, POINT, seed, 20) for seed in seeds]
    early = Recipe(experiment.model, experiment.training, POINT, seeds[0], 9)
    scorer = refit([*recipes, early], development, experiment.objective)
    return [
        score(Scorer([model], [1.0], scorer.clip), development, test, experiment.objective).samples["rmse"]
        for model in scorer.models
    ]


def passes(candidate: MetricSample, champion: MetricSample) -> bool:
    test = paired_test(candidate.values, champion.values, candidate.users, root=True)
    return test.p_one_sided <= LEVEL


@pytest.mark.slow
def test_of_200_candidates_from_the_champions_own_distribution_at_most_8_pass(scored: list[MetricSample]) -> None:
    pairs = np.random.default_rng(0).permutation(list(permutations(range(SEEDS), 2)))[:200]
    assert sum(passes(scored[a], scored[b]) for a, b in pairs) <= 8


@pytest.mark.slow
def test_a_candidate_that_is_better_by_a_hundredth_passes(scored: list[MetricSample]) -> None:
    values = [float(np.sqrt(sample.values.mean())) for sample in scored]
    gain = values[SEEDS] - values[0]
    assert 0.003 < gain < 0.02, gain
    assert passes(scored[0], scored[SEEDS])
