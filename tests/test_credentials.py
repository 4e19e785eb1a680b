"""Tests that a message never contains a password."""

from __future__ import annotations

import string
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recsys.credentials import masked

# at least one letter that none of the texts around it has
passwords = st.text(min_size=1).map(lambda text: f"{text}§")

FORMS = [
    "postgresql://me:{}@host/db",
    "postgresql://me:{}pwd=x@host/db",
    "https://{}@host",
    "mssql+pyodbc://host/db?driver=x&password={}&timeout=3",
    "postgresql://host/db?sslpassword={}",
    "connect(password='{}', host='h')",
    'connect(host="h", password="{}")',
    "{{'user': 'me', 'password': '{}', 'host': 'h'}}",
    '{{"token": "{}"}}',
    "AWS_SECRET_ACCESS_KEY={}",
]


@pytest.mark.parametrize("form", FORMS)
@given(password=passwords)
@example(password="/§")  # noqa: S106 - made up
def test_it_never_survives(form: str, password: str) -> None:
    shown = masked(f"before {form.format(password)} after")
    assert "§" not in shown
    assert shown.startswith("before ")


@given(password=st.text(string.ascii_letters + string.punctuation + " ", min_size=1).map(lambda text: f"{text}§"))
def test_it_does_not_survive_in_a_quoted_odbc_string(password: str) -> None:
    odbc = quote(f"DRIVER={{x}};SERVER=h;UID=me;PWD={password};Encrypt=no")
    assert quote("§") not in masked(f"mssql+pyodbc:///?odbc_connect={odbc}")


@pytest.mark.parametrize(
    "text",
    ["a plain http://host/path stays", "sqlite:////home/me@work/mlruns/mlflow.db: none", "user 'a@b.org': unknown"],
)
def test_what_holds_none_stays(text: str) -> None:
    assert masked(text) == text
