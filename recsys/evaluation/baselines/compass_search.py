"""Search the settings of a baseline: space-filling points, then a compass search from the best of them.

A compass search (Kolda et al. 2003) tries one step up and one down along each axis, moves to the best point, and halves
the step if no point is better. It needs no gradient, reaches the ends of a range, such as a weight of 0, and ends at a
point that no step improves. It is deterministic. Settings that take effect after the fit cost little: the space-filling
points are those of the other settings, each tried with several values of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from scipy.stats import qmc

from recsys.arrays import AnyArray, Float64Array
from recsys.evaluation.baselines.baseline import Baseline, SearchRange

Losses = Mapping[Baseline, float]
"""The loss of each tried baseline."""

_STARTS = 10
"""Space-filling points for each axis, at most five eighths of the budget."""
_BEYOND = 0.1
"""How far these points reach beyond the space; clipping then puts some of them at its ends."""
_AFTER_FIT = (0.25, 0.5, 0.75)
"""The positions, besides the default, of settings after the fit at each of these points."""
_FIRST, _LAST = 0.2, 0.02
"""The first and the smallest step, in lengths of an axis."""
_KEPT = 4
"""The number of best settings of a coarse search that the full search starts from."""


@dataclass(frozen=True)
class BaselineSpace:
    """The searched settings of a baseline."""

    default: Baseline
    axes: Mapping[str, SearchRange]

    @property
    def fitted(self) -> Mapping[str, SearchRange]:
        """The ranges of the settings that need a fit."""
        return {name: axis for name, axis in self.axes.items() if name not in self.default.after_fit}

    def starts(self, most: int) -> Sequence[Baseline]:
        """The defaults and points of a Halton sequence, for a budget of `most` fits."""
        points = _spread(len(self.fitted), min(_STARTS * len(self.fitted), most * 5 // 8))
        fits = [self.default, *self._at(points, self.fitted)]
        return list(dict.fromkeys(chain.from_iterable(map(self._after_fit, fits))))

    def _after_fit(self, baseline: Baseline) -> Sequence[Baseline]:
        """A baseline, and the same with other values of the settings after its fit."""
        axes = {name: axis for name, axis in self.axes.items() if name not in self.fitted}
        others = [{name: axis.value_at(place)} for name, axis in axes.items() for place in _AFTER_FIT]
        return [baseline, *map(baseline.with_settings, others)]

    def around(self, baseline: Baseline, step: float) -> Sequence[Baseline]:
        """One step up and one down along each axis."""
        here = np.array([axis.position_of(getattr(baseline, name)) for name, axis in self.axes.items()])
        steps = step * np.eye(len(here))
        return list(dict.fromkeys(self._at(np.concatenate([here + steps, here - steps]), self.axes)))

    def strictness(self, baseline: Baseline) -> float:
        """How strongly a baseline regularises, relative to others of the space."""
        return sum(axis.strictness(getattr(baseline, name)) for name, axis in self.axes.items())

    def _at(self, places: AnyArray, axes: Mapping[str, SearchRange]) -> Iterable[Baseline]:
        for row in np.clip(places, 0, 1):
            settings = {name: axis.value_at(place) for (name, axis), place in zip(axes.items(), row, strict=True)}
            yield self.default.with_settings(settings)

    def ranked(self, losses: Losses) -> Sequence[Baseline]:
        """The tried baselines, best first; of equals the one that regularises most."""
        return sorted(losses, key=lambda each: (losses[each], -self.strictness(each)))


def compass_search(
    default: Baseline, axes: Mapping[str, SearchRange], measured: Callable[[Sequence[Baseline]], Losses], effort: int
) -> tuple[Baseline, int]:
    """Search the settings with the lowest loss.

    Args:
        default: The baseline at its defaults; if it has coarse settings, the search uses them first.
        axes: The ranges to search.
        measured: Computes the losses of baselines, which may run in parallel.
        effort: The budget: effort · max(2, d²) fits for d ranges of settings that need a fit.

    Returns:
        The best baseline and the number of settings tried.
    """
    coarse = BaselineSpace(
        default.with_settings(default.coarse), {n: axis for n, axis in axes.items() if n not in default.coarse}
    )
    most = effort * max(2, len(coarse.fitted) ** 2)
    tried = _descend(coarse, coarse.starts(most), _FIRST, measured, most)
    if not default.coarse:
        return coarse.ranked(tried)[0], len(tried)
    full = BaselineSpace(default, axes)
    fine = {name: getattr(default, name) for name in default.coarse}
    best = [each.with_settings(fine) for each in _best_of_fits(coarse.ranked(tried))[:_KEPT]]
    again = _descend(full, best, _FIRST / 2, measured, most // 4)
    return full.ranked(again)[0], len(tried) + len(again)


def _descend(
    space: BaselineSpace,
    starts: Sequence[Baseline],
    step: float,
    measured: Callable[[Sequence[Baseline]], Losses],
    most: int,
) -> Losses:
    tried = dict(measured(starts))
    while step >= _LAST and len(_best_of_fits(list(tried))) < most:
        best = space.ranked(tried)[0]
        tried |= measured([each for each in space.around(best, step) if each not in tried])
        if space.ranked(tried)[0] == best:
            step /= 2
    return tried


def _spread(dimensions: int, count: int) -> Float64Array:
    """Points of a Halton sequence that reach a little beyond the unit cube, (count, dimensions); none without axes."""
    if not dimensions:
        return np.zeros((0, 0))
    points: Float64Array = qmc.Halton(dimensions, scramble=False).random(count + 1)[1:]  # the first point is a corner
    return (1 + 2 * _BEYOND) * points - _BEYOND


def _best_of_fits(ranked: Sequence[Baseline]) -> Sequence[Baseline]:
    """The first baseline of each fit, in their order."""
    first: dict[Baseline, Baseline] = {}
    for each in ranked:
        first.setdefault(each.fit_alone, each)
    return list(first.values())
