"""Override values of a document, as `--set section.key=value` does."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from recsys.errors import InputError, shown

Overrides = Mapping[str, Any] | Sequence[str]
"""Overrides as `{"study.trials": 8}`, `["study.trials=8"]` or `"study.trials=8"`."""


def override(document: dict[str, Any], overrides: Overrides) -> None:
    """Set all overrides in a document, in place.

    Args:
        document: The sections, as TOML reads them.
        overrides: Values by `section.key`.

    Raises:
        InputError: An override has no `=`, or its key leads through a value that is not a section.
    """
    for key, value in as_mapping(overrides).items():
        set_value(document, key, value)


def as_mapping(overrides: Overrides) -> dict[str, Any]:
    """Return overrides of any form as a mapping from `section.key` to a value.

    Raises:
        InputError: An override has no `=`.
    """
    if isinstance(overrides, Mapping):
        return dict(overrides)
    return dict(map(parse_override, [overrides] if isinstance(overrides, str) else overrides))


def parse_override(text: str) -> tuple[str, Any]:
    """Parse `section.key=value` into a key and a value.

    A value that is not valid TOML is a string.

    Raises:
        InputError: The text has no `=`, or no key.
    """
    key, separator, value = text.partition("=")
    if not separator or not key.strip():
        raise InputError(f"--set {shown(text)}: expected section.key=value")
    try:
        return key.strip(), tomllib.loads(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        return key.strip(), value.strip()


def set_value(document: dict[str, Any], key: str, value: Any) -> None:
    """Set `section.key` of a document, in place.

    The function creates missing sections.

    Raises:
        InputError: The key leads through a value that is not a section.
    """
    *sections, name = key.split(".")
    for section in sections:
        document = document.setdefault(section, {})
        if not isinstance(document, dict):
            raise InputError(f"--set {shown(key)}: {shown(section)} is not a section")
    document[name] = value
