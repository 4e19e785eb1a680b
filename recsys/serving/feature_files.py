"""Save and load the features of a catalogue: sparse tables, and the state of their encoders."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from scipy.sparse import csr_array, load_npz, save_npz

from recsys.data.features.encoder import FeatureEncoder
from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Catalogue

_SIDES = ("user_features", "item_features")


def save_features(catalogue: Catalogue, folder: Path) -> None:
    """Write the features of users and items, as far as there are some.

    Args:
        catalogue: The catalogue.
        folder: An existing folder.
    """
    for side in _SIDES:
        table: FeatureTable | None = getattr(catalogue, side)
        if table is None:
            continue
        save_npz(folder / f"{side}.npz", table.rows)
        encoder = table.encoder.model_dump(mode="json") if isinstance(table.encoder, FeatureEncoder) else None
        state = {"names": list(table.names), "columns": list(table.columns), "encoder": encoder}
        (folder / f"{side}.json").write_text(json.dumps(state), encoding="utf-8")


def load_features(folder: Path) -> Mapping[str, FeatureTable]:
    """Return what `save_features` wrote, by the name of a catalogue's field; nothing for an older package."""
    return {side: _table(folder / side) for side in _SIDES if (folder / f"{side}.json").exists()}


def _table(path: Path) -> FeatureTable:
    state = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    encoder = None if state["encoder"] is None else FeatureEncoder.model_validate_json(json.dumps(state["encoder"]))
    return FeatureTable(csr_array(load_npz(path.with_suffix(".npz"))), state["names"], state["columns"], encoder)
