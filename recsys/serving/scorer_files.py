"""Save and load a scorer: models, or the matrices of a baseline."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import issparse, load_npz, save_npz

from recsys.evaluation.baselines.history_weights import HistoryWeights
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.serving.scorer import AnyScorer, Scorer
from recsys.serving.stored_models import StoredModels, save_models

_SETTINGS = "serving.json"
_MATRICES = ("left", "right", "middle", "own")


def save_scorer(scorer: AnyScorer, folder: Path) -> None:
    """Write a scorer into a folder.

    Args:
        scorer: The scorer.
        folder: An existing folder.
    """
    settings: dict[str, Any] = {"clip": scorer.clip, "rates": scorer.rates}
    if isinstance(scorer, LinearScores):
        history = {name: value for name, value in asdict(scorer.history).items() if value != math.inf}
        settings |= {"solved": dict(scorer.solved), "near": dict(scorer.near), "history": history}
        for name in _MATRICES:
            _save_matrix(getattr(scorer, name), folder / name)
    else:
        settings |= {"shares": list(scorer.shares), "points": [dict(point) for point in scorer.points]}
        settings |= {"kinds": save_models(scorer.models, folder)}
    (folder / _SETTINGS).write_text(json.dumps(settings), encoding="utf-8")


def load_scorer(folder: Path) -> AnyScorer:
    """Read a scorer from a folder.

    Args:
        folder: A folder that `save_scorer` wrote. It has to stay as long as the scorer is in use.
    """
    settings = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
    clip, rates = tuple(settings["clip"]) if settings["clip"] else None, settings["rates"]
    if "shares" not in settings:
        left, right, middle, own = (_load_matrix(folder / name) for name in _MATRICES)
        history = HistoryWeights(**settings.get("history", {}))
        solved, near = settings.get("solved", {}), settings.get("near", {})
        return LinearScores(left, right, rates, clip, solved, history, middle, own, near)
    kinds = settings.get("kinds", [""] * len(settings["shares"]))
    return Scorer(StoredModels(folder, kinds), settings["shares"], clip, rates, settings.get("points", []))


def _save_matrix(matrix: Any, path: Path) -> None:
    """Write a matrix; nothing for None."""
    if issparse(matrix):
        save_npz(path.with_suffix(".npz"), matrix)
    elif matrix is not None:
        np.save(path.with_suffix(".npy"), matrix, allow_pickle=False)


def _load_matrix(path: Path) -> Any:
    """Read a matrix; None if none was written."""
    dense, sparse = path.with_suffix(".npy"), path.with_suffix(".npz")
    if dense.exists():
        return np.load(dense, allow_pickle=False)
    return load_npz(sparse) if sparse.exists() else None
