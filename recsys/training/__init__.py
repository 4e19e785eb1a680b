"""Training: cohorts of trials in one compiled graph. Each trial has the result that it would have alone."""
