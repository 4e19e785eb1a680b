"""Reference: all that an experiment file can say, as a page, from the settings themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from recsys.experiment import Experiment
from recsys.models.factory import ModelSettings
from recsys.models.parameters import LOSSES, default_point
from recsys.spaces.parameter import ChoiceParameter, FloatParameter, IntParameter

_HEAD = """# The experiment file

What each key of a file in `experiments/` means, and what holds where it is not given. `recsys schema --page` prints
this page, `recsys schema experiment` the JSON schema for an editor.
"""
_SPACE = """
## [space]

The parameters to search, one a line; or `space = "path/of/a/search_space.toml"`, relative to the experiment file.

```toml
embedding_size = { type = "int", low = 8, high = 64 }
learning_rate = { type = "float", low = 1e-4, high = 1e-1, scale = "log" }
loss = { type = "choice", values = ["mean_squared_error", "huber"] }
```

| type | keys | admits |
|---|---|---|
"""
_POINT = """
## [point]

Fixed values of parameters. One that stands neither here nor in the space has its model's default, which is also where a
search starts:

"""


def reference() -> str:
    """The page, as Markdown."""
    parts = [_HEAD]
    for name, field in Experiment.model_fields.items():
        if name == "space":
            parts.append(_SPACE + "".join(_parameter_lines()))
        elif name == "point":
            parts.append(_POINT + "".join(_default_lines()))
        else:
            parts += _section(f"[{name}]", _settings(field))
    return "".join(parts)


def _section(heading: str, settings: type[BaseModel]) -> Iterator[str]:
    """A table of the section's keys, then the sections inside it."""
    inner = {key: _settings(field) for key, field in settings.model_fields.items() if _is_section(field)}
    yield f"\n## {heading}\n\n{_sentence(settings)}\n\n| key | default | meaning |\n|---|---|---|\n"
    for key, field in settings.model_fields.items():
        if key not in inner:
            yield f"| `{key}` | {_default(field)} | {' '.join((field.description or '').split())}{_choices(field)} |\n"
    for key, section in inner.items():
        yield from _section(f"{heading[:-1]}.{key}]", section)


def _settings(field: FieldInfo) -> type[BaseModel]:
    found: type[BaseModel] = next(
        each for each in (field.annotation, *get_args(field.annotation)) if isinstance(each, type)
    )
    return found


def _is_section(field: FieldInfo) -> bool:
    return any(
        isinstance(each, type) and issubclass(each, BaseModel)
        for each in (field.annotation, *get_args(field.annotation))
    )


def _sentence(settings: type[BaseModel]) -> str:
    """The docstring without the section's name, which the heading has."""
    text = " ".join((settings.__doc__ or "").split())
    _, name, rest = text.partition("`: ")
    return rest[:1].upper() + rest[1:] if name and text.startswith("`[") else text


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    return "" if field.default is None else f"`{_toml(field.default)}`"


def _choices(field: FieldInfo) -> str:
    values = [
        value
        for each in (field.annotation, *get_args(field.annotation))
        if get_origin(each) is Literal
        for value in get_args(each)
    ]
    return f" One of {', '.join(f'`{value}`' for value in values)}." if values else ""


def _parameter_lines() -> Iterator[str]:
    for kind in (IntParameter, FloatParameter, ChoiceParameter):
        name, *keys = kind.model_fields
        word = get_args(kind.model_fields[name].annotation)[0]
        yield f"| `{word}` | {', '.join(f'`{key}`' for key in keys)} | {' '.join((kind.__doc__ or '').split())} |\n"


def _default_lines() -> Iterator[str]:
    points: Mapping[str, Any] = {
        kind: default_point(ModelSettings.model_validate({"kind": kind})) for kind in ("mf", "nnmf", "mlp")
    }
    names = list(dict.fromkeys(name for point in points.values() for name in point))
    yield f"| parameter | {' | '.join(points)} |\n|---|{'---|' * len(points)}\n"
    for name in names:
        cells = [f"`{_toml(point[name])}`" if name in point else "" for point in points.values()]
        yield f"| `{name}` | {' | '.join(cells)} |\n"
    yield f"\n`loss` is one of {', '.join(f'`{loss}`' for loss in LOSSES)}.\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
