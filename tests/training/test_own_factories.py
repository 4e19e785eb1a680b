"""Tests of user-defined factories, for single models and for cohorts, trained for lists."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import evaluate_ranking
from recsys.losses.table import RANKING_LOSSES
from recsys.models.model import build_model, builds_cohorts, fill, predict
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.splitting.split import Split
from recsys.training.cohort import Trainer
from recsys.training.grouping import cohorts
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Trial, TrialState

TWO_TOWERS = Path(__file__).parents[2] / "docs" / "own_factory"
WHOLE_COHORTS = """
from recsys.models.model import factory_of
from recsys.models.settings import ModelSettings
def build(shape, points, seeds):
    return factory_of(ModelSettings(kind="mf"))(shape, points, seeds)
"""


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelSettings:
    """A factory that builds single models, of Keras's own layers, or one that builds whole cohorts."""
    (tmp_path / "whole_cohorts.py").write_text(WHOLE_COHORTS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(TWO_TOWERS))
    return ModelSettings(factory="two_towers:build" if request.param == "single" else "whole_cohorts:build")


OFTEN = [("single", "bpr"), ("cohort", "softmax")]
SELDOM = [pair for pair in product(("single", "cohort"), RANKING_LOSSES) if pair not in OFTEN]
"""They compile as long, and share their code with those above."""


@pytest.mark.parametrize(
    ("settings", "loss"),
    [*OFTEN, *(pytest.param(*pair, marks=pytest.mark.slow) for pair in SELDOM)],
    indirect=["settings"],
)
def test_it_is_trained_with_every_loss_of_rankings(loss: str, settings: ModelSettings, split: Split) -> None:
    train, validation = (part.with_positives_from(4.0) for part in (split.train, split.validation))
    data = TrainingData(train, validation)
    own = {"tower_size": 4, "embedding_size": 4, "dropout": 0.1, "loss": loss, "batch_size": 256, "negatives": 0}
    own["negatives"] = 16 if loss == "bpr" else 0
    point = {**default_point(settings, ranking=True), **own, "learning_rate": 0.02}
    trials = [Trial(n, point, n, 3) for n in range(2)]
    trainer = Trainer(settings, data, TrainingSettings(epochs=3, patience=0), ObjectiveSettings(metric="ndcg"))
    together = cohorts(trials, settings)
    assert len(together) == (1 if builds_cohorts(settings) else 2)
    results = [result for cohort in together for result in trainer.train(cohort)]
    assert [result.state for result in results] == [TrialState.COMPLETE] * 2, results[0].reason
    assert results[0].history != results[1].history
    for result in results:
        assert result.history["train_loss"][-1] < result.history["train_loss"][0]
        assert set(result.history) >= {"train_loss", "ndcg"}
        assert "rmse" not in result.history
        assert ndcg_of(settings, data, result) == pytest.approx(result.values["ndcg"], abs=1e-6)


def ndcg_of(settings: ModelSettings, data: TrainingData, result: Result) -> float:
    """What the recorded weights are worth, asked pair by pair."""
    point: Mapping[str, Any] = result.trial.point
    model = fill(build_model(settings, data.shape, point, 0), result.weights)  # type: ignore[arg-type]

    def scores(users: np.ndarray) -> np.ndarray:
        pairs = np.repeat(users, data.shape.items), np.tile(np.arange(data.shape.items, dtype=np.int32), len(users))
        return predict(model, *pairs).reshape(1, len(users), data.shape.items)

    return float(evaluate_ranking(scores, data.train, data.validation, 10, None).values["ndcg"][0])
