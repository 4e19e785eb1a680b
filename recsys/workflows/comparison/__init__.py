"""Compare and report: leaderboards, reruns, reports, baselines, and evaluation over several splits."""
