"""Tests that a group of commands expands dataclass parameters into options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from recsys.cli.group import Group


@dataclass(frozen=True)
class Where:
    host: str = "here"
    port: Annotated[int, typer.Option("--gate", min=1, help="Which gate.")] = 80


@dataclass(frozen=True)
class How:
    quietly: Annotated[bool, typer.Option("--quietly")] = False


group = Group("Journeys")


@group.command()
def go(whom: str, *, twice: bool = False, where: Where, how: How) -> None:
    """Go there."""
    typer.echo(f"{whom} {twice} {where} {how}")


@group.command("to-stay")
def stay() -> None:
    """Stay here."""


def asked(*words: str) -> str:
    result = CliRunner().invoke(group, words, env={"COLUMNS": "100", "TERM": "dumb"})
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(
    ("words", "where", "how"),
    [
        ([], Where(), How()),
        (["--host", "there"], Where(host="there"), How()),
        (["--gate", "3", "--quietly"], Where(port=3), How(quietly=True)),
    ],
)
def test_each_field_is_an_option_with_its_default(words: list[str], where: Where, how: How) -> None:
    assert asked("go", "ann", *words).strip() == f"ann False {where} {how}"


def test_options_stand_in_the_help_where_their_dataclass_stands_in_the_command() -> None:
    text = asked("go", "--help")
    assert "Which gate." in text
    places = [text.index(option) for option in ("--twice", "--host", "--gate", "--quietly", "--help")]
    assert places == sorted(places)


def test_what_an_option_forbids_is_refused() -> None:
    result = CliRunner().invoke(group, ["go", "ann", "--gate", "0"])
    assert result.exit_code == 2


def test_the_commands_share_a_panel_and_keep_their_names() -> None:
    panel = asked("--help").split("Journeys")[1]
    assert "go " in panel
    assert "to-stay " in panel


def test_the_function_itself_is_left_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    go("ann", where=Where("far"), how=How())
    assert "far" in capsys.readouterr().out
