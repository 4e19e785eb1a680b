"""What a person does to judge: compare sweeps, rerun, report, evaluate the whole procedure."""
