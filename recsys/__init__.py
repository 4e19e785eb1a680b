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

_FUNCTIONS = {
    "compare": "compare",
    "delete": "show",
    "describe_data": "describe",
    "evaluate": "evaluate",
    "export": "export",
    "history": "champions",
    "hypermodel": "bridges",
    "list_sweeps": "show",
    "objective": "bridges",
    "promote": "promote",
    "recommend": "recommend",
    "recommend_all": "recommend",
    "report": "report",
    "rerun": "reruns",
    "resume": "sweep",
    "rollback": "champions",
    "serve": "champions",
    "show": "show",
    "sweep": "sweep",
    "train": "train",
}

__all__ = list(_FUNCTIONS)


def __getattr__(name: str) -> Any:
    """Import a workflow when it is first asked for, so that the command line starts at once."""
    if name not in _FUNCTIONS:
        raise AttributeError(f"module 'recsys' has no attribute {name!r}")
    return getattr(import_module(f"recsys.workflows.{_FUNCTIONS[name]}"), name)
