"""The table of all kinds of models. A new kind is a subpackage of `recsys.models` and an entry here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from recsys.models.bayesian_mf.kind import BAYESIAN_MF
from recsys.models.ease.kind import EASE_KIND
from recsys.models.item_knn.kind import ITEM_KNN
from recsys.models.kind import ModelKind
from recsys.models.mf.kind import MF
from recsys.models.mlp.kind import MLP
from recsys.models.nnmf.kind import NNMF
from recsys.models.own.kind import OwnFactory
from recsys.models.sasrec.kind import SASREC
from recsys.models.sequential_mf.kind import SEQUENTIAL_MF

if TYPE_CHECKING:
    import keras

    from recsys.models.options import ModelOptions

KINDS: Mapping[str, ModelKind] = {
    kind.name: kind for kind in (MF, NNMF, MLP, BAYESIAN_MF, SEQUENTIAL_MF, SASREC, EASE_KIND, ITEM_KNN)
}
FIRST = next(iter(KINDS.values()))
"""The kind that a first experiment uses."""


def kind_of(options: ModelOptions) -> ModelKind:
    """Return the kind that `[model]` chooses.

    Raises:
        InputError: The user's own factory cannot be imported.
    """
    return KINDS[options.kind] if options.kind else OwnFactory(str(options.factory))


def kind_of_model(model: keras.Model) -> ModelKind:
    """Return the kind of a built model, which has the name of its kind."""
    from recsys.models.layers import member_layers

    return KINDS[model.name] if model.name in KINDS and member_layers(model) else OwnFactory()
