"""Keeping passwords out of messages, logs and tags."""

from __future__ import annotations

import re

_USER_INFO = re.compile(r"(?<=://)[^/\s'\"]*@")
_SECRET = re.compile(r"(?i)\b(password|passwd|pwd|token|secret|access_key|api_key|sslpassword)=[^&\s'\"]+")


def masked(text: object) -> str:
    """The text with the user part of every address, and every `password=…` and its like, replaced by `***`."""
    return _SECRET.sub(r"\1=***", _USER_INFO.sub("***@", str(text)))
