"""Compare and report: leaderboards, reruns, reports, baselines, evaluation over several splits."""
