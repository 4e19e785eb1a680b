"""The promoted model as an MLflow pyfunc: raw ids in, ratings or top-N out.

This file is the model's code: MLflow runs it when it loads the model, on its own, with the package folder beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel

from recsys.serving.package import load_package

DEFAULT_N = 10


class RecommenderModel(PythonModel):
    """Rows of `user` and `item` give `rating`; rows of `user` alone (and `n`, `exclude`) give the user's top-N."""

    def load_context(self, context: Any) -> None:
        """Read the package."""
        self.recommender = load_package(Path(context.artifacts["package"]))

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:  # noqa: ARG002 - MLflow's
        """Ratings, one a row in the order of the rows; or recommendations, `n` rows a user."""
        rows = pd.DataFrame(model_input).reset_index(drop=True)
        if "item" in rows and rows["item"].notna().any():
            return pd.concat([rows[["user", "item"]], self.recommender.rate(rows["user"], rows["item"])], axis=1)
        return pd.concat([self._top(row) for row in rows.to_dict("records")], ignore_index=True)

    def _top(self, row: dict[Any, Any]) -> pd.DataFrame:
        n, exclude = row.get("n"), row.get("exclude")
        length = DEFAULT_N if n is None or pd.isna(n) else int(n)
        left_out = list(exclude) if isinstance(exclude, (list, tuple, np.ndarray)) else []
        top = self.recommender.recommend(row["user"], length, left_out)
        return pd.DataFrame(
            [
                {
                    "user": row["user"],
                    "rank": rank,
                    "item": found.item,
                    "title": found.title,
                    "rating": found.rating,
                    "fallback": top.fallback,
                }
                for rank, found in enumerate(top.items, start=1)
            ]
        )


set_model(RecommenderModel())
