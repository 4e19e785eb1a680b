"""Experiments as TOML that people go on to edit: one line for each key and each parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit

_SECTIONS = ("data", "split", "model", "space", "point", "study", "training", "objective", "promotion")


def written(document: Mapping[str, Any], comments: Sequence[str] = ()) -> str:
    """Return the document as TOML, with one line for each key, and with the comments after the keys of `[data]`."""
    text = tomlkit.document()
    for name in _SECTIONS:
        if name in document:
            section = tomlkit.table()
            inner = {key: value for key, value in document[name].items() if key in ("items", "users")}
            for key, value in document[name].items():
                if key not in inner:
                    section.add(key, _inline(value) if isinstance(value, dict) else value)
            for comment in comments if name == "data" else ():
                section.add(tomlkit.comment(comment))
            for key, value in inner.items():
                section.add(key, _table_of(value))
            text.add(name, section)
    return tomlkit.dumps(text)


def _table_of(values: Mapping[str, Any]) -> Any:
    table = tomlkit.table()
    for key, value in values.items():
        table.add(key, _inline(value) if isinstance(value, dict) else value)
    return table


def _inline(value: Mapping[str, Any]) -> Any:
    table = tomlkit.inline_table()
    table.update(value)
    return table
