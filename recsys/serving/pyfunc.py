"""The promoted model as an MLflow pyfunc: raw ids in, ratings, scores or top-N out.

This file is the model's code: MLflow runs it when it loads the model, on its own, with the package folder beside it.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel

from recsys.errors import InputError
from recsys.serving.answers import answers, frame
from recsys.serving.keys import refuse_params, unknown_allowed
from recsys.serving.package import load_package
from recsys.serving.reading import Reader
from recsys.serving.recommender import Recommender
from recsys.serving.rows import rows_of


class RecommenderModel(PythonModel):
    """Rows of `user` and `item` give `rating` or `score`; rows without `item` (and `n`, `exclude`) give top-N lists.

    In place of a user, or beside one, `history` (and `ratings` or `weights`) says what a person has rated or done. A
    posterior also gives `deviation`, `low` and `high`, with `stars` each star's chance, and ranks by `by` (and `seed`).
    Other columns are refused, unless the environment variable `RECSYS_ALLOW_UNKNOWN_KEYS` is 1 or true.
    """

    recommender: Recommender

    def load_context(self, context: Any) -> None:
        """Read the package."""
        self.recommender = load_package(Path(context.artifacts["package"]))

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.recommender.catalogue, self.recommender.feedback)

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:  # noqa: ARG002 - MLflow's
        """Answers, in the order of the rows; a list has `n` rows. Of a server the input may have other forms too."""
        try:
            refuse_params(params)
            rows = rows_of(model_input, allow_unknown=unknown_allowed())
            return frame(answers(self.recommender, self._reader.asks(rows)))
        except InputError as error:  # whose message MLflow's server passes on, where of others it shows a traceback
            raise MlflowException.invalid_parameter_value(str(error)) from None


set_model(RecommenderModel())
