"""Chain: states one after the other, from a seed."""

from __future__ import annotations

import numpy as np

from recsys.posterior.sampler import Sampler, Values
from recsys.posterior.state import State


class Chain:
    """A chain of draws. Its state after so many rounds depends on its seed, its number and its sampler only.

    Each round has random numbers of its own, so that a chain taken up at any round goes on as if it had never stopped.

    Args:
        sampler: Makes the rounds.
        values: As the sampler takes them: the ratings without their mean, or their stars, shape (N,).
        size: D, how many factors.
        seed: The trial's.
        number: Tells apart the chains of one seed.
    """

    def __init__(self, sampler: Sampler, values: Values, size: int, seed: int, number: int = 0) -> None:
        self._sampler, self._values = sampler, values
        self._seed = seed, number
        self.rounds = 0
        self.state = sampler.start(size, self._generator())

    def advance(self) -> State:
        """Make a round."""
        self.rounds += 1
        self.state = self._sampler.step(self.state, self._values, self._generator())
        return self.state

    def take_up(self, state: State, rounds: int) -> None:
        """Go on from the state that a chain of this seed and number had after so many rounds."""
        self.state, self.rounds = state, rounds

    def _generator(self) -> np.random.Generator:
        return np.random.default_rng([*self._seed, self.rounds])
