"""A group of commands: a panel of the help, and options that stand together in a dataclass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, TypeVar

import typer

Command = TypeVar("Command", bound=Callable[..., None])


class Group(typer.Typer):
    """Commands that the help shows in one panel.

    Where a command takes a dataclass, each field of that is an option.
    """

    def __init__(self, panel: str, **settings: Any) -> None:
        super().__init__(rich_help_panel=panel, **settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Command], Command]:
        """Add the function that this decorates, and leave it as it is."""
        add = super().command(name, rich_help_panel=self.rich_help_panel, **settings)

        def decorate(command: Command) -> Command:
            add(unfolded(command))
            return command

        return decorate


def unfolded(command: Callable[..., None]) -> Callable[..., None]:
    """The command as typer is to read it: with the fields of its dataclasses in their place."""
    taken = signature(command, eval_str=True).parameters
    folded = {name: _fields(parameter) for name, parameter in taken.items() if is_dataclass(parameter.annotation)}

    @wraps(command)
    def run(**given: Any) -> None:
        for name, fields in folded.items():
            given[name] = taken[name].annotation(**{field.name: given.pop(field.name) for field in fields})
        command(**given)

    parameters = [one for name, parameter in taken.items() for one in folded.get(name, [parameter])]
    run.__signature__ = Signature([one.replace(kind=Parameter.KEYWORD_ONLY) for one in parameters])  # type: ignore[attr-defined] # what inspect reads
    return run


def _fields(parameter: Parameter) -> list[Parameter]:
    return list(signature(parameter.annotation, eval_str=True).parameters.values())
