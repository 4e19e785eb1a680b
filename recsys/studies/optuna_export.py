"""Write a sweep of any engine as a study to an Optuna storage, for Optuna's tools and dashboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import optuna
from optuna.trial import FrozenTrial
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from recsys.errors import InputError
from recsys.evaluation.metrics.metric import Direction


def write_study(
    url: str, name: str, direction: Direction, trials: Sequence[FrozenTrial], attributes: Mapping[str, str]
) -> None:
    """Write the trials as a new study.

    Args:
        url: The URL of the storage, such as `sqlite:///studies.db` or `postgresql://…`.
        name: The name of the study.
        direction: The direction of the objective.
        trials: The finished trials, in order.
        attributes: User attributes of the study.

    Raises:
        InputError: The storage cannot be opened or written, holds something other than studies, or has a study of that
            name.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        _require_room(url)
        study = optuna.create_study(storage=url, study_name=name, direction=direction)
        study.add_trials(trials)
        for key, value in attributes.items():
            study.set_user_attr(key, value)
    except optuna.exceptions.DuplicatedStudyError:
        raise InputError(f"the storage has a study {name!r} already; give another name with --name") from None
    except RuntimeError:
        remedy = "optuna storage upgrade, or a database of its own"
        raise InputError(f"--optuna: the storage is of another version of Optuna; {remedy}, mends that") from None
    except (SQLAlchemyError, ImportError, ValueError) as error:
        # the driver's message may carry the address with its password
        raise InputError(f"--optuna: the storage cannot be opened or written ({type(error).__name__})") from None


def _require_room(url: str) -> None:
    """Check that the database is empty or has studies, as Optuna would add its tables to any other."""
    engine = create_engine(url)
    try:
        tables = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if tables and "studies" not in tables:
        message = f"the database holds other tables ({', '.join(sorted(tables)[:3])}, …) and no studies"
        raise InputError(f"--optuna: {message}; give studies a database of their own, as sqlite:///studies.db")
