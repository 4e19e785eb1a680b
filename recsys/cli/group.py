"""Groups of commands, which the help shows in one panel, with options from dataclasses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, TypeVar

import typer

Command = TypeVar("Command", bound=Callable[..., None])


class Group(typer.Typer):
    """A group of commands in one panel of the help.

    If a command takes a dataclass, each field of the dataclass becomes an option.

    Args:
        panel: The title of the panel.
        **settings: Arguments of `typer.Typer`.
    """

    def __init__(self, panel: str, **settings: Any) -> None:
        super().__init__(rich_help_panel=panel, **settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Command], Command]:
        """Add the decorated function as a command; the function itself stays unchanged."""
        add = super().command(name, rich_help_panel=self.rich_help_panel, **settings)

        def decorate(command: Command) -> Command:
            add(unfolded(command))
            return command

        return decorate


def unfolded(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with the fields of its dataclasses as parameters, which typer reads."""
    taken = signature(command, eval_str=True).parameters
    folded = {name: _fields(parameter) for name, parameter in taken.items() if is_dataclass(parameter.annotation)}

    @wraps(command)
    def run(**given: Any) -> None:
        for name, fields in folded.items():
            given[name] = taken[name].annotation(**{field.name: given.pop(field.name) for field in fields})
        command(**given)

    parameters = [one for name, parameter in taken.items() for one in folded.get(name, [parameter])]
    run.__signature__ = Signature([one.replace(kind=Parameter.KEYWORD_ONLY) for one in parameters])  # type: ignore[attr-defined] # inspect reads it
    return run


def _fields(parameter: Parameter) -> list[Parameter]:
    return list(signature(parameter.annotation, eval_str=True).parameters.values())
