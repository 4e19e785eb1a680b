"""Posteriors of known draws, for the tests of predictive distributions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import keras
import numpy as np
from serving_samples import ITEMS, USERS

from recsys.models.bayesian_mf.build import draws_of
from recsys.models.inputs import DataShape
from recsys.models.model import build_model
from recsys.models.settings import ModelSettings
from recsys.posterior.draw_tables import draw_tables, stack_draws
from recsys.posterior.state import ChainState, SideState
from recsys.spaces.parameter import Value

MEAN, SIZE, ROOM = 3.5, 2, 8
STARS = (1.0, 2.0, 3.0, 4.0, 5.0)
SHAPE = DataShape(len(USERS), len(ITEMS), MEAN, STARS)
POSTERIOR = {"embedding_size": SIZE, "kept_draws": ROOM, "chains": 2}


def states(seed: int, count: int = 6) -> list[ChainState]:
    """Draws that are nobody's posterior."""
    rng = np.random.default_rng(seed)

    def rows(n: int) -> SideState:
        return SideState(rng.normal(0, 0.7, (n, SIZE + 1)), rng.normal(0, 0.1, SIZE + 1), np.eye(SIZE + 1))

    return [ChainState(rows(len(USERS)), rows(len(ITEMS)), rng.uniform(0.8, 3)) for _ in range(count)]


def model_of(drawn: list[ChainState]) -> keras.Model:
    """The model whose draws these are, with room for more."""
    return filled(drawn, POSTERIOR, SHAPE)


def filled(drawn: list[ChainState], point: Mapping[str, Value], shape: DataShape) -> keras.Model:
    """The model of a point with these draws."""
    model = build_model(ModelSettings(kind="bayesian_mf"), shape, point, 0)
    columns = stack_draws([draw_tables(state) for state in drawn], draws_of(point))
    for name, table in zip(("user_embedding", "item_embedding", "draws"), columns, strict=False):
        model.get_layer(name).table.assign(table)
    return model


def sampled(drawn: list[ChainState], users: np.ndarray, items: np.ndarray, count: int = 20_000) -> np.ndarray:
    """Ratings (count, B) from the draws' own distributions, moved to the ends of the scale where they are beyond."""
    rng = np.random.default_rng(0)
    means = np.stack([MEAN + state.predict(users, items) for state in drawn])
    noise = np.array([state.noise**-0.5 for state in drawn])
    which = rng.integers(0, len(drawn), count)
    return np.clip(means[which] + noise[which, None] * rng.standard_normal((count, len(users))), 1, 5)


def ordered_states(seed: int, count: int = 6) -> list[ChainState]:
    """Draws of stars that are only ordered."""
    rng = np.random.default_rng(100 + seed)
    return [replace(state, noise=1.0, cuts=np.sort(rng.normal(0, 1.5, 4))) for state in states(seed, count)]


def ordered_model_of(drawn: list[ChainState]) -> keras.Model:
    """The model whose draws these are."""
    return filled(drawn, {**POSTERIOR, "likelihood": "ordinal"}, SHAPE)


def sampled_stars(drawn: list[ChainState], users: np.ndarray, items: np.ndarray, count: int = 40_000) -> np.ndarray:
    """Stars (count, B) from the draws' own distributions."""
    rng = np.random.default_rng(0)
    which = rng.integers(0, len(drawn), count)
    stars = np.empty((count, len(users)))
    for number, state in enumerate(drawn):
        mine = which == number
        behind = state.predict(users, items) + rng.standard_normal((mine.sum(), len(users)))
        stars[mine] = 1 + np.searchsorted(state.cuts, behind)
    return stars
