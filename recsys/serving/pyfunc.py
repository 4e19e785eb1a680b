"""The promoted model as an MLflow pyfunc: raw ids in, and ratings, scores or top-N lists out.

This file is the model's code. MLflow runs it when it loads the model, with the path of the package folder.
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
from recsys.serving.reading import Reader, reader_of
from recsys.serving.recommender import Recommender
from recsys.serving.rows import rows_of


class RecommenderModel(PythonModel):
    """Answers rows of ids with ratings, scores or top-N lists.

    A row with `user` and `item` gives `rating` or `score`. A row without `item` gives a top-N list, and may have `n`
    and `exclude`. `history` (with `ratings` or `weights`) lists the items that a person rated or used, the oldest
    first. It follows the stored history of the user, who may be left out. `user_features` has what is known of the
    person, by column. `new_share` is the least share of items that nobody has chosen, which `new` marks. A posterior
    adds `deviation`, `low` and `high`, with `stars` the probability of each star, and ranks by `by` (and `seed`). Other
    columns are errors, unless the environment variable `RECSYS_ALLOW_UNKNOWN_KEYS` is 1 or true.
    """

    recommender: Recommender

    def load_context(self, context: Any) -> None:
        """Load the recommender from the package folder of the context."""
        self.recommender = load_package(Path(context.artifacts["package"]))
        self.recommender.warm_up()

    @cached_property
    def _reader(self) -> Reader:
        return reader_of(self.recommender)

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:  # noqa: ARG002 - MLflow's signature
        """Answer the rows in their order; a list has up to `n` rows.

        The input of a server may also have other types than a frame.

        Raises:
            MlflowException: A row is not valid.
        """
        try:
            refuse_params(params)
            rows = rows_of(model_input, allow_unknown=unknown_allowed())
            return frame(answers(self.recommender, self._reader.asks(rows)))
        except InputError as error:  # MLflow's server shows the message of this exception, and a traceback for others
            raise MlflowException.invalid_parameter_value(str(error)) from None


set_model(RecommenderModel())
