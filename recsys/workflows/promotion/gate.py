"""The gate, which compares a candidate with the baselines and the champion on the test part, without a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.tuning import score_family
from recsys.evaluation.cold_start import ColdStart
from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.scoring import EvaluationResult, MetricSample, Predictor, defined_rows, score
from recsys.evaluation.significance import PairedTest, paired_test
from recsys.registry.rule import Against, Decision, decide


@dataclass(frozen=True, eq=False)
class Verdict:
    """The decision of the gate, with the values that it is based on."""

    decision: Decision
    """Whether the candidate is promoted, and the reason."""
    scored: EvaluationResult
    """The evaluation of the candidate on the test part."""
    baselines: Mapping[str, Against]
    """The baselines that the candidate has to beat, by name."""
    champion: Against | None
    """The comparison with the champion; None if there is no champion to compare with."""
    cold_start: ColdStart
    """The users and items of the test part that the development part lacks."""


@dataclass(frozen=True, eq=False)
class Gate:
    """The tests that a candidate has to pass."""

    development: Ratings
    """The train and validation parts, on which all compared models were trained."""
    objective: ObjectiveSettings
    """The objective of the comparison."""
    baselines: Mapping[str, Predictor]
    """The baselines to beat, by name, fitted to the development part."""
    margin: float = 0.0
    """The least improvement over the champion, in units of the objective."""
    accept_loss: str | None = None
    """The reason to accept a candidate that does not beat the baselines; None rejects it."""
    replaces: bool = False
    """Whether the candidate replaces the champion without a comparison."""

    @property
    def metric(self) -> Metric:
        """Return the metric of the objective."""
        return metric_of(self.objective.metric)

    def judge(self, candidate: Predictor, champion: Predictor | None, test: Ratings) -> Verdict:
        """Score the candidate, the baselines and the champion on the test part, and decide.

        Args:
            candidate: A model that was trained on the development part.
            champion: The champion, trained on the development part; None if there is none to compare with.
            test: The test part.

        Returns:
            The decision, and the values of all compared models.
        """
        scored = score(candidate, self.development, test, self.objective)
        baselines = {name: self._against(scored, fitted, test) for name, fitted in self.baselines.items()}
        theirs = None if champion is None else self._against(scored, champion, test)
        value = scored.values[self.metric.name]
        decision = decide(self.metric, value, baselines, theirs, self.margin, self.accept_loss, replaces=self.replaces)
        return Verdict(decision, scored, baselines, theirs, ColdStart.of(self.development, test))

    def _against(self, candidate: EvaluationResult, other: Predictor, test: Ratings) -> Against:
        theirs = score_family(other, self.development, test, self.objective)
        mine, its = (each.samples[self.metric.name] for each in (candidate, theirs))
        return Against(theirs.values[self.metric.name], self._tested(mine, its))

    def _tested(self, candidate: MetricSample, other: MetricSample) -> PairedTest:
        rows = defined_rows(self.metric.name, candidate.values, other.values)
        return paired_test(
            candidate.values[rows],
            other.values[rows],
            candidate.users[rows],
            root=candidate.root,
            direction=self.metric.direction,
            margin=self.margin,
        )
