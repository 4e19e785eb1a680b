"""What is known of users or of items, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recsys.data.features.encoder import AnyEncoder, FeatureEncoder
from recsys.data.features.feature_table import FeatureTable


@dataclass(frozen=True)
class FeatureColumn:
    """One source column."""

    column: str
    type: str
    """As in `types`."""
    features: int
    """The number of features that it became."""
    share: float
    """The share of the ids that have a value."""


def stated_columns(table: FeatureTable) -> dict[str, Any]:
    """Return the keys of `[data.items]` or `[data.users]` that state what was inferred: `features` and `types`."""
    encoders = table.encoder.encoders if isinstance(table.encoder, FeatureEncoder) else ()
    return {
        "features": [each.column for each in encoders],
        "types": {each.column: _type(each) for each in encoders},
    }


def _type(encoder: AnyEncoder) -> str | dict[str, str]:
    separator = getattr(encoder, "separator", None)
    return encoder.type if separator is None else {"type": encoder.type, "separator": separator}


def summary(table: FeatureTable | None) -> Sequence[FeatureColumn]:
    """Return the source columns of a table in their order; none if there is no table or no encoder."""
    if table is None or not isinstance(table.encoder, FeatureEncoder):
        return ()
    fitted = table.encoder
    return [
        FeatureColumn(each.column, each.type, len(each.names), each.known / max(fitted.ids, 1))
        for each in fitted.encoders
    ]
