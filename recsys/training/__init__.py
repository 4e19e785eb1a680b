"""Training: cohorts of trials, trained together in one compiled graph, each as if alone."""
