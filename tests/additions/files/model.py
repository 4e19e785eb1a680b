"""An added kind of model: matrix factorization with small positive initial embeddings."""

from recsys.models.mf.kind import MatrixFactorisation


class Added(MatrixFactorisation):
    """All else is that of matrix factorisation."""

    name = "added_model"
    title = "an added model"
    rating_start = (0, 0.1)


ADDED = Added()
