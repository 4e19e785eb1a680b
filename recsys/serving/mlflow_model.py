"""Write a recommender as an MLflow model folder that loads on its own."""

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
"""Where the recommender's own files stand in the folder."""


def save_model(recommender: Recommender, folder: Path, files: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write the model: its own files, the suite's code, its requirements, a signature and an input example.

    Args:
        recommender: What is served.
        folder: Where to; it must not exist.
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
    """What the model gives.

    Of what it takes MLflow's types can say too little: a column of lists ends every request in CSV, one of whole
    numbers every request with a missing one, and one of text every frame with numbers. So the model reads rows itself,
    and refuses by their number those that it cannot answer; the input example shows what they look like.
    """
    anything: Any = AnyType
    columns: list[ColSpec | TensorSpec] = [
        ColSpec(anything(), "user"),
        ColSpec(anything(), "item"),
        ColSpec(DataType.double, recommender.word, required=False),
        ColSpec(DataType.boolean, "fallback"),
        ColSpec(DataType.long, "rank", required=False),
        ColSpec(DataType.string, "title", required=False),
    ]
    if recommender.has_uncertainty:
        columns += [ColSpec(DataType.double, name) for name in UNCERTAINTY]
        columns.append(ColSpec(anything(), "stars", required=False))
    return ModelSignature(outputs=Schema(columns))
