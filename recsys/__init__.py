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
    "baselines": "judging.baselines",
    "compare": "judging.compare",
    "delete": "judging.show",
    "describe_data": "using.describe",
    "evaluate": "judging.evaluate",
    "export": "using.export",
    "history": "crowning.champions",
    "hypermodel": "using.bridges",
    "init": "using.init",
    "list_sweeps": "judging.listing",
    "note": "judging.words",
    "objective": "using.bridges",
    "promote": "crowning.promote",
    "recommend": "using.recommend",
    "recommend_all": "using.recommend",
    "relocate": "using.relocate",
    "report": "judging.report",
    "rerun": "judging.reruns",
    "resume": "searching.resume",
    "rollback": "crowning.champions",
    "serve": "using.serve",
    "show": "judging.show",
    "sweep": "searching.sweep",
    "tag": "judging.words",
    "train": "searching.train",
    "watch": "searching.watching",
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
