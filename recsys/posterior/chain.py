"""A Markov chain of posterior draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import AnyArray
from recsys.posterior.sampler import GibbsSampler
from recsys.posterior.state import ChainState


@dataclass(frozen=True, eq=False)
class ChainRound:
    """The input of a chain's next round."""

    state: ChainState
    """The state before the round."""
    seed: tuple[int, int, int]
    """The seed of the round."""


@dataclass(frozen=True, eq=False)
class ChainKernel:
    """The transition kernel of all chains; it can be sent to other processes."""

    sampler: GibbsSampler
    values: AnyArray
    """The data of the sampler: ratings minus their mean, or indices of stars, shape (N,)."""

    def step(self, each: ChainRound) -> ChainState:
        """The state after a round."""
        return self.sampler.step(each.state, self.values, np.random.default_rng(each.seed))


class Chain:
    """A chain of draws, whose state after n rounds depends only on the seed, the chain's number and the kernel.

    Each round has its own seed, so a chain that resumes at any round continues exactly.

    Args:
        kernel: The transition kernel.
        size: D, the number of factors.
        seed: The seed of the trial.
        number: The number of the chain among those of the seed.
    """

    def __init__(self, kernel: ChainKernel, size: int, seed: int, number: int = 0) -> None:
        self.kernel, self._seed = kernel, (seed, number)
        self.rounds = 0
        self.state = kernel.sampler.start(size, np.random.default_rng([*self._seed, self.rounds]))

    @property
    def next_round(self) -> ChainRound:
        """The round that follows the current state."""
        return ChainRound(self.state, (*self._seed, self.rounds + 1))

    def advance(self) -> ChainState:
        """Run one round and return the new state."""
        self.resume_at(self.kernel.step(self.next_round), self.rounds + 1)
        return self.state

    def resume_at(self, state: ChainState, rounds: int) -> None:
        """Continue from `state`, which a chain of this seed and number has after `rounds` rounds."""
        self.state, self.rounds = state, rounds
