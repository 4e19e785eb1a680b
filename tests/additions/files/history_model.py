"""An added kind of model: a person is the item that they chose last, and how many places ago they chose others."""

from recsys.models.hyperparameters import COUNT, Hyperparameter
from recsys.models.layers import MemberPositions
from recsys.models.sequences.kind import HISTORY_LENGTH, SequenceKind
from recsys.models.sequences.parameters import sequence_parameters


class Added(SequenceKind):
    """It reads histories, so that people are folded in by theirs alone."""

    name = "added_history"
    title = "an added model of histories"
    hyperparameters = (
        Hyperparameter("embedding_size", 4, COUNT, "Dimensions."),
        HISTORY_LENGTH.but(default=5),
        *sequence_parameters(),
    )

    def encoder(self, rows, history, shape, points, seeds, width):
        """States are the rows of the items, with an embedding of their places."""
        return MemberPositions(seeds, history.shape[1], width, name="places")(rows)


ADDED = Added()
