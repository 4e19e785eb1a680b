"""Keeping passwords out of messages, logs and tags."""

from __future__ import annotations

import re

_USER_INFO = re.compile(r"(?<=://)((?<!sqlite://)(?<!file://)|(?!/)).*@", re.DOTALL)
"""Up to the last @, since a password may hold any character; a file's path, after `sqlite:///`, has no user."""
_SECRET = re.compile(
    r"(password|passwd|passphrase|pwd|token|secret|access_?key|api_?key)([\"']?\s*(?:=|:|%3D|%3A))[^@]*(@?).*",
    re.DOTALL | re.IGNORECASE,
)
"""All that follows, for where a password ends cannot be told; an @ is kept, since the key may be part of a user's."""


def masked(text: object) -> str:
    """The text with the user part of addresses, and whatever follows `password=` and its like, replaced by `***`.

    It masks rather too much than too little.
    """
    return _USER_INFO.sub("***@", _SECRET.sub(r"\1\2***\3", str(text)))
