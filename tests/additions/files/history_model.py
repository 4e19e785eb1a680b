"""An added kind of model: matrix factorization that adds the summed embeddings of a user's items to the user."""

import keras
import numpy as np

from recsys.models.hyperparameters import COUNT, Hyperparameter
from recsys.models.inputs import Input
from recsys.models.kind import ModelKind
from recsys.models.layers import KnownRows, MemberEmbedding, MemberSum
from recsys.models.parts.parameters import gradient_parameters
from recsys.models.solvers.method import ADAM


class Added(ModelKind):
    """It declares that it needs histories, and folds people in by theirs alone."""

    name = "added_history"
    title = "an added model of histories"
    hyperparameters = (Hyperparameter("embedding_size", 4, COUNT, "Dimensions."), *gradient_parameters())
    solvers = (ADAM,)
    inputs = frozenset({Input.CODES, Input.HISTORY})

    def build(self, shape, points, seeds, *, options):
        """(p_u + Σ_h q_h) · q_i over what the user has had."""
        sizes = [point["embedding_size"] for point in points]
        table = {"sizes": sizes, "seeds": seeds, "penalties": [point["l2"] for point in points]}
        users = keras.Input((), dtype="int32", name="user")
        items = keras.Input((), dtype="int32", name="item")
        own = MemberEmbedding(shape.users + 1, **table, name="user_embedding")(users)
        chosen = MemberEmbedding(shape.items + 1, **table, name="item_embedding")
        had = chosen(KnownRows.holding(shape.known(Input.HISTORY), name="history")(users))
        person = keras.layers.Add(name="person")([own, keras.ops.sum(had, axis=1)])
        product = keras.layers.Multiply(name="product")([person, chosen(items)])
        return keras.Model([users, items], MemberSum(sizes, name="scores")(product), name=self.name)

    def fold_in(self, model, point, items):
        """See `FromHistory`."""
        return FromHistory(np.asarray(model.get_layer("item_embedding").table)[:items])


class FromHistory:
    """A person is the sum of the embeddings of their items."""

    def __init__(self, items):
        self.items = items

    def scores(self, user_history):
        """Scores of all items, (I,)."""
        return self.items @ self.items[user_history.items].sum(axis=0)

    def predictive(self, user_history):
        """None: it knows means alone."""
        return


ADDED = Added()
