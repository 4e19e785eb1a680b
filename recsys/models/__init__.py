"""Kinds of models, a room each: parameters, inputs, solvers, scores, fold-in; and the parts that they compose."""
