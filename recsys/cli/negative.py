"""Support for arguments that are negative numbers."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand

_NEGATIVE = re.compile(r"-\d+(\.\d+)?")


class TakesNegative(TyperCommand):
    """A command that takes `-7` as an argument instead of an option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Ignore unknown options if an argument is a negative number; a surplus argument is an error anyway."""
        ctx.ignore_unknown_options = any(_NEGATIVE.fullmatch(word) for word in args)
        return super().parse_args(ctx, args)
