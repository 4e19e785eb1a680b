"""Tests that Projector files have the format that the Projector expects."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from tracking_samples import ITEMS, USERS, make_weights

from recsys.data.ratings import Catalogue
from recsys.tracking.pictures.projector import write_projector
from recsys.tracking.weights import write_weights


def test_projector_files_have_one_row_an_item_and_its_title(tmp_path: Path, catalogue: Catalogue) -> None:
    write_weights(tmp_path, make_weights(0), catalogue)
    write_projector(tmp_path, tmp_path, catalogue)
    tensors = pd.read_csv(tmp_path / "projector/item/tensors.tsv", sep="\t", header=None)
    metadata = pd.read_csv(tmp_path / "projector/item/metadata.tsv", sep="\t")
    assert tensors.shape == (ITEMS, 3)
    assert metadata["title"].tolist() == ["Alpha (1990)", "Beta Gamma", "Delta", "Épsilon", "Zeta"]
    assert len((tmp_path / "projector/user/metadata.tsv").read_text().splitlines()) == USERS
