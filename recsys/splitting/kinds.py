"""The table of all kinds of split. A new kind is one file in this folder and one entry here."""

from __future__ import annotations

from collections.abc import Mapping

from recsys.splitting.cold import COLD_ITEMS, COLD_USERS
from recsys.splitting.column import COLUMN
from recsys.splitting.fold import FOLD
from recsys.splitting.kind import SplitKind
from recsys.splitting.leave_last import LEAVE_LAST
from recsys.splitting.random import RANDOM
from recsys.splitting.temporal import TEMPORAL
from recsys.splitting.user_random import USER_RANDOM

KINDS: Mapping[str, SplitKind] = {
    kind.name: kind for kind in (RANDOM, USER_RANDOM, FOLD, TEMPORAL, LEAVE_LAST, COLUMN, COLD_ITEMS, COLD_USERS)
}
