"""Mask passwords in messages, logs and tags."""

from __future__ import annotations

import re

_USER_INFO = re.compile(r"(?<=://)((?<!sqlite://)(?<!file://)|(?!/)).*@", re.DOTALL)
"""Matches up to the last @, because a password may contain any character. A file path after `sqlite:///` has no user
part."""
_SECRET = re.compile(
    r"(password|passwd|passphrase|pwd|token|secret|access_?key|api_?key)([\"']?\s*(?:=|:|%3D|%3A))[^@]*(@?).*",
    re.DOTALL | re.IGNORECASE,
)
"""Matches all text after the key, because the end of a password is unknown. It keeps an @, because the key may be in a
user part."""


def masked(text: object) -> str:
    """Replace the user part of addresses, and all text after `password=` and similar keys, by `***`.

    In ambiguous cases it masks more text.
    """
    return _USER_INFO.sub("***@", _SECRET.sub(r"\1\2***\3", str(text)))
