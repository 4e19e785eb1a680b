"""Rebuild a recorded trial's model exactly, from its run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.models.kind import ranks
from recsys.tracking.tracker import Recorded
from recsys.training.trial import Weights
from recsys.workflows.search.prepare import Prepared

if TYPE_CHECKING:
    from recsys.serving.scorer import Scorer


def rebuild(prepared: Prepared, weights: Weights, record: Recorded) -> Scorer:
    """The trial's model with its recorded weights, those of its best epoch."""
    from recsys.models.model import build_model, fill
    from recsys.models.training_data import TrainingData
    from recsys.serving.scorer import Scorer

    split = prepared.split
    shape = TrainingData(split.train, split.validation).shape
    model = fill(build_model(prepared.experiment.model, shape, record.point, record.seed), weights)
    rates = not ranks([record.point])
    clips = prepared.experiment.objective.clip and rates
    return Scorer([model], [1.0], split.train.scale if clips else None, rates)
