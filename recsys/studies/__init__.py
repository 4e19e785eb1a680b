"""Studies: what proposes points. Optuna and KerasTuner behind one ask / report / tell protocol."""
