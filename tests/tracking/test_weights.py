"""Tests that stored weights load exactly, and that tables have the format that other tools expect."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.sparse import csr_array
from tracking_samples import ITEMS, USERS, make_weights

from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Catalogue
from recsys.tracking.weights import describe, read_weights, write_weights

names = st.sampled_from(
    [
        *(f"{side}_embedding{end}/table" for side in ("user", "item") for end in ("", "_features")),
        *("hidden_0/kernel", "file", "../up", "é/ü"),
    ]
)
tables = arrays.arrays(np.float32, arrays.array_shapes(min_dims=0, max_dims=3, max_side=8))


@settings(deadline=None)
@given(weights=st.dictionaries(names, tables))
def test_weights_of_any_name_and_shape_come_back_bit_for_bit(weights: dict[str, npt.NDArray[np.float32]]) -> None:
    features = FeatureTable(csr_array((2, 3)), ["genres=a", "genres=b", "year"], ["genres", "genres", "year"])
    catalogue = Catalogue(pd.Index(range(7)), pd.Index(["a", "b"]), item_features=features)
    with TemporaryDirectory() as name:
        write_weights(Path(name), weights, catalogue)
        back = read_weights(Path(name))
    assert back.keys() == weights.keys()
    for key, array in weights.items():
        np.testing.assert_array_equal(back[key], array, strict=True)


def test_embeddings_stand_beside_the_original_ids_and_need_no_pickle(tmp_path: Path, catalogue: Catalogue) -> None:
    write_weights(tmp_path, make_weights(0), catalogue)
    with np.load(tmp_path / "embeddings/item.npz", allow_pickle=False) as item:
        assert item["ids"].tolist() == [f"i{k}" for k in range(ITEMS)]
        assert (item["vectors"].shape, item["spare"].shape) == ((ITEMS, 3), (3,))
    with np.load(tmp_path / "embeddings/user.npz", allow_pickle=False) as user:
        assert user["ids"].tolist() == list(range(10, 10 + USERS))


@given(arrays.arrays(np.float32, (9, 3), elements=st.floats(-100, 100, width=32)))
def test_the_describe_table_is_pandas_own(vectors: npt.NDArray[np.float32]) -> None:
    expected = pd.DataFrame(vectors.astype(np.float64)).describe()
    np.testing.assert_allclose(describe(vectors), expected.to_numpy(), rtol=1e-5, atol=1e-4)
