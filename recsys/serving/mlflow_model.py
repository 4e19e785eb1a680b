"""Write a recommender as a self-contained MLflow model folder."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import mlflow
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema, TensorSpec
from mlflow.types.schema import AnyType

import recsys
from recsys.serving.package import save_package
from recsys.serving.predictive import UNCERTAINTY
from recsys.serving.recommender import Recommender

_NEEDED = ("keras", "mlflow", "numpy", "pandas", "pydantic", "scipy", "tensorflow")

PACKAGE = "artifacts/package"
"""The subfolder with the recommender's own files."""


def save_model(recommender: Recommender, folder: Path, files: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write the MLflow model: the package, the suite's code, the requirements, a signature and an input example.

    Args:
        recommender: The recommender to serve.
        folder: The folder to create; it must not exist.
        files: More text files for the package, by name.
    """
    catalogue = recommender.catalogue
    few = min(2, catalogue.users, catalogue.items)
    example = pd.DataFrame({"user": catalogue.user_ids[:few], "item": catalogue.item_ids[:few]})
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
    """Return the signature of the model's output.

    The signature has no input schema, because MLflow's types exclude valid requests. A column of lists excludes all CSV
    requests. A column of whole numbers excludes missing values. A column of text excludes frames with numbers. The
    model validates the rows itself, and its errors name the row. The input example shows the format.
    """
    anything: Any = AnyType
    columns: list[ColSpec | TensorSpec] = [
        ColSpec(anything(), "user"),
        ColSpec(anything(), "item"),
        ColSpec(DataType.double, recommender.word, required=False),
        ColSpec(DataType.boolean, "fallback"),
        ColSpec(DataType.long, "rank", required=False),
        ColSpec(DataType.string, "title", required=False),
        ColSpec(DataType.boolean, "new", required=False),
    ]
    if recommender.has_uncertainty:
        columns += [ColSpec(DataType.double, name) for name in UNCERTAINTY]
        columns.append(ColSpec(anything(), "stars", required=False))
    return ModelSignature(outputs=Schema(columns))
