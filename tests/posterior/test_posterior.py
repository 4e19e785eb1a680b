"""Tests of kept draws: their spacing over a chain, and the prediction of their mean from columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.algebra import threads
from recsys.data.ratings import Ratings
from recsys.posterior.chain import Chain, ChainKernel
from recsys.posterior.draw_tables import table_width
from recsys.posterior.posterior import Posterior, ThinnedDraws
from recsys.posterior.sampler import GibbsSampler
from recsys.posterior.state import ChainState

SIZE, BURN_IN, ROOM = 2, 3, 8


class TestThinnedDraws:
    @given(st.integers(1, 9), st.integers(1, 200))
    def test_are_evenly_spread_from_the_first_on_and_at_least_half_of_what_there_is_room_for(self, limit, count):
        thinned: ThinnedDraws[int] = ThinnedDraws(limit)
        for draw in range(count):
            thinned.add(draw)
        kept = list(thinned)
        assert kept == list(range(0, count, kept[1] if len(kept) > 1 else count))
        assert min(count, limit) / 2 <= len(thinned) <= limit

    @given(st.integers(1, 9), st.integers(1, 100), st.integers(0, 100))
    def test_do_not_depend_on_how_many_are_still_to_come(self, limit, count, more):
        short: ThinnedDraws[int] = ThinnedDraws(limit)
        long: ThinnedDraws[int] = ThinnedDraws(limit)
        for draw in range(count):
            short.add(draw)
        for draw in range(count + more):
            long.add(draw)
            if draw == count - 1:
                assert list(long) == list(short)


def posterior(ratings: Ratings, chains: int = 2) -> Posterior:
    shape = ratings.catalogue.users, ratings.catalogue.items
    source = ChainKernel(GibbsSampler(ratings.users, ratings.items, shape), ratings.values - np.float32(ratings.mean))
    return Posterior([Chain(source, SIZE, 5, number) for number in range(chains)], BURN_IN, ROOM)


def states(ratings: Ratings, rounds: int, chains: int = 2) -> list[list[ChainState]]:
    """All states of the same chains."""
    return [[chain.advance() for _ in range(rounds)] for chain in posterior(ratings, chains).chains]


def predicted(tables: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Of everybody and everything, the spare ones too."""
    return tables[0] @ tables[1].T


def expected(drawn: list[ChainState]) -> np.ndarray:
    users, items = (len(rows.values) + 1 for rows in (drawn[0].users, drawn[0].items))
    codes = np.repeat(np.arange(users), items), np.tile(np.arange(items), users)
    return np.mean([state.predict(*codes).reshape(users, items) for state in drawn], axis=0)


class TestTheTablesOfAPosterior:
    @pytest.mark.parametrize("rounds", [4, 6])
    def test_predict_the_mean_of_all_draws_after_the_burn_in(self, ratings, rounds):
        ours = posterior(ratings)
        for _ in range(rounds):
            ours.advance()
        drawn = [state for chain in states(ratings, rounds) for state in chain[BURN_IN:]]
        assert [table.shape[1] for table in ours.tables()] == [table_width(SIZE, ROOM)] * 2 + [
            2,
            table_width(SIZE, ROOM),
        ]
        kept = np.array([[1 / len(drawn), 1 / state.noise] for state in drawn])
        np.testing.assert_allclose(ours.tables().draws, np.pad(kept, [(0, ROOM - len(drawn)), (0, 0)]), rtol=1e-6)
        np.testing.assert_allclose(predicted(ours.tables()), expected(drawn), atol=1e-4)

    def test_predict_the_mean_of_every_second_where_there_are_more_than_there_is_room_for(self, ratings):
        ours = posterior(ratings)
        for _ in range(BURN_IN + 6):
            ours.advance()
        drawn = [state for chain in states(ratings, BURN_IN + 6) for state in chain[BURN_IN::2]]
        np.testing.assert_allclose(predicted(ours.tables()), expected(drawn), atol=1e-4)

    def test_predict_the_mean_of_the_present_draws_while_the_chains_warm_up(self, ratings):
        ours = posterior(ratings)
        for _ in range(2):
            ours.advance()
        np.testing.assert_allclose(
            predicted(ours.tables()), expected([chain[-1] for chain in states(ratings, 2)]), atol=1e-4
        )


class TestAPosterior:
    def test_is_the_same_to_the_bit_on_one_core_as_over_threads(self, ratings, monkeypatch):
        """Threads share the chains, and the rows of each."""
        monkeypatch.setattr(threads, "WORTH_SHARING", 1)
        tables = []
        for cores in (1, 3):
            monkeypatch.setattr(threads, "cores", lambda cores=cores: cores)
            ours = posterior(ratings)
            for _ in range(6):
                ours.advance()
            tables.append(ours.tables())
        for first, second in zip(*tables, strict=True):
            np.testing.assert_array_equal(first, second)

    def test_tells_the_error_the_noise_and_whether_the_chains_have_mixed(self, ratings):
        ours = posterior(ratings)
        for _ in range(BURN_IN + 30):
            ours.advance()
        present = [chain.state for chain in ours.chains]
        errors = [state.predict(ratings.users, ratings.items) + ratings.mean - ratings.values for state in present]
        assert ours.error == pytest.approx(np.mean(np.square(errors)), rel=1e-4)
        finished = ours.diagnosis()
        assert finished["noise"] == pytest.approx(np.mean([state.noise**-0.5 for state in present]))
        assert finished["r_hat"] > 0.9
        assert 1 < finished["effective_sample_size"] < 100
