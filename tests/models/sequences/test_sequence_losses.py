"""Tests of the loss of histories against loops over every case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from recsys.data.histories import Histories
from recsys.data.ratings import Catalogue, Ratings
from recsys.models.batches.sequences import SequenceBatches
from recsys.models.model import build_model
from recsys.models.plan import plan_of
from recsys.models.sequential_mf.kind import SEQUENTIAL_MF
from recsys.models.settings import ModelSettings
from recsys.models.solvers.solver import SolverInputs
from recsys.models.training_data import TrainingData

USERS, ITEMS = 9, 7
POINT: dict[str, Any] = {
    **SEQUENTIAL_MF.defaults(ranking=True),
    "embedding_size": 4,
    "heads": 2,
    "history_length": 6,
    "dropout": 0.0,
    "l2": 0.0,
    "bias_l2": 0.0,
    "batch_size": 8,
}


def events(*, repeats: bool) -> Ratings:
    """Weighted events; with repeats some come again, and without them each pair is there once."""
    random = np.random.default_rng(5)
    chosen = [random.integers(0, ITEMS, 6) if repeats else random.permutation(ITEMS)[:5] for _ in range(USERS)]
    items = np.concatenate(chosen).astype(np.int32)
    users = np.repeat(np.arange(USERS), [len(own) for own in chosen]).astype(np.int32)
    return Ratings(
        users=users,
        items=items,
        values=random.uniform(0.5, 2.0, len(items)).astype(np.float32),
        timestamps=np.arange(len(items)),
        catalogue=Catalogue(pd.RangeIndex(USERS), pd.RangeIndex(ITEMS)),
        scale=(0.0, 2.0),
        name="events",
        implicit=True,
        repeats=repeats,
    )


def written_out(model: Any, train: Ratings) -> float:
    """The loss of an epoch, case by case: a softmax over the items that a list could show, and the case's own item."""
    total, histories = 0.0, Histories.of(train)
    for user in range(USERS):
        own = histories.take(np.array([user]))
        for place in range(1, len(own.items)):
            before = own.items[:place]
            window = np.full((1, 6), ITEMS, np.int32)
            window[0, 6 - len(before) :] = before
            scores = np.asarray(SEQUENTIAL_MF.scores(model, tf.constant(window), tf.range(ITEMS), whole=True))[0, 0]
            target = own.items[place]
            shown = [item for item in range(ITEMS) if item == target or train.repeats or item not in before]
            total += own.weights[place] * (np.log(np.exp(scores[shown]).sum()) - scores[target])
    return total


@pytest.mark.parametrize("repeats", [False, True])
def test_the_loss_of_an_epoch_is_the_sum_over_all_cases(*, repeats: bool) -> None:
    train = events(repeats=repeats)
    data = TrainingData(train, train.take(np.arange(0)))
    model = build_model(ModelSettings(kind="sequential_mf"), data.shape, POINT, 3)
    inputs = SolverInputs(model, data, lambda value: [value], lambda function: function)
    batches = SequenceBatches(SEQUENTIAL_MF, inputs, plan_of(POINT))
    rounds = batches.round(0, 0)
    losses = [
        batches.losses([tf.constant(each[step]) for each in rounds], batches.tensors)[0]
        for step in range(batches.steps)
    ]
    assert float(np.sum(losses)) == pytest.approx(written_out(model, train), rel=1e-4)


def test_drawn_negatives_estimate_the_loss_over_all_items() -> None:
    train = events(repeats=False)
    data = TrainingData(train, train.take(np.arange(0)))
    model = build_model(ModelSettings(kind="sequential_mf"), data.shape, POINT, 3)
    inputs = SolverInputs(model, data, lambda value: [value], lambda function: function)
    whole = SequenceBatches(SEQUENTIAL_MF, inputs, plan_of(POINT))
    drawn = SequenceBatches(SEQUENTIAL_MF, inputs, replace(plan_of(POINT), negatives=3000, negatives_power=0.5))

    def loss(batches: SequenceBatches) -> float:
        rounds = batches.round(1, 0)
        steps = range(batches.steps)
        return sum(
            float(batches.losses([tf.constant(each[step]) for each in rounds], batches.tensors)[0][0]) for step in steps
        )

    assert loss(drawn) == pytest.approx(loss(whole), rel=0.02)
