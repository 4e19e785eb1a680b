"""Tests that every work cited in code and pages has an entry in the bibliography, and that every entry is cited."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from pages import PAGES, ROOT

PAGE = ROOT / "docs" / "bibliography.md"
_NAME = r"(?:de )?[A-ZÄÖÜ]\w+"
_CITED = re.compile(rf"\b({_NAME})((?:, {_NAME})*,? (?:and|&) {_NAME}| et al\.)? \(?((?:1[89]|20)\d\d)\b")
_DATES = ("LensKit", "Data", "January", "February", "March", "April", "May", "June", "July")
"""Words before a year that name no author."""
ENTRIES = re.findall(r'^- <a id="([^"]+)"></a>\*\*(.+?) (\d{4})\.\*\* (.+)$', PAGE.read_text(encoding="utf-8"), re.M)


def cited(text: str) -> set[str]:
    """The works that a text cites, as first author and year; a title such as "Casablanca (1942)" is none."""
    text = re.sub(r"\s+(?:# )?", " ", text)
    found = set()
    for author, others, year in _CITED.findall(text):
        alone = not others and f"{author} ({year}" in text
        if author not in _DATES and not alone:
            found.add(f"{author} {year}")
    return found


def sources() -> Mapping[str, Path]:
    """The code and the pages that cite, by name."""
    files = [*(ROOT / "recsys").rglob("*.py"), *PAGES.values()]
    return {str(file.relative_to(ROOT)): file for file in files if file != PAGE}


def entries() -> set[str]:
    """The works that have an entry, as first author and year."""
    return {f"{re.split(r',| et al| and ', authors)[0]} {year}" for _, authors, year, _ in ENTRIES}


def test_every_citation_has_an_entry() -> None:
    missing = {name: some for name, file in sources().items() if (some := cited(file.read_text("utf-8")) - entries())}
    assert missing == {}


def test_every_entry_is_cited() -> None:
    everywhere = set().union(*(cited(file.read_text("utf-8")) for file in sources().values()))
    assert entries() - everywhere == set()


def test_every_entry_has_the_anchor_of_its_first_author_and_year_once_and_in_order() -> None:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("- ")]
    assert len(lines) == len(ENTRIES)
    anchors = [anchor for anchor, *_ in ENTRIES]
    assert set(anchors) == {name.lower().replace(" ", "-") for name in entries()}
    assert anchors == sorted(set(anchors), key=lambda anchor: anchor.translate(str.maketrans("äá", "aa")))


@pytest.mark.parametrize("text", [text for *_, text in ENTRIES])
def test_every_identifier_is_well_formed_and_links_to_itself(text: str) -> None:
    for identifier, link in re.findall(r"\[doi:(\S+)\]\(https://doi\.org/(\S+?)\)(?=,|$)", text):
        assert identifier == link
        assert re.fullmatch(r"10\.\d{4,5}/\S+", identifier)
    assert text.count("doi:") == text.count("https://doi.org/")
    assert all(re.fullmatch(r"\d{4}\.\d{4,5}", identifier) for identifier in re.findall(r"arXiv:(\S+)", text))
    assert re.search(r"\*.+\.?\*", text), "a title in italics"


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("as in SVD++ (Koren 2008).", {"Koren 2008"}),
        ("(Hu et al. 2008, as in Rendle et al.\n    2022)", {"Hu 2008", "Rendle 2022"}),
        ("Czado, Gneiting and Held 2009", {"Czado 2009"}),
        ("those of Salakhutdinov and Mnih (2008)", {"Salakhutdinov 2008"}),
        ("(Efron & Stein 1981; de Haan 1981)", {"Efron 1981", "de Haan 1981"}),
        ("Casablanca (1942), in January 2024", set()),
    ],
)
def test_citations_are_recognised_in_every_form(text: str, works: set[str]) -> None:
    assert cited(text) == works
