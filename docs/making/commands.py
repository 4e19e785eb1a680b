"""The page of commands, made from the commands: a hook of MkDocs, because no plugin reads typer's own classes."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import typer.main
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from recsys.cli import app

_HEAD = """# Commands

This page has the text that each command prints with `--help`. Most commands call [a function](python.md) of the same
name. Commands that report have `--json`, with which they print one JSON document, and nothing else, on standard output.

| exit code | means |
|---|---|
| 0 | success |
| 1 | something failed |
| 2 | an argument, an option or a file is wrong |
| 3 | a promotion was refused |
| 130 | the command was interrupted |
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page to the site."""
    files.append(File.generated(config, "commands.md", content=page()))
    return files


def page() -> str:
    """All commands by the panels of the help, as Markdown."""
    panels: dict[str, str] = {}
    for panel, section in _sections(typer.main.get_command(app), "recsys"):
        panels[panel] = panels.get(panel, f"\n## {panel}\n") + section
    return _HEAD + "".join(panels.values())


def _sections(group: Any, path: str) -> Iterator[tuple[str, str]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _sections(command, f"{path} {name}")
        else:
            yield command.rich_help_panel, _section(f"{path} {name}", command)


def _section(path: str, command: Any) -> str:
    context = command.context_class(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    records = [record for each in command.params if (record := each.get_help_record(context))]
    rows = "".join(f"| `{_cell(words)}` | {_cell(meaning)} |\n" for words, meaning in records)
    table = f"\n| argument or option | meaning |\n|---|---|\n{rows}" if rows else ""
    return f"\n### {path}\n\n```text\n{usage}\n```\n\n{cleandoc(command.help)}\n{table}"


def _cell(text: str) -> str:
    return text.replace("\\[", "[").replace("|", "\\|")
