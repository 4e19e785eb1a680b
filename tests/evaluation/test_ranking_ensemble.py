"""Tests of greedy ensembles of lists against a plain Python selection, and of their properties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from evaluation_samples import make_ratings
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import InputError
from recsys.evaluation.ensemble import greedy_ranking_ensemble, score_deviation
from recsys.evaluation.ranking import RankingPart, evaluate_ranking

USERS, ITEMS, TRIALS, K = 9, 20, 4, 3
seeds = st.integers(0, 2**20)
names = st.sampled_from(["ndcg", "recall", "mrr"])
RATINGS = make_ratings(USERS, ITEMS, 120)
TRAIN, HELD_OUT = RATINGS.take(np.arange(70)), RATINGS.take(np.arange(70, 120))
PART = RankingPart.of(TRAIN, HELD_OUT, 4)


def trials(seed: int) -> np.ndarray:
    """Scores (V · I, T) that know something of the truth, each trial something else."""
    truth = np.zeros((USERS, ITEMS))
    truth[HELD_OUT.users, HELD_OUT.items] = HELD_OUT.values >= 4
    noise = np.random.default_rng(seed).normal(0, 1, (USERS, ITEMS, TRIALS))
    scores = truth[:, :, None] + noise
    return scores[PART.users].reshape(-1, TRIALS).astype(np.float32)


def value(scores: np.ndarray, weights: np.ndarray, name: str) -> float:
    """What lists by the weighted mean of scores are worth."""
    everybody = np.zeros((1, USERS, ITEMS))
    everybody[0, PART.users] = (scores.astype(np.float64) @ weights).reshape(-1, ITEMS)
    return float(evaluate_ranking(lambda users: everybody[:, users], TRAIN, HELD_OUT, K, 4, rates=True).values[name][0])


def plain_selection(scores: np.ndarray, size: int, name: str) -> np.ndarray:
    def worth(bag: list[int]) -> float:
        return -value(scores, np.bincount(bag, minlength=TRIALS) / len(bag), name)

    order = sorted(range(TRIALS), key=lambda trial: worth([trial]))
    bag = min((order[: n + 1] for n in range(min(size, TRIALS))), key=worth)
    best = bag
    while len(bag) < size:
        bag = min(([*bag, trial] for trial in range(TRIALS)), key=worth)
        best = min(best, bag, key=worth)
    return np.bincount(best, minlength=TRIALS) / len(best)


@given(seeds, st.integers(1, 6), names)
def test_it_makes_the_choices_of_the_plain_algorithm(seed: int, size: int, name: str) -> None:
    scores = trials(seed)
    expected = plain_selection(scores, size, name)
    np.testing.assert_allclose(greedy_ranking_ensemble(scores, PART, size, name, K, rates=True), expected)


@given(seeds, st.integers(1, 8), names)
def test_it_is_never_worse_on_validation_than_the_best_single_trial(seed: int, size: int, name: str) -> None:
    scores = trials(seed)
    weights = greedy_ranking_ensemble(scores, PART, size, name, K, rates=True)
    best = max(value(scores, np.eye(TRIALS)[trial], name) for trial in range(TRIALS))
    assert value(scores, weights, name) >= best - 1e-9


@given(seeds, st.integers(1, 8), names)
def test_the_weights_are_shares_of_at_most_size_picks(seed: int, size: int, name: str) -> None:
    weights = greedy_ranking_ensemble(trials(seed), PART, size, name, K, rates=True)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1)
    assert np.count_nonzero(weights) <= size


def test_one_pick_is_the_best_single_trial() -> None:
    scores = trials(0)
    values = [value(scores, np.eye(TRIALS)[trial], "ndcg") for trial in range(TRIALS)]
    assert greedy_ranking_ensemble(scores, PART, 1, "ndcg", K, rates=True).argmax() == np.argmax(values)


def test_of_equal_trials_the_first_is_taken() -> None:
    assert greedy_ranking_ensemble(trials(0)[:, [1, 1, 1]], PART, 3, "ndcg", K, rates=True).tolist() == [1, 0, 0]


def test_a_trial_that_diverged_is_never_taken() -> None:
    scores = trials(0)
    scores[3, :2] = np.nan
    assert greedy_ranking_ensemble(scores, PART, 10, "ndcg", K, rates=True)[:2].tolist() == [0, 0]


def test_what_cannot_be_built_is_an_input_error() -> None:
    with pytest.raises(InputError, match="at least 1, not 0"):
        greedy_ranking_ensemble(trials(0), PART, 0, "ndcg", K, rates=True)
    with pytest.raises(InputError, match="none has finite predictions"):
        greedy_ranking_ensemble(np.full_like(trials(0), np.nan), PART, 3, "ndcg", K, rates=True)


@given(seeds, st.floats(0.01, 100), st.floats(-50, 50))
def test_scores_of_one_scale_stay_as_they_are_whatever_is_added_for_a_user(
    seed: int, scale: float, shift: float
) -> None:
    """What is added to all of a user's scores moves no list, and must not weigh in a mean of models."""
    scores = np.random.default_rng(seed).normal(size=(5, 7))
    moved = scale * (scores + shift * np.arange(5)[:, None])
    assert score_deviation(moved) == pytest.approx(scale * score_deviation(scores), rel=1e-6)
    assert score_deviation(np.ones((5, 7))) == 1


def test_members_that_read_histories_are_chosen_by_their_lists_for_new_users() -> None:
    """Otherwise the lists of new users are the popular items, whoever the members are."""
    everything = replace(make_ratings(USERS, ITEMS, 120), ordered=True)
    late = everything.users >= USERS - 3
    train = everything.take(np.flatnonzero(~late)[:60])
    part = RankingPart.of(train, replace(everything.take(late), grows=True), 4)
    new = np.isin(part.users, np.arange(USERS - 3, USERS))
    assert new.all()
    good = part.cases.relevant.toarray().astype(np.float32).ravel()
    bad = -good
    shares = greedy_ranking_ensemble(np.stack([bad, good], axis=1), part, 1, "ndcg", K, rates=False, reads=True)
    assert shares.tolist() == [0.0, 1.0]
