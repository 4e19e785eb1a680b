"""Shipped experiments on other data, with the parameters that apply to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recsys.data.ratings import Ratings
from recsys.experiment import Experiment, experiment_from
from recsys.models.compatibility import Compatibility
from recsys.models.kinds import kind_of
from recsys.overrides import override
from recsys.spaces.parameter import Point


@dataclass(frozen=True)
class OnData:
    """What experiments on the same data share."""

    ratings: Ratings
    shared: Mapping[str, Any]
    """The sections that replace those of a shipped experiment, `data` and `split` among them."""
    overrides: Mapping[str, Any]
    """Values that replace those of all experiments, by `section.key`."""

    @property
    def has_features(self) -> bool:
        """Whether the data have features of items or of users."""
        return any(key in self.shared["data"] for key in ("items", "users"))

    def unfit(self, shipped: Experiment) -> str | None:
        """Return the reason why the data do not admit the kind of an experiment; None if they do."""
        kind, items = kind_of(shipped.model), self.ratings.catalogue.items
        if kind.most_items is None or items <= kind.most_items:
            return None
        return f"{kind.name} is for {kind.most_items:,} items at most, and there are {items:,}"

    def experiment(self, shipped: Experiment, name: str, first: Point | None) -> Experiment:
        """Return a shipped experiment on the data.

        Args:
            shipped: The experiment.
            name: The name of its sweep.
            first: The point to train first, of which the nearest one of the space is taken; None for the default point.
        """
        document = {**shipped.document, **self.shared}
        if self.shared["split"]["kind"] == shipped.split.kind:
            document["split"] = {"kind": shipped.split.kind, "size": shipped.split.size}
        document["study"]["sampler"] = "tpe"  # a grid cannot grow
        document["space"] = self._ranges(shipped)
        override(document, self.overrides)
        found = experiment_from(document, source=name, folder=Path.cwd(), name=name)
        if first is None or found.study.try_:
            return found
        return found.replaced({"study.try": [found.search_space.nearest({**found.default_point, **first})]})

    def _ranges(self, shipped: Experiment) -> dict[str, Any]:
        """Return the ranges of an experiment: those of events for events, with those of features, if there are any."""
        kind, ranges = kind_of(shipped.model), dict(shipped.document["space"])
        if self.ratings.implicit and "solver" not in shipped.point:
            events = kind.space("events")
            ranges |= {name: events[name] for name in ranges if name in events}
        if self.has_features:
            ranges |= {name: dict(each) for name, each in kind.space("features").items()}
        return {name: each for name, each in ranges.items() if name not in self._idle(shipped, ranges)}

    def _idle(self, shipped: Experiment, ranges: Mapping[str, Any]) -> set[str]:
        """Return the parameters that do nothing on the data."""
        ends = {name: each.get("values", (each.get("low"), each.get("high"))) for name, each in ranges.items()}
        fixed = {name: (value,) for name, value in shipped.point.items()}
        values, ranks = {**ends, **fixed}, shipped.points.ranks
        found = Compatibility(shipped.model, values, ranks, self.ratings.implicit, self.has_features).idle()
        return {line.partition(":")[0] for line in found}
