"""A Markov chain of posterior draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import AnyArray
from recsys.posterior.sampler import GibbsSampler
from recsys.posterior.state import ChainState


@dataclass(frozen=True, eq=False)
class ChainKernel:
    """The transition kernel of all chains."""

    sampler: GibbsSampler
    values: AnyArray
    """The data of the sampler: ratings minus their mean, or indices of stars, shape (N,)."""

    def step(self, state: ChainState, rng: np.random.Generator) -> ChainState:
        """The state after a round."""
        return self.sampler.step(state, self.values, rng)


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

    def advance(self) -> ChainState:
        """Run one round and return the new state."""
        rng = np.random.default_rng([*self._seed, self.rounds + 1])
        self.resume_at(self.kernel.step(self.state, rng), self.rounds + 1)
        return self.state

    def resume_at(self, state: ChainState, rounds: int) -> None:
        """Continue from `state`, which a chain of this seed and number has after `rounds` rounds."""
        self.state, self.rounds = state, rounds
