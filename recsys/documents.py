"""Read and validate TOML documents, with errors in sentences."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError

from recsys.errors import InputError, NotFoundError, shown

S = TypeVar("S", bound=BaseModel)

PARAMETER_TYPES = ("int", "float", "choice")
_TAGS = {*PARAMETER_TYPES, "Space", "str", "IntParameter", "FloatParameter", "ChoiceParameter"}
"""The parts of the location of a pydantic error that do not occur in the document."""
_SHOWN = 5
"""The maximal number of errors in a message."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        NotFoundError: The file does not exist.
        InputError: The file is not valid TOML in UTF-8.
    """
    place = shown(path, 200)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise NotFoundError(f"{place}: no such file{_neighbours(path)}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{place}: is not in UTF-8, in which TOML is written: {shown(error)}") from None
    except OSError as error:
        raise InputError(f"{place}: cannot be read: {shown(error)}") from None
    except (ValueError, RecursionError) as error:  # tomllib does not convert errors of int() and of deep nesting
        raise InputError(f"{place}: not valid TOML: {shown(error, 200)}") from None


def _neighbours(path: Path) -> str:
    if not path.parent.is_dir():
        return ""
    names = sorted(p.name for p in path.parent.glob("*.toml"))
    close = get_close_matches(path.name, names, n=1)
    return f"; did you mean {path.with_name(close[0])}?" if close else ""


def validate(kind: type[S], document: dict[str, Any], source: str) -> S:
    """Validate a document.

    Args:
        kind: The model of the document.
        document: The document.
        source: The name of the document, for messages.

    Raises:
        InputError: The document is not valid. The message names the source, the key, its value and the expected values.
    """
    source = shown(source, 200)
    try:
        return _validated(kind, _frozen(document))
    except RecursionError:
        raise InputError(f"{source}: nested too deeply") from None
    except ValidationError as error:
        details = error.errors()
        more = [f"and {len(details) - _SHOWN} more"] if len(details) > _SHOWN else []
        sentences = [_sentence(source, kind, detail) for detail in details[:_SHOWN]]
        raise InputError("; ".join(sentences + more)) from None


def _validated(kind: type[S], document: dict[str, Any]) -> S:
    """Validate the document, and accept 4.0 as the integer 4."""
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        floats = [
            detail["loc"] for detail in error.errors() if detail["type"] == "int_type" and _is_whole(detail["input"])
        ]
        if not floats:
            raise
    for place in floats:
        document = _with_int_at(document, place)
    return kind.model_validate(document)


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _with_int_at(value: Any, place: Sequence[Any]) -> Any:
    """Convert the float at this location to an `int`; skip parts of the location that only pydantic adds."""
    if not place:
        return int(value) if _is_whole(value) else value
    head, *rest = place
    if isinstance(value, dict) and head in value:
        return {**value, head: _with_int_at(value[head], rest)}
    if isinstance(value, tuple) and isinstance(head, int) and head < len(value):
        return tuple(_with_int_at(each, rest) if at == head else each for at, each in enumerate(value))
    return _with_int_at(value, rest)


def _sentence(source: str, kind: type[BaseModel], detail: Any) -> str:
    place = shown(".".join(str(part) for part in detail["loc"] if part not in _TAGS))
    if detail["type"] == "extra_forbidden":
        known = _known_keys(kind, detail["loc"][:-1])
        close = get_close_matches(str(detail["loc"][-1]), known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known keys: {', '.join(known)}"
        return f"{source}: {place}: unknown key; {hint}"
    message = shown(detail["msg"].removeprefix("Value error, "), 300)
    if detail["type"] == "missing":
        return f"{source}: {place}: missing"
    if detail["type"] == "value_error":
        return f"{source}: {place}: {message}" if place else f"{source}: {message}"
    return f"{source}: {place}: {message}, not {shown(repr(detail['input']))}"


def _known_keys(kind: type[BaseModel], place: Sequence[Any]) -> list[str]:
    """Return the keys that a table at this location may have."""
    models = _models_at(kind, place)
    return list(dict.fromkeys(field.alias or key for model in models for key, field in model.model_fields.items()))


def _models_at(annotation: Any, place: Sequence[Any]) -> Iterator[type[BaseModel]]:
    """Yield the models at a location below an annotation; a tag in the location selects a member of a union."""
    if isinstance(annotation, type) and issubclass(annotation, RootModel):
        yield from _models_at(annotation.model_fields["root"].annotation, place)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields
        if not place:
            yield annotation
        elif place[0] in fields:
            yield from _models_at(fields[place[0]].annotation, place[1:])
        elif any(place[0] in get_args(field.annotation) for field in fields.values()):
            yield from _models_at(annotation, place[1:])
    elif get_origin(annotation) is dict:
        yield from _models_at(get_args(annotation)[1], place[1:])
    else:
        for each in get_args(annotation):
            yield from _models_at(each, place)


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value
