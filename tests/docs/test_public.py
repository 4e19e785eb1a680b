"""Tests that public names (the `__all__` of four modules) are documented, and that pages import no others."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from pages import PAGES, ROOT, blocks

PUBLIC = ("recsys", "recsys.figures", "recsys.errors", "recsys.models.layers")
NAMES = [(module, name) for module in PUBLIC for name in import_module(module).__all__]


def examples() -> Iterator[tuple[str, str]]:
    """The Python that is shown to users, by where it stands."""
    for page, path in PAGES.items():
        yield from ((page, block.text) for block in blocks(path) if block.language in ("python", "py"))
    for path in sorted((ROOT / "docs" / "own_factory").glob("*.py")):
        yield path.name, path.read_text("utf-8")
    for path in sorted((ROOT / "examples").glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        source = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        yield path.name, source


def used(source: str) -> Iterator[str]:
    """The full name of everything of `recsys` that a program imports, or takes from an imported module."""
    modules: dict[str, str] = {}
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.split(".")[0] == "recsys")
            modules |= {each.asname or each.name: each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "recsys":
            yield from (f"{node.module}.{each.name}" for each in node.names)
            modules |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            name = f"{modules[node.value.id]}.{node.attr}"
            if name.startswith("recsys."):
                yield name


def test_pages_notebooks_and_examples_use_public_names_only() -> None:
    public = {*PUBLIC, *(f"{module}.{name}" for module, name in NAMES)}
    found = [(where, name) for where, source in examples() for name in used(source)]
    assert len({name for _, name in found}) > 10
    assert [(where, name) for where, name in found if name not in public] == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import recsys\nrecsys.sweep('mf')", {"recsys", "recsys.sweep"}),
        ("from recsys import figures as f\nf.history('mf')", {"recsys.figures", "recsys.figures.history"}),
        ("from recsys.cache import folder", {"recsys.cache.folder"}),
        ("import keras\nkeras.Input(())", set()),
    ],
)
def test_an_import_is_found_however_it_is_written(source: str, names: set[str]) -> None:
    assert set(used(source)) == names


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_a_public_name_has_a_docstring_and_stands_in_the_reference(module: str, name: str) -> None:
    found = getattr(import_module(module), name)
    assert found.__doc__
    page = PAGES["python.md"].read_text("utf-8")
    assert re.search(rf"^::: recsys\.[\w.]+\.{name}$", page, flags=re.MULTILINE)


def test_contributing_names_the_public_modules() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (said,) = [line for line in page.split("\n- ") if line.startswith("**Public")]
    assert re.findall(r"`(recsys[\w.]*)`", said) == list(PUBLIC)


def test_every_reference_of_the_page_is_there() -> None:
    for reference in re.findall(r"^::: (\S+)$", PAGES["python.md"].read_text("utf-8"), flags=re.MULTILINE):
        module, _, name = reference.rpartition(".")
        assert hasattr(import_module(module), name), reference
