"""Where cohorts are trained: on threads of this process, in several on this machine, or on a Ray cluster."""
