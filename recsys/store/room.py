"""Room for MLflow: a database may be empty or MLflow's, and not another program's that counts its tables' versions."""

from __future__ import annotations

import sqlalchemy

from recsys.credentials import masked
from recsys.errors import InputError
from recsys.store.address import database_file


def is_mlflows(uri: str) -> bool:
    """Whether MLflow's tables are there; a database that MLflow would spoil is refused before it is written to.

    MLflow and Optuna, for example, keep the version of their tables in a table of the same name; whichever comes
    second ends in the middle of making its own.

    Args:
        uri: The address of a store; a server is not looked at.

    Returns:
        False of a database that is not there or is empty.

    Raises:
        InputError: It is another program's.
        sqlalchemy.exc.SQLAlchemyError: It does not answer.
    """
    if uri.startswith("http"):
        return True
    if uri.startswith("sqlite") and not database_file(uri).exists():
        return False
    engine = sqlalchemy.create_engine(uri)
    try:
        tables = sqlalchemy.inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if "alembic_version" in tables and "experiments" not in tables:
        some = ", ".join(sorted(tables)[:3])
        raise InputError(
            f"tracking store {masked(uri)}: the database is another program's, with tables such as {some}; give "
            "MLflow one of its own, as sqlite:///mlruns/mlflow.db"
        )
    return "experiments" in tables
