"""Costs: what a trial takes, whatever it is worth. They are objectives beside a metric, and never alone."""

from __future__ import annotations

from recsys.evaluation.metrics.metric import Metric, by_name

COSTS = by_name(Metric("seconds", "minimize", "cost"), Metric("parameters", "minimize", "cost"))
"""`seconds` of training, the trial's share of its cohort's; `parameters`, the trained numbers of its model."""
