"""The chains of one trial and the draws that are kept of them."""

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
    """A bounded number of draws, evenly spread over all so far: every draw, then every second, every fourth, ….

    The kept draws depend on the number of draws so far, never on that to come.

    Args:
        limit: The maximal number of kept draws.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.seen = 0
        self._kept: list[Draw] = []
        self._stride = 1

    def add(self, draw: Draw) -> None:
        """Add the next draw."""
        if self.seen % self._stride == 0:
            if len(self._kept) == self.limit:
                self._kept = self._kept[::2]
                self._stride *= 2
            if self.seen % self._stride == 0:
                self._kept.append(draw)
        self.seen += 1

    def __len__(self) -> int:
        """The number of kept draws."""
        return len(self._kept)

    def __iter__(self) -> Iterator[Draw]:
        """The kept draws, the oldest first."""
        return iter(self._kept)


AdvanceChains = Callable[[Sequence[ChainRound]], Sequence[ChainState]]
"""From the next rounds of all chains to the states after them."""


class Posterior:
    """The chains of a trial, advanced together, and the draws kept of them.

    Args:
        chains: Chains at their start, with the same kernel.
        burn_in: The number of initial rounds whose draws are not kept.
        room: The maximal number of kept draws, a multiple of the number of chains.
        features: The number of features of items in the data.
    """

    def __init__(self, chains: Sequence[Chain], burn_in: int, room: int, features: int = 0) -> None:
        self.chains, self.burn_in, self.room, self.features = chains, burn_in, room, features
        self._kept: list[ThinnedDraws[DrawTables]] = [ThinnedDraws(room // len(chains)) for _ in chains]
        self._noise: list[list[float]] = [[] for _ in chains]

    @property
    def rounds(self) -> int:
        """The number of rounds so far."""
        return self.chains[0].rounds

    def advance(self, make: AdvanceChains | None = None) -> None:
        """Run one round of every chain.

        Args:
            make: Runs the rounds; by default they run here, one after the other.
        """
        rounds = [chain.next_round for chain in self.chains]
        states = make(rounds) if make else [self.chains[0].kernel.step(each) for each in rounds]
        for chain, state in zip(self.chains, states, strict=True):
            chain.resume_at(state, chain.rounds + 1)
        if self.rounds > self.burn_in:
            for kept, noise, state in zip(self._kept, self._noise, states, strict=True):
                kept.add(draw_tables(state, self.features))
                noise.append(state.traced)

    def tables(self) -> DrawTables:
        """The tables of the kept draws; during burn-in, those of the current states."""
        kept = [columns for thinned in self._kept for columns in thinned]
        return stack_draws(kept or [draw_tables(chain.state, self.features) for chain in self.chains], self.room)

    @property
    def error(self) -> float:
        """The mean squared error of the current states on the training ratings."""
        return float(np.mean([chain.state.error for chain in self.chains]))

    def diagnosis(self) -> dict[str, float]:
        """The standard deviation of the noise in the current states, and its R-hat and effective sample size."""
        return {
            "noise": float(np.mean([chain.state.deviation for chain in self.chains])),
            "r_hat": r_hat(self._noise),
            "effective_sample_size": effective_sample_size(self._noise),
        }
