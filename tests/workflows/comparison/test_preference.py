"""Tests of the rule that chooses a trial."""

from __future__ import annotations

import pytest

from recsys.errors import InputError
from recsys.tracking.tracker import Recorded
from recsys.training.trial import FinishedTrial, TrialState
from recsys.workflows.comparison.preference import Preference

RECORDS = [
    Recorded(
        number,
        {},
        0,
        f"run-{number}",
        FinishedTrial(TrialState.COMPLETE, ndcg),
        values={"ndcg": ndcg, "coverage": coverage},
    )
    for number, (ndcg, coverage) in enumerate([(0.4, 0.2), (0.38, 0.3), (0.36, 0.5), (0.3, 0.6)])
]


@pytest.mark.parametrize(
    ("rule", "number"),
    [
        ("ndcg>=0.37, max coverage", 1),
        ("ndcg >= 0.36,max coverage", 2),
        ("min coverage", 0),
        ("coverage>=0.3", 1),
        ("coverage>=0.3, coverage<=0.5, min ndcg", 2),
        ("max coverage", 3),
    ],
)
def test_the_trial_is_within_the_limits_and_the_best_there(rule: str, number: int) -> None:
    assert Preference.of(rule).choose(RECORDS).number == number


def test_limits_that_none_keeps_are_told_what_there_is() -> None:
    with pytest.raises(InputError, match=r"none of 4 trials keeps it: ndcg is from 0.3 to 0.4"):
        Preference.of("ndcg>=0.5, max coverage").choose(RECORDS)


def test_a_name_that_the_trials_do_not_have_is_told_which_they_have() -> None:
    with pytest.raises(InputError, match=r"the trials have no recall; they have ndcg, coverage"):
        Preference.of("max recall").choose(RECORDS)


@pytest.mark.parametrize("rule", ["", "ndcg", "ndcg>0.3", "ndcg>=x", "max ndcg, min coverage", "best ndcg"])
def test_what_is_no_rule_is_told_what_one_is_like(rule: str) -> None:
    with pytest.raises(InputError, match=r"--prefer .*: expected limits such as ndcg>=0\.37 and one of max or min"):
        Preference.of(rule)
