"""Arguments that are negative numbers."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand

_NEGATIVE = re.compile(r"-\d+(\.\d+)?")


class TakesNegative(TyperCommand):
    """A command to which `-7` is an argument, where others look for an option of that name."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Let unknown options pass where there is such a number; one more argument is refused anyhow."""
        ctx.ignore_unknown_options = any(_NEGATIVE.fullmatch(word) for word in args)
        return super().parse_args(ctx, args)
