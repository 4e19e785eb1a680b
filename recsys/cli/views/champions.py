"""The views of champions and their recommendations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from recsys.cli.views.text import show_pairs, text

if TYPE_CHECKING:
    from recsys.registry.history import Event, Version
    from recsys.serving.lists import Recommendations
    from recsys.workflows.promotion.add_items import AddedItems
    from recsys.workflows.promotion.promotion import Promotion


def show_promotion(console: Console, result: Promotion) -> None:
    """Print the result of a promotion or a refusal."""
    show_pairs(console, result.lines)


def show_rollback(console: Console, version: Version) -> None:
    """Print the version that is the champion again."""
    console.print(text(f"{version.model}: version {version.version} is the champion again"))


def show_added(console: Console, result: AddedItems) -> None:
    """Print the version that knows further items."""
    console.print(text(f"{result.model}: version {result.version}, now the champion, {result.sentence}"))
    if nothing := result.items - result.described:
        console.print(text(f"nothing is known of {nothing:,} of them"))


def show_history(console: Console, events: Sequence[Event]) -> None:
    """Print the champions over time, each with its reason."""
    table = Table(box=None, pad_edge=False)
    for column in ("time", "what", "champion", "why"):
        table.add_column(column, overflow="fold")
    for event in events:
        champion = "none" if event.version is None else f"version {event.version}"
        table.add_row(f"{event.time.astimezone():%Y-%m-%d %H:%M:%S}", text(event.action), champion, text(event.reason))
    console.print(table)


def show_recommendations(console: Console, result: Recommendations) -> None:
    """Print a list of recommended items."""
    if result.fallback:
        known = "this person" if result.user is None else f"user {result.user}"
        console.print(text(f"the champion has learnt nothing of {known}: the popular items"))
    rows = [_columns(item.to_dict()) for item in result.items]
    table = Table(box=None, pad_edge=False)
    for column in rows[0] if rows else ("item", "title"):
        table.add_column(column, justify="left" if column in ("item", "title") else "right")
    for row in rows:
        table.add_row(*row.values())
    console.print(table)


def _columns(item: dict[str, Any]) -> dict[str, Text]:
    """Return the cells of an item by column, with one column for the interval and one for each star."""
    columns = {"item": text(item["item"]), "title": text(item["title"] or "")}
    if "new" in item:
        columns["new"] = text("new" if item["new"] else "")
    if "score" in item:
        return {**columns, "score": text(f"{item['score']:.4g}")}
    columns["rating"] = text(f"{item['rating']:.2f}")
    if "deviation" in item:
        columns |= {"±": text(f"{item['deviation']:.2f}"), "90 %": text(f"{item['low']:.1f} to {item['high']:.1f}")}
    return columns | {f"{star} ★": text(f"{chance:.0%}") for star, chance in (item.get("stars") or {}).items()}
