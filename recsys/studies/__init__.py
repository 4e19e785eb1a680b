"""Studies: Optuna and KerasTuner behind one ask / report / tell protocol."""
