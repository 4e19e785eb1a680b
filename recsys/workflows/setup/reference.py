"""The reference page of the experiment file, generated from the settings classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from recsys.experiment import Experiment
from recsys.losses.table import RANKING_LOSSES, RATING_LOSSES
from recsys.models.hyperparameters import RANKING, TRAINING, Use, both
from recsys.models.kind import ModelKind
from recsys.models.kinds import KINDS
from recsys.models.parameters import SOLVERS
from recsys.settings import OneOf
from recsys.spaces.parameter import ChoiceParameter, FloatParameter, IntParameter

_HEAD = """# The experiment file

This page lists the keys of an experiment file, their defaults and their meanings. `recsys schema --page` prints it.
`recsys schema experiment` prints the JSON schema for an editor.
"""
_SPACE = """
## [space]

The parameters to search, one on each line. `space = "path/of/a/search_space.toml"` names a file with them, relative to
the experiment file.

```toml
embedding_size = { type = "int", low = 8, high = 64 }
learning_rate = { type = "float", low = 1e-4, high = 1e-1, scale = "log" }
loss = { type = "choice", values = ["mean_squared_error", "huber"] }
```

| type | keys | admits |
|---|---|---|
"""
_WHEN = """
A parameter with `when` is active only at given values of other parameters: one value, or any of a list.

```toml
loss = { type = "choice", values = ["softmax", "weighted_squared", "logistic"] }
unobserved_weight = { type = "float", low = 0.01, high = 1.0, when = { loss = ["weighted_squared", "logistic"] } }
```

At all other points the space does not search it. It has the default of its model, if it applies.

Without `[model] kind` the parameter `kind` searches the kind of model. A table with the name of a kind has the
parameters that are active for this kind, with ranges of their own:

```toml
[space]
kind = { type = "choice", values = ["mf", "ease"] }

[space.mf]
embedding_size = { type = "int", low = 8, high = 64 }
l2 = { type = "float", low = 1e-2, high = 1e-1, scale = "log" }

[space.ease]
l2 = { type = "float", low = 30, high = 5000, scale = "log" }
```

Keys of `[model]` and of `[point]` apply to the kinds that have them.
"""
_POINT = """
## [point]

The fixed values of parameters. A parameter that is neither here nor in the space has the default of its model. A search
starts from the defaults:

"""


def reference() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for name, field in Experiment.model_fields.items():
        if name == "space":
            parts.append(_SPACE + "".join(_parameter_lines()) + _WHEN)
        elif name == "point":
            parts.append(_POINT + "".join(_default_lines()))
        else:
            parts += _section(f"[{name}]", _settings(field))
    return "".join(parts)


def _section(heading: str, settings: type[BaseModel]) -> Iterator[str]:
    """Yield the table of a section's keys, then the nested sections."""
    inner = {key: _settings(field) for key, field in settings.model_fields.items() if _is_section(field)}
    yield f"\n## {heading}\n\n{_sentence(settings)}\n\n| key | default | meaning |\n|---|---|---|\n"
    for key, field in settings.model_fields.items():
        if key not in inner:
            meaning = " ".join((field.description or "").split()) + _choices(field)
            yield f"| `{field.alias or key}` | {_default(field)} | {meaning} |\n"
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
    """Return the docstring without the name of the section, which the heading contains."""
    text = " ".join((settings.__doc__ or "").split())
    _, name, rest = text.partition("`: ")
    return rest[:1].upper() + rest[1:] if name and text.startswith("`[") else text


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    return "" if field.default is None else f"`{_toml(field.default)}`"


def _choices(field: FieldInfo) -> str:
    annotations = (field.annotation, *get_args(field.annotation), *field.metadata)
    values = [value for each in annotations for value in _admitted(each)]
    return f" One of {', '.join(f'`{value}`' for value in values)}." if values else ""


def _admitted(annotation: Any) -> Sequence[Any]:
    """Return the values of a Literal, or the names that an annotation allows for a string."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    notes = (annotation, *getattr(annotation, "__metadata__", ()))
    return [name for each in notes if isinstance(each, OneOf) for name in each.names]


def _parameter_lines() -> Iterator[str]:
    for kind in (IntParameter, FloatParameter, ChoiceParameter):
        name, *keys = kind.model_fields
        word = get_args(kind.model_fields[name].annotation)[0]
        yield f"| `{word}` | {', '.join(f'`{key}`' for key in keys)} | {' '.join((kind.__doc__ or '').split())} |\n"


def _default_lines() -> Iterator[str]:
    points: Mapping[str, Any] = {name: kind.defaults() for name, kind in KINDS.items()}
    names = list(dict.fromkeys(name for point in points.values() for name in point))
    yield f"| parameter | {' | '.join(points)} |\n|---|{'---|' * len(points)}\n"
    for name in names:
        cells = [f"`{_toml(point[name])}`" if name in point else "" for point in points.values()]
        yield f"| `{name}` | {' | '.join(cells)} |\n"
    ratings = ", ".join(f"`{loss.name}`" for loss in RATING_LOSSES)
    rankings = ", ".join(f"`{name}`" for name in RANKING_LOSSES)
    yield f"\n`loss` is one of ratings ({ratings}), or one of rankings ({rankings}).\n"
    yield "A loss of rankings has other defaults and more parameters:\n\n"
    yield "| parameter | default | meaning |\n|---|---|---|\n"
    for each in (*TRAINING, *RANKING):
        if each.name != "loss" and (each.only_ranking or each.ranking is not None):
            default = f"`{_toml(each.default_of(ranking=True))}`"
            yield f"| `{each.name}` | {default} | {each.ranking_meaning or each.meaning} |\n"
    for kind in KINDS.values():
        yield from _kind_lines(kind)
    for method in SOLVERS.values():
        if method.page:
            names = [f"`{kind.name}`" for kind in KINDS.values() if method in kind.solvers]
            yield f"\n{method.page.replace('{kinds}', both(names))}"


_SEARCHED: Mapping[Use, str] = {"rating": "ratings", "ranking": "lists", "next": "next items"}
"""The uses whose ranges the reference shows."""


def _kind_lines(kind: ModelKind) -> Iterator[str]:
    """Yield a table of the parameters of a kind: values, meaning, condition and default search ranges."""
    yield f"\n### `{kind.name}`\n\n{kind.title[:1].upper()}{kind.title[1:]}.\n\n"
    uses = [use for use in _SEARCHED if kind.space(use)]
    columns = ("parameter", "admits", "meaning", "applies", *(f"searched for {_SEARCHED[use]}" for use in uses))
    yield f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"
    for each in kind.hyperparameters:
        ranges = " | ".join(_range(each.search.get(use)) for use in uses)
        yield f"| `{each.name}` | {each.domain.words} | {each.meaning} | {each.applies} | {ranges} |\n"


def _range(given: Mapping[str, Any] | None) -> str:
    """Return a range as the text of a cell, such as "8 to 64 on a log scale"; empty if there is none."""
    if given is None:
        return ""
    if given["type"] == "choice":
        return ", ".join(f"`{_toml(value)}`" for value in given["values"])
    scale = " on a log scale" if given.get("scale") == "log" else ""
    step = f", every {given['step']}" if "step" in given else ""
    return f"{given['low']:g} to {given['high']:g}{scale}{step}"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
