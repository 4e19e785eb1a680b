"""Keeping passwords out of messages, logs and tags."""

from __future__ import annotations

import re

_USER_INFO = re.compile(r"(?<=://)((?<!sqlite://)(?<!file://)|(?!/)).*@", re.DOTALL)
"""Up to the last @, as a password may have any character; a file path after `sqlite:///` has no user part."""
_SECRET = re.compile(
    r"(password|passwd|passphrase|pwd|token|secret|access_?key|api_?key)([\"']?\s*(?:=|:|%3D|%3A))[^@]*(@?).*",
    re.DOTALL | re.IGNORECASE,
)
"""All that follows, as the end of a password is unknown; an @ is kept, as the key may be part of a user part."""


def masked(text: object) -> str:
    """The text with `***` in place of the user part of addresses and of all that follows `password=` and similar keys.

    In doubt it masks more.
    """
    return _USER_INFO.sub("***@", _SECRET.sub(r"\1\2***\3", str(text)))
