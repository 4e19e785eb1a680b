"""Posterior: several chains of one trial, and the draws that are kept of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

import numpy as np

from recsys.posterior.chain import Chain, ChainRound
from recsys.posterior.diagnostics import effective_sample_size, r_hat
from recsys.posterior.draw_tables import DrawTables, draw_tables, stack_draws
from recsys.posterior.state import ChainState

Draw = TypeVar("Draw")


class ThinnedDraws(Generic[Draw]):
    """Keeps every draw until it is full, then every second, then every fourth.

    What is kept depends on how many draws there have been, never on how many there will be.

    Args:
        limit: How many draws are kept at most.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.seen = 0
        self._kept: list[Draw] = []
        self._stride = 1

    def add(self, draw: Draw) -> None:
        """Take in the next draw."""
        if self.seen % self._stride == 0:
            if len(self._kept) == self.limit:
                self._kept = self._kept[::2]
                self._stride *= 2
            if self.seen % self._stride == 0:
                self._kept.append(draw)
        self.seen += 1

    def __len__(self) -> int:
        """How many draws are kept."""
        return len(self._kept)

    def __iter__(self) -> Iterator[Draw]:
        """The kept draws, the oldest first."""
        return iter(self._kept)


AdvanceChains = Callable[[Sequence[ChainRound]], Sequence[ChainState]]
"""From the next rounds of all chains to their states thereafter."""


class Posterior:
    """What a trial knows after so many rounds of all its chains.

    Args:
        chains: From their start; of one source.
        burn_in: The rounds of a chain whose draws are not kept.
        room: How many draws are kept at most: a multiple of the number of chains.
    """

    def __init__(self, chains: Sequence[Chain], burn_in: int, room: int) -> None:
        self.chains, self.burn_in, self.room = chains, burn_in, room
        self._kept: list[ThinnedDraws[DrawTables]] = [ThinnedDraws(room // len(chains)) for _ in chains]
        self._noise: list[list[float]] = [[] for _ in chains]

    @property
    def rounds(self) -> int:
        """How many rounds have been made."""
        return self.chains[0].rounds

    def advance(self, make: AdvanceChains | None = None) -> None:
        """Make a round of every chain.

        Args:
            make: Makes the rounds; by default they are made here, one after the other.
        """
        rounds = [chain.next_round for chain in self.chains]
        states = make(rounds) if make else [self.chains[0].source.step(each) for each in rounds]
        for chain, state in zip(self.chains, states, strict=True):
            chain.resume_at(state, chain.rounds + 1)
        if self.rounds > self.burn_in:
            for kept, noise, state in zip(self._kept, self._noise, states, strict=True):
                kept.add(draw_tables(state))
                noise.append(state.traced)

    def tables(self) -> DrawTables:
        """The kept draws side by side; while the chains warm up, their present ones."""
        kept = [columns for thinned in self._kept for columns in thinned]
        return stack_draws(kept or [draw_tables(chain.state) for chain in self.chains], self.room)

    @property
    def error(self) -> float:
        """The mean squared error of the present draws on the ratings they are drawn from."""
        return float(np.mean([chain.state.error for chain in self.chains]))

    def diagnosis(self) -> dict[str, float]:
        """The noise's standard deviation, by the present draws, and how far the chains have mixed in it."""
        return {
            "noise": float(np.mean([chain.state.deviation for chain in self.chains])),
            "r_hat": r_hat(self._noise),
            "effective_sample_size": effective_sample_size(self._noise),
        }
