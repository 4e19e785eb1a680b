"""The views of data sets and experiment files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from recsys.cli.views.text import show_pairs, text
from recsys.errors import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from recsys.data.describe import Description
    from recsys.data.features.summary import FeatureColumn
    from recsys.workflows.setup.init import Started


def show_started(console: Console, started: Started) -> None:
    """Print the experiment that `init` wrote for a file."""
    show_pairs(console, _facts(started.description))
    console.print()
    for note in (*started.columns, started.split, *started.notes):
        console.print(f"- {note}", markup=False, highlight=False, soft_wrap=True)
    console.print(text(f"wrote {started.path}; next: {started.next}"), soft_wrap=True)


def show_examples(console: Console, examples: Mapping[str, str]) -> None:
    """Print the shipped experiments, each with its description."""
    show_pairs(console, examples)


def show_copied(console: Console, paths: Sequence[Path]) -> None:
    """Print the paths of the copied experiments."""
    for path in paths:
        console.print(f"wrote {path}", markup=False, highlight=False, soft_wrap=True)


def show_description(console: Console, description: Description) -> None:
    """Print the description of a data set, with a histogram of its values."""
    show_pairs(console, _facts(description))
    if description.feedback == "implicit" and len(description.histogram) == 1:
        return  # all weights are equal
    most = max(description.histogram.values(), default=1)
    block = "#" if console.options.ascii_only else "█"
    for value, count in description.histogram.items():
        console.print(f"{value:>8.6g} {block * round(40 * count / most):<40} {count:,}", highlight=False)


def _columns(description: Description) -> str:
    return ", ".join(f"{role} {shown(repr(column))}" for role, column in description.columns.items())


def _feature_column(column: FeatureColumn) -> str:
    many = f"{column.features:,} features" if column.features > 1 else "1 feature"
    return f"{shown(column.column)} ({column.type}): {many}, {column.share:.0%} have a value"


def _facts(description: Description) -> dict[str, object]:
    popularity, pairs = description.popularity, description.ratings
    facts: dict[str, object] = {
        "name": description.name,
        **({"columns": _columns(description)} if description.columns else {}),
        "feedback": description.feedback,
        "users": f"{description.users:,}",
        "items": f"{description.items:,}",
    }
    if description.events is not None:
        facts |= {"events": f"{description.events:,.0f}", "pairs": f"{pairs:,}"}
    else:
        facts |= {"ratings": f"{pairs:,}"}
    if description.positives < pairs:
        facts |= {"positives": f"{description.positives:,} ({description.positives / pairs:.0%})"}
    for name, columns in (("item features", description.item_features), ("user features", description.user_features)):
        if columns:
            facts[name] = "; ".join(map(_feature_column, columns))
    facts |= {
        "density": f"{description.density:.3%}",
        "per user": ", ".join(f"{name} {count:,.0f}" for name, count in description.per_user.items()),
        "popularity": f"{popularity.top_1_percent:.0%} go to the top 1 % of the items, {popularity.top_10_percent:.0%} "
        f"to the top 10 %; Gini {popularity.gini:.2f}",
    }
    if description.events is None:
        low, high = description.scale
        facts |= {"mean": f"{description.mean:.3f}", "scale": f"{low:g} to {high:g}"}
    return facts
