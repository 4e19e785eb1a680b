"""Tests of the promotion rule on numbers."""

from __future__ import annotations

import math
from typing import Any

import pytest

from recsys.evaluation.metrics.table import METRICS
from recsys.evaluation.significance import PairedTest
from recsys.registry.rule import Against, Decision, decide

NDCG, RMSE = METRICS["ndcg"], METRICS["rmse"]


def against(value: float, candidate: float, p: float = 0.001) -> Against:
    difference = candidate - value
    return Against(value, PairedTest(difference, (difference - 0.015, difference + 0.015), p / 2, p))


def ndcg(candidate: float, p: float = 0.001, **more: Any) -> Decision:
    others = {"popularity": 0.2, "ease": 0.37, "ials": 0.35}
    return decide(NDCG, candidate, {name: against(value, candidate, p) for name, value in others.items()}, **more)


class TestBaselines:
    def test_the_best_of_them_has_to_be_beaten(self) -> None:
        assert ndcg(0.38).promoted
        refused = ndcg(0.36)
        assert not refused.promoted
        assert "ndcg 0.3600 does not beat the best baseline, ease 0.3700: difference -0.0100" in refused.reason
        assert "(95 % -0.0250 to +0.0050, p 0.001)" in refused.reason

    def test_a_tie_is_no_victory(self) -> None:
        assert not ndcg(0.37).promoted

    def test_lower_is_better_where_the_metric_says_so(self) -> None:
        others = {"global_mean": against(1.1, 0.93), "biases_only": against(0.94, 0.93)}
        assert "beats the best baseline, biases_only 0.9400" in decide(RMSE, 0.93, others).reason
        assert not decide(RMSE, 0.95, others).promoted

    def test_a_lead_of_a_hair_reads_as_one(self) -> None:
        assert "p 0.4, a lead that luck may bring)" in ndcg(0.3701, p=0.4).reason
        assert "luck" not in ndcg(0.39, p=0.001).reason

    def test_every_value_difference_and_p_value_is_kept(self) -> None:
        numbers = ndcg(0.38).numbers
        assert numbers["candidate_ndcg"] == 0.38
        assert numbers["ials_ndcg"] == 0.35
        assert numbers["ials_difference"] == pytest.approx(0.03)
        assert numbers["ials_p_value"] == 0.001

    def test_a_candidate_without_a_value_beats_nobody(self) -> None:
        assert not ndcg(math.nan).promoted
        assert not decide(NDCG, math.nan, {}).promoted

    def test_a_baseline_without_a_value_is_beaten(self) -> None:
        assert decide(NDCG, 0.1, {"ease": against(math.nan, 0.1)}).promoted


class TestAcceptedLoss:
    def test_a_reason_lets_a_loser_pass_and_is_kept(self) -> None:
        taken = ndcg(0.36, accept_loss="we need ratings too")
        assert taken.promoted
        assert taken.accepted_loss == "we need ratings too"
        assert "does not beat the best baseline, ease" in taken.reason
        assert "which was accepted: we need ratings too" in taken.reason

    def test_a_winner_needs_none(self) -> None:
        assert ndcg(0.38, accept_loss="to be safe").accepted_loss is None
        assert "accepted" not in ndcg(0.38, accept_loss="to be safe").reason

    def test_an_empty_reason_is_none(self) -> None:
        assert not ndcg(0.36, accept_loss="").promoted

    def test_the_champion_has_to_be_beaten_all_the_same(self) -> None:
        refused = ndcg(0.36, accept_loss="a drill", champion=against(0.36, 0.36, p=1.0))
        assert not refused.promoted
        assert refused.accepted_loss is None
        assert "does not beat the champion" in refused.reason


class TestChampion:
    def test_it_is_beaten_at_one_percent_one_sided(self) -> None:
        assert ndcg(0.38, champion=against(0.36, 0.38, p=0.019)).promoted
        assert not ndcg(0.38, champion=against(0.36, 0.38, p=0.021)).promoted

    def test_the_baselines_are_spoken_of_too(self) -> None:
        reason = ndcg(0.38, champion=against(0.36, 0.38)).reason
        assert "beats the champion by more than 0: difference +0.0200" in reason
        assert "it beats the best baseline, ease 0.3700" in reason


def test_a_reason_tells_why_there_was_no_comparison() -> None:
    assert ndcg(0.38).reason.endswith("; there was no champion to beat")
    assert ndcg(0.38, replaces=True).reason.endswith("; the champion was not compared with")
