"""Non-negative matrix factorisation: all entries of the embeddings are at 0 or above (Lee and Seung 1999)."""

from __future__ import annotations

from recsys.models.hyperparameters import COUNT, Hyperparameter
from recsys.models.mf.kind import MatrixFactorisation
from recsys.models.parts.parameters import gradient_parameters, solver_parameter
from recsys.models.solvers.method import ADAM, ALS


class NonNegativeMatrixFactorisation(MatrixFactorisation):
    """Matrix factorisation whose embeddings start and stay at 0 or above."""

    name = "nnmf"
    title = "non-negative matrix factorisation"
    hyperparameters = (
        Hyperparameter(
            "embedding_size",
            16,
            COUNT,
            "The dimensions of an embedding.",
            search={
                "rating": {"type": "int", "low": 8, "high": 64, "scale": "log"},
                "ranking": {"type": "int", "low": 64, "high": 224, "step": 32},
            },
        ),
        *gradient_parameters(
            rating={
                "dropout": {"type": "float", "low": 0.0, "high": 0.5},
                "learning_rate": {"type": "float", "low": 1e-3, "high": 1e-2, "scale": "log"},
                "l2": {"type": "float", "low": 5e-3, "high": 1e-1, "scale": "log"},
            }
        ),
        solver_parameter(ADAM, ALS),
    )
    rating_start = (0.0, 0.1)
    ranking_start = (0.0, 0.2)
    non_negative = True


NNMF = NonNegativeMatrixFactorisation()
