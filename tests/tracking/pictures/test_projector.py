"""Tests that Projector files have the format that the Projector expects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from tracking_samples import ITEMS, USERS, make_weights

from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Catalogue
from recsys.tracking.pictures.projector import write_projector
from recsys.tracking.weights import read_weights, write_weights


def test_projector_files_have_one_row_an_item_and_its_title(tmp_path: Path, catalogue: Catalogue) -> None:
    write_weights(tmp_path, make_weights(0), catalogue)
    write_projector(tmp_path, tmp_path, catalogue)
    tensors = pd.read_csv(tmp_path / "projector/item/tensors.tsv", sep="\t", header=None)
    metadata = pd.read_csv(tmp_path / "projector/item/metadata.tsv", sep="\t")
    assert tensors.shape == (ITEMS, 3)
    assert metadata["title"].tolist() == ["Alpha (1990)", "Beta Gamma", "Delta", "Épsilon", "Zeta"]
    assert len((tmp_path / "projector/user/metadata.tsv").read_text().splitlines()) == USERS


def test_features_have_a_table_of_their_own_with_their_names(tmp_path: Path, catalogue: Catalogue) -> None:
    names = ["genres=Comedy", "year"]
    features = FeatureTable(csr_array((ITEMS, 2)), names, ["genres", "year"])
    table = np.arange(9, dtype=np.float32).reshape(3, 3)
    weights = make_weights(0) | {"item_embedding_features/table": table}
    write_weights(tmp_path, weights, replace(catalogue, item_features=features))
    write_projector(tmp_path, tmp_path, catalogue)
    tensors = pd.read_csv(tmp_path / "projector/item_features/tensors.tsv", sep="\t", header=None)
    assert tensors.to_numpy().tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert (tmp_path / "projector/item_features/metadata.tsv").read_text().splitlines() == names
    assert not (tmp_path / "projector/user_features").exists()
    assert "item_embedding_features/table" not in np.load(tmp_path / "weights.npz")
    np.testing.assert_array_equal(read_weights(tmp_path)["item_embedding_features/table"], table)
