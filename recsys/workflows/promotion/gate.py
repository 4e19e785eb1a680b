"""The gate: one candidate on the test part, against baselines and champion. Pure: it reads and writes no store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.tuning import score_family
from recsys.evaluation.cold_start import ColdStart
from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.scoring import Evaluation, MetricSample, Predictor, score
from recsys.evaluation.significance import PairedTest, paired_test
from recsys.registry.rule import Against, Decision, decide


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the gate found."""

    decision: Decision
    scored: Evaluation
    """The candidate on the test part."""
    baselines: Mapping[str, Against]
    """By name: those that the candidate had to beat."""
    champion: Against | None
    """None where there is none to compare with."""
    cold_start: ColdStart
    """How much of the test part is of users and items that have nothing in the development part."""


@dataclass(frozen=True, eq=False)
class Gate:
    """What one candidate is measured by."""

    development: Ratings
    """Train and validation, which everyone at the gate has seen, and nothing else."""
    objective: ObjectiveSettings
    baselines: Mapping[str, Predictor]
    """What every candidate has to beat, by name, fitted to the development part."""
    margin: float = 0.0
    """How much better than the champion a candidate must be, in units of the objective."""
    accept_loss: str | None = None
    """Why a candidate that does not beat the baselines is taken all the same; None refuses it."""
    replaces: bool = False
    """Whether there is a champion that is replaced without a comparison."""

    @property
    def metric(self) -> Metric:
        """The objective's."""
        return metric_of(self.objective.metric)

    def judge(self, candidate: Predictor, champion: Predictor | None, test: Ratings) -> Verdict:
        """Measure all of them on the test part and decide.

        Args:
            candidate: Trained on the development part.
            champion: Likewise; None where there is none to compare with.
            test: What none of them has seen.
        """
        scored = score(candidate, self.development, test, self.objective)
        baselines = {name: self._against(scored, fitted, test) for name, fitted in self.baselines.items()}
        theirs = None if champion is None else self._against(scored, champion, test)
        value = scored.values[self.metric.name]
        decision = decide(self.metric, value, baselines, theirs, self.margin, self.accept_loss, replaces=self.replaces)
        return Verdict(decision, scored, baselines, theirs, ColdStart.of(self.development, test))

    def _against(self, candidate: Evaluation, other: Predictor, test: Ratings) -> Against:
        theirs = score_family(other, self.development, test, self.objective)
        mine, its = (each.samples[self.metric.name] for each in (candidate, theirs))
        return Against(theirs.values[self.metric.name], self._tested(mine, its))

    def _tested(self, candidate: MetricSample, other: MetricSample) -> PairedTest:
        return paired_test(
            candidate.values,
            other.values,
            candidate.users,
            root=candidate.root,
            direction=self.metric.direction,
            margin=self.margin,
        )
