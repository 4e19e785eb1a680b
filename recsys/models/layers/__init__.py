"""Layers that hold the M members of a cohort side by side. With one member they are the ordinary layers.

The numbers of a member never depend on another member: its columns of a table, its slice of a kernel and its dropout
bits depend only on its own point and seed. `constants` holds what differs between members (sizes, rates, penalties,
seeds), so that one compiled graph serves every cohort of the same shape.
"""

from recsys.models.layers.attention import MemberAttention, MemberNormalization, MemberPositions
from recsys.models.layers.decayed_sums import DecayedSums
from recsys.models.layers.dense import MemberDense
from recsys.models.layers.dot import MemberDot
from recsys.models.layers.drawn import DrawnEmbedding
from recsys.models.layers.draws import MemberDraws
from recsys.models.layers.dropout import EntryDropout, HistoryDropout, MemberDropout, RowDropout
from recsys.models.layers.embedding import MemberEmbedding
from recsys.models.layers.features import MemberFeatures
from recsys.models.layers.item_weights import ItemWeights
from recsys.models.layers.known import KnownRows
from recsys.models.layers.last import LastPlace
from recsys.models.layers.mean import AddMean
from recsys.models.layers.member import MemberLayer, constants, member_layers
from recsys.models.layers.ordered import OrderedDraws
from recsys.models.layers.slices import MemberOutput, MemberSplit
from recsys.models.layers.sum import MemberSum

__all__ = [
    "AddMean",
    "DecayedSums",
    "DrawnEmbedding",
    "EntryDropout",
    "HistoryDropout",
    "ItemWeights",
    "KnownRows",
    "LastPlace",
    "MemberAttention",
    "MemberDense",
    "MemberDot",
    "MemberDraws",
    "MemberDropout",
    "MemberEmbedding",
    "MemberFeatures",
    "MemberLayer",
    "MemberNormalization",
    "MemberOutput",
    "MemberPositions",
    "MemberSplit",
    "MemberSum",
    "OrderedDraws",
    "RowDropout",
    "constants",
    "member_layers",
]
