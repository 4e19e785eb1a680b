"""A sweep of any engine as a study in an Optuna storage, for Optuna's own tools and its dashboard."""

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
        url: Of the storage, as `sqlite:///studies.db` or `postgresql://…`.
        name: The study's.
        direction: Of the objective.
        trials: Finished, in order.
        attributes: Kept with the study.

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
    """Only an empty database or one of studies will do: Optuna would write its tables beside any others."""
    engine = create_engine(url)
    try:
        tables = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if tables and "studies" not in tables:
        message = f"the database holds other tables ({', '.join(sorted(tables)[:3])}, …) and no studies"
        raise InputError(f"--optuna: {message}; give studies a database of their own, as sqlite:///studies.db")
