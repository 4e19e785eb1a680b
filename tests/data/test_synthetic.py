"""Synthetic ratings: as many as asked for, distinct pairs, a function of their settings, and something to learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recsys.data.describe import describe
from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import synthetic_ratings


@st.composite
def any_settings(draw: st.DrawFn) -> SyntheticSettings:
    """Any size, from sparse to every pair rated."""
    users, items = draw(st.integers(4, 300)), draw(st.integers(4, 300))
    return SyntheticSettings(
        users=users,
        items=items,
        ratings=draw(st.integers(10, min(users * items, 3000))),
        rank=draw(st.integers(1, 5)),
        seed=draw(st.integers(0, 2**31)),
    )


@given(settings=any_settings())
def test_there_are_as_many_distinct_pairs_as_asked_for(settings: SyntheticSettings) -> None:
    ratings = synthetic_ratings(settings)
    assert len(ratings) == settings.ratings
    assert len(set(zip(ratings.users, ratings.items, strict=True))) == settings.ratings
    assert (ratings.catalogue.users, ratings.catalogue.items) == (settings.users, settings.items)


@given(settings=any_settings())
def test_they_are_whole_stars_a_second_apart_on_known_ids(settings: SyntheticSettings) -> None:
    ratings = synthetic_ratings(settings)
    assert set(ratings.values) <= {1, 2, 3, 4, 5}
    assert ratings.scale == (1, 5)
    assert ratings.users.max() < settings.users
    assert ratings.items.max() < settings.items
    assert ratings.timestamps is not None
    assert ratings.timestamps.tolist() == list(range(len(ratings)))


@given(settings=any_settings())
def test_they_are_a_function_of_the_settings(settings: SyntheticSettings) -> None:
    assert synthetic_ratings(settings).digest == synthetic_ratings(settings).digest
    other = settings.model_copy(update={"seed": settings.seed + 1})
    assert synthetic_ratings(other).digest != synthetic_ratings(settings).digest


def test_every_pair_can_be_rated_but_no_more() -> None:
    full = synthetic_ratings(SyntheticSettings(users=5, items=4, ratings=20))
    assert describe(full).density == 1
    with pytest.raises(ValidationError, match="21 are more than the 20 pairs there are"):
        SyntheticSettings(users=5, items=4, ratings=21)


def test_a_large_sparse_table_needs_no_list_of_all_pairs() -> None:
    """10^10 pairs as a list would be 80 GB."""
    ratings = synthetic_ratings(SyntheticSettings(users=100_000, items=100_000, ratings=1000))
    assert len(ratings) == 1000


def test_there_is_more_to_learn_than_the_mean() -> None:
    """Without noise the low-rank part and the biases leave a users x items table of low effective rank."""
    ratings = synthetic_ratings(SyntheticSettings(users=60, items=40, ratings=2400, rank=2, noise=0.0))
    table = np.zeros((60, 40))
    table[ratings.users, ratings.items] = ratings.values - ratings.mean
    spectrum = np.linalg.svd(table, compute_uv=False) ** 2
    assert spectrum[:4].sum() > 0.8 * spectrum.sum()  # pure noise of this shape: about 0.2


def test_a_description_counts_what_is_there() -> None:
    description = describe(synthetic_ratings(SyntheticSettings(users=20, items=10, ratings=100)))
    assert (description.users, description.items, description.ratings, description.density) == (20, 10, 100, 0.5)
    assert sum(description.histogram.values()) == 100
    stars = sum(star * count for star, count in description.histogram.items())
    assert description.mean == pytest.approx(stars / 100)
