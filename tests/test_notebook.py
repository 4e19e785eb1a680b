"""Tests of the output in notebooks."""

from __future__ import annotations

from recsys import notebook


def test_what_comes_from_data_is_no_markup() -> None:
    made = notebook.table(["<b>"], [["<script>alert(1)</script>"]], "a < b") + notebook.pairs({"x&y": "<i>"})
    assert "<script>" not in made
    assert "<i>" not in made
    for finished in ("&lt;b&gt;", "&lt;script&gt;", "a &lt; b", "x&amp;y", "&lt;i&gt;"):
        assert finished in made


def test_a_table_has_a_row_of_headings_and_one_for_each() -> None:
    made = notebook.table(["user", "rating"], [["ann", 4.25], ["bob", 3]])
    assert made.count("<tr>") == 3
    assert made.count("<th") == 2
    assert "4.25" in made
    assert "<p>" not in made


def test_a_process_that_has_ipython_is_no_notebook_yet() -> None:
    import IPython

    assert IPython.get_ipython() is None
    assert not notebook.is_here()
