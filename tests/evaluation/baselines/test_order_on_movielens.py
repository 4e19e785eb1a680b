"""Tests of what the order of time is worth on MovieLens-100K, where each person's last rating is predicted."""

from __future__ import annotations

from pathlib import Path

import pytest

from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.ease import EASE
from recsys.evaluation.baselines.ials import IALS
from recsys.evaluation.baselines.transitions import Transitions
from recsys.evaluation.baselines.tuning import score_family, tune
from recsys.evaluation.objective import ObjectiveSettings
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings

pytestmark = pytest.mark.slow
OBJECTIVE = ObjectiveSettings(metric="ndcg")


@pytest.fixture(scope="module")
def parts() -> tuple[Ratings, Ratings, Ratings]:
    """The training, validation and test part; every rating is a positive."""
    ratings = load_ratings(DataSettings(source="ml-100k", positive_from=1), Path.cwd())
    split = make_split(ratings, SplitSettings(kind="leave_last"))
    return split.train, split.validation, split.open_test("a test of order", lambda _why: None)


def measured(baseline: Baseline, parts: tuple[Ratings, Ratings, Ratings]) -> float:
    """NDCG@10 on the test part, fitted to the others."""
    development = parts[0].join(parts[1])
    return score_family(baseline.fit(development), development, parts[2], OBJECTIVE).values["ndcg"]


def test_the_last_items_of_a_history_say_half_as_much_again(parts: tuple[Ratings, Ratings, Ratings]) -> None:
    plain, weighed = (measured(EASE(1000.0, history_half_life=each), parts) for each in (float("inf"), 2.0))
    assert plain == pytest.approx(0.0714, abs=0.001)
    assert weighed == pytest.approx(0.1109, abs=0.001)


@pytest.mark.parametrize("kind", [EASE, IALS, Transitions])
def test_a_search_on_validation_finds_a_half_life_that_pays_on_the_test_part(
    kind: type[Baseline], parts: tuple[Ratings, Ratings, Ratings]
) -> None:
    chosen = tune(kind, parts[0], parts[1], OBJECTIVE)
    assert 0.5 <= chosen.baseline.settings["history_half_life"] <= 10
    assert chosen.scored.values["ndcg"] > 0.11
    assert measured(chosen.baseline, parts) > 0.1
