"""Whether a text's quotes quote, whether its backslashes escape: decided for the whole file, and said."""

from __future__ import annotations

from collections.abc import Callable

from recsys.data.reading.dialect import Dialect
from recsys.data.reading.line_count import line_count
from recsys.data.reading.quoting import Quoting
from recsys.data.reading.swallowed import swallowing_line
from recsys.data.reading.text import Text
from recsys.errors import InputError, shown

_START = 1 << 16
"""Bytes that are looked at before a whole text is scanned for single quotes."""


def chosen(build: Callable[[Quoting], Text], dialect: Dialect) -> tuple[Text, str]:
    """The text with its quotes understood, and a sentence on what was found out; an empty one if nothing was.

    A quote that nobody declares quotes where each quoted cell closes as RFC 4180 has it and holds no lines that look
    like rows of their own. Otherwise backslashes escape, or quotes are letters, if that gives every row as many fields.

    Raises:
        InputError: None of these reads the text; the message names the line where quoting breaks.
    """
    if dialect.quote is not None:
        return _as_declared(build, dialect), ""
    text = build(Quoting(escape=dialect.escape))
    if b'"' not in text.content:
        return _without_quotes(text, build, dialect)
    swallowed = swallowing_line(text)
    if text.scan.consistent and swallowed is None:
        return text, ""
    if dialect.escape is None and b'\\"' in text.content:
        escaped = build(Quoting(escape="\\"))
        if escaped.scan.consistent and escaped.even and swallowing_line(escaped) is None:
            found = "its quotes are escaped by backslashes"
            return escaped, f"{text.place}: read with {dialect.key}.escape = '\\\\': {found}"
    on_lines = text.even and not len(text.scan.breaks)
    if 2 * (text.scan.cells - len(text.scan.odd)) < line_count(text.content):  # or quoting is the rule
        bare = build(Quoting(None, dialect.escape))
        if bare.even:
            first = _first_odd(text) or swallowed
            why = f"its quotes are letters, as one on line {first} quotes nothing"
            return bare, f"{text.place}: read with {dialect.key}.quote = 'none': {why}"
    if on_lines:
        return text, f"{text.place}: line {_first_odd(text)} has a quoted cell with text behind its closing quote"
    raise _broken(text, swallowed, dialect)


def _as_declared(build: Callable[[Quoting], Text], dialect: Dialect) -> Text:
    text = build(Quoting(None if dialect.quote == "none" else dialect.quote, dialect.escape))
    if not text.scan.consistent and len(text.scan.breaks):
        raise _broken(text, None, dialect)
    return text


def _without_quotes(text: Text, build: Callable[[Quoting], Text], dialect: Dialect) -> tuple[Text, str]:
    """A text without a double quote: its cells may stand between single ones, its separators behind backslashes."""
    if dialect.escape is None and f"\\{text.delimiter}".encode() in text.content and not text.even:
        escaped = build(Quoting(escape="\\"))
        if escaped.even:
            found = "it has separators behind backslashes"
            return escaped, f"{text.place}: read with {dialect.key}.escape = '\\\\': {found}"
    start = text.content[:_START]
    if 2 * start.count(b"'") >= line_count(start):
        single = build(Quoting("'", dialect.escape))
        if single.scan.consistent and 2 * single.scan.cells >= line_count(text.content) and single.even:
            return single, f'{text.place}: read with {dialect.key}.quote = "\'", between which its cells stand'
    return text, ""


def _broken(text: Text, swallowed: int | None, dialect: Dialect) -> InputError:
    """The error of quotes that cannot be understood."""
    line = swallowed or _first_odd(text) or 1
    what = (
        "a quoted cell goes on over lines that look like rows"
        if swallowed
        else "a quoted cell does not end before a separator or the line's end"
    )
    written = text.content.splitlines()[line - 1].decode(errors="replace")
    remedy = f"where quotes are letters say {dialect.key}.quote = 'none'"
    remedy += f"; where the cell is meant to be as long, {dialect.key}.quote = '\"'" if swallowed else ""
    escape = f"; where a backslash escapes them, {dialect.key}.escape = '\\\\'" if b"\\" in text.content else ""
    return InputError(f"{text.place}: line {line}: {what}: {shown(text.restored(written))}; {remedy}{escape}")


def _first_odd(text: Text) -> int | None:
    odd = text.scan.odd
    return text.line_at(int(odd[0])) if len(odd) else None
