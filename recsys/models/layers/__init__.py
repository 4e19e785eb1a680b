"""Layers that hold the members of a cohort side by side; with one member they are the ordinary layers.

A member's numbers never meet another member's: its columns of a table, its slice of a kernel and its dropout bits
depend on its own point and seed alone. What differs from member to member (sizes, rates, penalties, seeds) is kept in
`constants`, so that one compiled graph serves every cohort of the same shape.
"""

from recsys.models.layers.dense import MemberDense
from recsys.models.layers.dot import MemberDot
from recsys.models.layers.draws import MemberDraws
from recsys.models.layers.dropout import MemberDropout
from recsys.models.layers.embedding import MemberEmbedding
from recsys.models.layers.known import KnownRows
from recsys.models.layers.mean import AddMean
from recsys.models.layers.member import MemberLayer, constants, member_layers
from recsys.models.layers.ordered import OrderedDraws
from recsys.models.layers.slices import MemberOutput, MemberSplit
from recsys.models.layers.sum import MemberSum

__all__ = [
    "AddMean",
    "KnownRows",
    "MemberDense",
    "MemberDot",
    "MemberDraws",
    "MemberDropout",
    "MemberEmbedding",
    "MemberLayer",
    "MemberOutput",
    "MemberSplit",
    "MemberSum",
    "OrderedDraws",
    "constants",
    "member_layers",
]
