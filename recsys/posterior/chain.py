"""Chain: states one after the other, from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.arrays import AnyArray
from recsys.posterior.sampler import GibbsSampler
from recsys.posterior.state import ChainState


@dataclass(frozen=True, eq=False)
class ChainRound:
    """What of a chain its next round hangs on."""

    state: ChainState
    """The last one."""
    seed: tuple[int, int, int]
    """Of the round's randomness."""


@dataclass(frozen=True, eq=False)
class ChainKernel:
    """What the rounds of all chains are made from, in whichever process."""

    sampler: GibbsSampler
    values: AnyArray
    """As the sampler takes them: the ratings without their mean, or their stars, shape (N,)."""

    def step(self, each: ChainRound) -> ChainState:
        """Make a round."""
        return self.sampler.step(each.state, self.values, np.random.default_rng(each.seed))


class Chain:
    """A chain of draws. Its state after so many rounds depends on its seed, its number and its source only.

    Each round has random numbers of its own, so that a chain taken up at any round goes on as if it had never stopped.

    Args:
        source: Makes the rounds.
        size: D, how many factors.
        seed: The trial's.
        number: Tells apart the chains of one seed.
    """

    def __init__(self, source: ChainKernel, size: int, seed: int, number: int = 0) -> None:
        self.source, self._seed = source, (seed, number)
        self.rounds = 0
        self.state = source.sampler.start(size, np.random.default_rng([*self._seed, self.rounds]))

    @property
    def next_round(self) -> ChainRound:
        """The round to be made."""
        return ChainRound(self.state, (*self._seed, self.rounds + 1))

    def advance(self) -> ChainState:
        """Make a round."""
        self.resume_at(self.source.step(self.next_round), self.rounds + 1)
        return self.state

    def resume_at(self, state: ChainState, rounds: int) -> None:
        """Go on from the state that a chain of this seed and number had after so many rounds."""
        self.state, self.rounds = state, rounds
