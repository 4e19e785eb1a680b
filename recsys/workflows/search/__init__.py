"""Search: prepare an experiment, run a sweep, resume it, watch it, train one point."""
