"""Tune, track and promote recommender models.

This package exports the functions behind the commands, for notebooks and programs, and the types of their arguments:

    import recsys
    result = recsys.sweep("experiments/mf.toml", trials=16)
    recsys.promote(result.sweep)
    recsys.recommend(196, n=10)
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

DISTRIBUTION = "recsweep"
"""The name on the package index, where another project has the name recsys."""

_FUNCTIONS = {
    "add_items": "promotion.add_items",
    "auto": "automatic.auto",
    "baselines": "comparison.baselines",
    "compare": "comparison.compare",
    "delete": "comparison.show",
    "describe_data": "setup.describe",
    "evaluate": "comparison.evaluate",
    "export": "serving.export",
    "history": "promotion.champions",
    "hypermodel": "search.bridges",
    "init": "setup.init",
    "list_sweeps": "comparison.listing",
    "note": "comparison.annotations",
    "objective": "search.bridges",
    "promote": "promotion.promote",
    "recommend": "serving.recommend",
    "recommend_all": "serving.recommend",
    "relocate": "setup.relocate",
    "report": "comparison.report",
    "rerun": "comparison.reruns",
    "resume": "search.resume",
    "rollback": "promotion.champions",
    "serve": "serving.serve",
    "show": "comparison.show",
    "stop": "search.stopping",
    "sweep": "search.sweep",
    "tag": "comparison.annotations",
    "train": "search.train",
    "watch": "search.watching",
}

_TYPES = {
    "DataShape": "models.inputs",
    "Execution": "execution.make",
    "FinishedTrial": "training.trial",
    "Progress": "workflows.search.progress",
    "Recorded": "tracking.tracker",
    "Tracker": "tracking.tracker",
    "TrialState": "training.trial",
}

__all__ = list(_FUNCTIONS | _TYPES)


def __dir__() -> list[str]:
    """Return the public names, including those that are not imported yet."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Import a name on first use, so that the command line starts quickly."""
    if name == "figures":
        return import_module("recsys.figures")
    if name not in __all__:
        raise AttributeError(f"module 'recsys' has no attribute {name!r}")
    module = _TYPES[name] if name in _TYPES else f"workflows.{_FUNCTIONS[name]}"
    return getattr(import_module(f"recsys.{module}"), name)
