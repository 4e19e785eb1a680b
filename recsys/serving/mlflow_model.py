"""Write a recommender as an MLflow model folder that loads on its own."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

import mlflow
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema, TensorSpec
from mlflow.types.schema import Array

import recsys
from recsys.serving.package import save_package
from recsys.serving.recommender import Recommender

_NEEDED = ("keras", "mlflow", "numpy", "pandas", "pydantic", "scipy", "tensorflow")

PACKAGE = "artifacts/package"
"""Where the recommender's own files stand in the folder."""


def save_model(recommender: Recommender, folder: Path, files: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write the model: its own files, the suite's code, its requirements, a signature and an input example.

    Args:
        recommender: What is served.
        folder: Where to; it must not exist.
        files: More text files for the package, by name.
    """
    catalogue = recommender.catalogue
    example = pd.DataFrame({"user": catalogue.user_ids[:2], "item": catalogue.item_ids[:2]})
    with tempfile.TemporaryDirectory() as temporary:
        save_package(recommender, Path(temporary) / "package")
        for name, text in files.items():
            (Path(temporary) / "package" / name).write_text(text, encoding="utf-8")
        mlflow.pyfunc.save_model(
            folder,
            python_model=str(Path(__file__).with_name("pyfunc.py")),
            artifacts={"package": str(Path(temporary) / "package")},
            code_paths=[str(Path(recsys.__file__).parent)],
            pip_requirements=[f"{name}=={version(name)}" for name in _NEEDED],
            signature=signature_of(recommender),
            input_example=example,
        )


def signature_of(recommender: Recommender) -> ModelSignature:
    """What the model takes: ids of the catalogue's own types."""
    user, item = (
        DataType.long if ids.dtype.kind in "iu" else DataType.double if ids.dtype.kind == "f" else DataType.string
        for ids in (recommender.catalogue.user_ids, recommender.catalogue.item_ids)
    )
    inputs: list[ColSpec | TensorSpec] = [
        ColSpec(user, "user"),
        ColSpec(item, "item", required=False),
        ColSpec(DataType.long, "n", required=False),
        ColSpec(Array(item), "exclude", required=False),
    ]
    return ModelSignature(Schema(inputs))
