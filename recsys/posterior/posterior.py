"""The chains of one trial and the draws that are kept of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

import numpy as np

from recsys.algebra.threads import in_threads, one_thread
from recsys.posterior.chain import Chain
from recsys.posterior.diagnostics import effective_sample_size, r_hat
from recsys.posterior.draw_tables import DrawTables, draw_tables, stack_draws

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

    def advance(self) -> None:
        """Run one round of every chain, each on a thread."""
        with one_thread():
            states = in_threads(Chain.advance, self.chains)
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
