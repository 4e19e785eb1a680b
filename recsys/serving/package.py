"""Save and load the files of a recommender, without pickles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from recsys.data.histories import Histories
from recsys.data.ratings import Catalogue
from recsys.errors import InputError, RecsysError, shown
from recsys.evaluation.fallback import Fallback
from recsys.serving.feature_files import load_features, save_features
from recsys.serving.feedback import Feedback
from recsys.serving.recommender import Recommender
from recsys.serving.scorer import Scorer
from recsys.serving.scorer_files import load_scorer, save_scorer

_FEEDBACK = "feedback.json"
_FALLBACK = "fallback.npz"
_HISTORIES = "histories.npz"
_BATCH = 256
"""The number of predictions that `check_package` compares."""


def save_package(recommender: Recommender, folder: Path) -> None:
    """Write a recommender into an empty folder.

    Args:
        recommender: The recommender.
        folder: The folder, which is created if it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    catalogue, known = recommender.catalogue, recommender.known
    save_scorer(recommender.scorer, folder)
    (folder / _FEEDBACK).write_text(json.dumps(asdict(recommender.feedback)), encoding="utf-8")
    arrays: dict[str, Any] = {"users": _plain(catalogue.user_ids), "items": _plain(catalogue.item_ids)}
    if catalogue.titles is not None:
        arrays["titles"] = catalogue.titles
    if recommender.added:
        arrays["added"] = np.int64(recommender.added)
    np.savez_compressed(folder / "catalogue.npz", **arrays)
    save_features(catalogue, folder)
    np.savez_compressed(folder / "known.npz", indices=known.indices, indptr=known.indptr)
    if recommender.histories is not None:
        columns = {field.name: getattr(recommender.histories, field.name) for field in fields(Histories)}
        np.savez_compressed(folder / _HISTORIES, **{name: c for name, c in columns.items() if c is not None})
    rules = {name: array for name, array in asdict(recommender.fallback).items() if array is not None}
    np.savez_compressed(folder / _FALLBACK, **rules)


def load_package(folder: Path) -> Recommender:
    """Read a recommender from a folder.

    Args:
        folder: A folder that `save_package` wrote. It has to stay as long as the recommender is in use.
    """
    with np.load(folder / "catalogue.npz", allow_pickle=False) as arrays:
        titles, added = arrays.get("titles"), int(arrays.get("added", 0))
        users, items = (pd.Index(arrays[name]) for name in ("users", "items"))
    catalogue = Catalogue(users, items, titles, **load_features(folder))
    with np.load(folder / "known.npz", allow_pickle=False) as arrays:
        ones = np.ones(len(arrays["indices"]), np.int32)
        shape = (catalogue.users, catalogue.items)
        known = csr_array((ones, arrays["indices"], arrays["indptr"]), shape=shape)
    feedback = json.loads((folder / _FEEDBACK).read_text(encoding="utf-8"))
    scorer, histories = load_scorer(folder), _histories(folder / _HISTORIES)
    if isinstance(scorer, Scorer) and histories is not None and scorer.reads_histories:
        scorer = replace(scorer, histories=histories)
    return Recommender(
        scorer,
        catalogue,
        known,
        Feedback(**{**feedback, "scale": tuple(feedback["scale"])}),
        _fallback(folder / _FALLBACK, known),
        histories,
        added,
    )


def _histories(path: Path) -> Histories | None:
    """Read the saved histories; None for a package of an earlier version."""
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as arrays:
        return Histories(**{"times": None, **arrays})


def _fallback(path: Path, known: csr_array) -> Fallback:
    """Read the saved fallback; build one from all known ratings for a package of an earlier version."""
    if path.exists():
        with np.load(path, allow_pickle=False) as arrays:
            return Fallback(**arrays)
    unrated = np.diff(known.indptr) == 0
    return Fallback(unrated, unrated, np.asarray(known.sum(axis=0), np.int64))


def check_package(folder: Path, recommender: Recommender) -> None:
    """Load a saved recommender as a serving process does, and compare its predictions and ids with the original.

    A serving process registers only the layers of Keras and of the suite.

    Args:
        folder: A folder that `save_package` wrote.
        recommender: The recommender that was saved.

    Raises:
        InputError: The package cannot be loaded, or an id changes when it is saved and loaded.
        RecsysError: The loaded recommender predicts other values than the saved one.
    """
    try:
        with _known_layers_only():
            loaded = load_package(folder)
            models = list(loaded.scorer.models) if isinstance(loaded.scorer, Scorer) else []
    except Exception as error:
        raise InputError(
            f"the saved model cannot be loaded again ({shown(error, 200)}): no code of a factory's own is "
            "served, so that its model must be made of Keras's own layers"
        ) from error
    users, items = (np.arange(min(n, _BATCH), dtype=np.int32) for n in (loaded.catalogue.users, loaded.catalogue.items))
    pairs, scorer = (np.resize(users, _BATCH), np.resize(items, _BATCH)), loaded.scorer
    expected = recommender.scorer.predict(*pairs)
    # a scorer of models in memory predicts by them, one of stored models by their factors
    for each in (scorer, replace(scorer, models=models) if isinstance(scorer, Scorer) else scorer):
        if not np.allclose(each.predict(*pairs), expected, rtol=1e-4, atol=1e-4):
            raise RecsysError("the saved model does not predict what it did before it was saved")
    for side in ("user_ids", "item_ids"):
        saved, back = (getattr(each.catalogue, side).tolist() for each in (recommender, loaded))
        if wrong := next((id_ for id_, again in zip(saved, back, strict=True) if id_ != again), None):
            raise InputError(f"the id {shown(repr(wrong))} does not come back from a saved model as it was; rename it")


@contextmanager
def _known_layers_only() -> Iterator[None]:
    """Hide the layers that other code has registered in this process."""
    import keras

    registered = keras.saving.get_custom_objects()
    hidden = {name: layer for name, layer in registered.items() if not name.startswith("recsys>")}
    for name in hidden:
        del registered[name]
    try:
        yield
    finally:
        registered.update(hidden)


def _plain(ids: pd.Index[Any]) -> Any:
    """Return ids as an array of numbers or of fixed-width strings, which needs no pickle."""
    array = ids.to_numpy()
    return array if array.dtype.kind in "iufb" else array.astype(np.str_)
