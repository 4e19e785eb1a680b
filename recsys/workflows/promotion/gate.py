"""The gate, which compares a candidate with the baselines and the champion on the test part, without a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.tuning import score_family
from recsys.evaluation.cold_start import ColdStart
from recsys.evaluation.group_gaps import GroupGap, group_gaps
from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import ranking_part
from recsys.evaluation.scoring import EvaluationResult, MetricSample, Predictor, defined_rows, described, score
from recsys.evaluation.significance import PairedTest, paired_test
from recsys.registry.rule import Against, Decision, decide

_CHAMPION = "champion"


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
    descriptions: Mapping[str, Mapping[str, float]]
    """The descriptive metrics of the lists of `candidate`, of `champion` if there is one, and of each baseline, by
    name; empty for an objective of ratings."""
    gaps: Sequence[GroupGap]
    """The differences of the candidate's objective between groups of users."""


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
        others = self.baselines if champion is None else {_CHAMPION: champion, **self.baselines}
        results = {name: score_family(other, self.development, test, self.objective) for name, other in others.items()}
        against = {name: self._against(scored, result) for name, result in results.items()}
        theirs, baselines = against.get(_CHAMPION), {name: against[name] for name in self.baselines}
        value = scored.values[self.metric.name]
        decision = decide(self.metric, value, baselines, theirs, self.margin, self.accept_loss, replaces=self.replaces)
        return Verdict(
            decision,
            scored,
            baselines,
            theirs,
            ColdStart.of(self.development, test),
            self._described({"candidate": scored, **results}, test),
            group_gaps(scored.samples[self.metric.name].defined, self.development),
        )

    def _described(self, results: Mapping[str, EvaluationResult], test: Ratings) -> Mapping[str, Mapping[str, float]]:
        """Describe the lists of all compared models."""
        if self.metric.family == "rating":
            return {}
        part = ranking_part(self.development, test, self.objective)
        return {name: described(result, part) for name, result in results.items()}

    def _against(self, candidate: EvaluationResult, other: EvaluationResult) -> Against:
        mine, its = (each.samples[self.metric.name] for each in (candidate, other))
        return Against(other.values[self.metric.name], self._tested(mine, its))

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
