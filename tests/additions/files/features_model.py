"""An added kind of model: matrix factorization plus a linear model of item features."""

import keras

from recsys.models.hyperparameters import COUNT, Hyperparameter
from recsys.models.inputs import Input
from recsys.models.kind import ModelKind
from recsys.models.layers import KnownRows, MemberDense, MemberEmbedding, MemberOutput, MemberSum
from recsys.models.parts.parameters import gradient_parameters
from recsys.models.solvers.method import ADAM


class Added(ModelKind):
    """It declares that it needs features of items; all else are the defaults of the contract."""

    name = "added_features"
    title = "an added model of features"
    hyperparameters = (Hyperparameter("embedding_size", 4, COUNT, "Dimensions."), *gradient_parameters())
    solvers = (ADAM,)
    inputs = frozenset({Input.CODES, Input.ITEM_FEATURES})

    def build(self, shape, points, seeds, *, options):
        """p_u · q_i + w · x_i."""
        sizes = [point["embedding_size"] for point in points]
        table = {"sizes": sizes, "seeds": seeds, "penalties": [point["l2"] for point in points]}
        users = keras.Input((), dtype="int32", name="user")
        items = keras.Input((), dtype="int32", name="item")
        own = MemberEmbedding(shape.users + 1, **table, name="user_embedding")(users)
        other = MemberEmbedding(shape.items + 1, **table, name="item_embedding")(items)
        product = MemberSum(sizes, name="scores")(keras.layers.Multiply(name="product")([own, other]))
        known = shape.known(Input.ITEM_FEATURES)
        rows = KnownRows.holding(known, name="features")(items)
        several = keras.ops.repeat(keras.ops.expand_dims(rows, 0), len(points), axis=0)
        linear = MemberOutput(name="linear")(MemberDense(known.shape[1], 1, seeds, name="weights")(several))
        return keras.Model([users, items], keras.layers.Add(name="ratings")([product, linear]), name=self.name)


ADDED = Added()
