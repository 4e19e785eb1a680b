"""Matrix factorisation that starts from small embeddings."""

from recsys.models.kind import TRAINING, ModelKind
from recsys.models.mf.build import factorisation


def build(shape, points, seeds, *, settings):
    """One model of all points."""
    how = {"name": "added", "start": (0, 0.1), "non_negative": False}
    return factorisation(shape, points, seeds, settings=settings, **how)


ADDED = ModelKind("added_model", build, {"embedding_size": 4, **TRAINING})
