"""Tune, track and promote recommender models.

The functions that the command line is a thin face of are here, for people in notebooks:

    import recsys
    result = recsys.sweep("experiments/mf.toml", trials=16)
    recsys.promote(result.sweep)
    recsys.recommend(196, n=10)
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

DISTRIBUTION = "recsweep"
"""What the package index knows it by, where another project is called recsys."""

_FUNCTIONS = {
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
    "sweep": "search.sweep",
    "tag": "comparison.annotations",
    "train": "search.train",
    "watch": "search.watching",
}

__all__ = list(_FUNCTIONS)


def __dir__() -> list[str]:
    """The functions, also those that have not been imported yet."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Import a workflow, or the figures, when they are first asked for, so that the command line starts at once."""
    if name == "figures":
        return import_module("recsys.figures")
    if name not in _FUNCTIONS:
        raise AttributeError(f"module 'recsys' has no attribute {name!r}")
    return getattr(import_module(f"recsys.workflows.{_FUNCTIONS[name]}"), name)
