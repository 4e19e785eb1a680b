"""The section of a model card about features."""

from __future__ import annotations

from recsys.workflows.comparison.importances import Importances
from recsys.workflows.promotion.card_lists import cell


def parts_of_features(importances: Importances | None) -> list[str]:
    """Return the section as Markdown; empty if the data have no features."""
    if importances is None:
        return []
    head = [f"| {' | '.join(importances.heads)} |", "|---" * len(importances.heads) + "|"]
    rows = [f"| {' | '.join(map(cell, row))} |" for row in importances.rows]
    return ["## Features", importances.about, *(["\n".join([*head, *rows])] if rows else [])]
