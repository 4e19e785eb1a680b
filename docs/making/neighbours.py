"""The nearest films of two films, with and without features: the table of docs/features.md.

    python docs/making/neighbours.py

It trains one model twice on MovieLens-100K, for a minute each, and prints the table.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from recsys.arrays import AnyArray, StrArray
from recsys.data.ratings import Catalogue
from recsys.experiment import experiment_from
from recsys.models.training_data import TrainingData
from recsys.training.cohort import Trainer
from recsys.training.trial import Trial, Weights
from recsys.workflows.search.prepare import prepare

FILMS = ("Toy Story (1995)", "Land Before Time III: The Time of the Great Giving (1995) (V)")
"""An often and a rarely rated film."""
NEAREST = 5
FEATURES: Mapping[str, Any] = {
    "data": {"items": {"features": ["genres", "year"]}},
    "point": {"id_dropout": 0.5, "feature_l2": 0.001},
}
EXPERIMENT: Mapping[str, Any] = {
    "data": {"source": "ml-100k", "positive_from": 4},
    "model": {"kind": "mf"},
    "point": {"loss": "softmax", "embedding_size": 64, "learning_rate": 5e-3, "batch_size": 4096},
    "training": {"epochs": 30, "patience": 0},
    "objective": {"metric": "ndcg"},
}


def trained(more: Mapping[str, Any]) -> tuple[Weights, Catalogue, AnyArray]:
    """Train the point; the weights of its best epoch, the catalogue, and the training ratings of each film (I,)."""
    document = {section: {**keys, **more.get(section, {})} for section, keys in EXPERIMENT.items()}
    experiment = experiment_from(document, source="neighbours.py", folder=Path.cwd(), name="films")
    split = prepare(experiment).split
    trainer = Trainer(
        experiment.model, TrainingData(split.train, split.validation), experiment.training, experiment.objective
    )
    (result,) = trainer.train([Trial(0, experiment.default_point, 0, experiment.training.epochs)])
    value = result.values[experiment.objective.metric]
    sys.stderr.write(f"ndcg {value:.4f} on validation after epoch {result.best_epoch + 1}\n")
    return result.weights, split.train.catalogue, np.bincount(split.train.items, minlength=split.train.catalogue.items)


def rows(weights: Weights, catalogue: Catalogue) -> AnyArray:
    """The row of each film (I, D): its own, plus the sum of those of its features."""
    own = weights["item_embedding/table"][:-1]
    table = catalogue.item_features
    return own if table is None else own + table.rows @ weights["item_embedding_features/table"][:-1]


def nearest(vectors: AnyArray, film: int, rated: AnyArray) -> Sequence[int]:
    """The rated films with the greatest cosine with a film, the nearest first."""
    lengths = np.linalg.norm(vectors, axis=1)
    cosines = vectors @ vectors[film] / np.maximum(lengths * lengths[film], 1e-12)
    cosines[(rated == 0) | (np.arange(len(cosines)) == film)] = -1
    return [int(place) for place in np.argsort(-cosines)[:NEAREST]]


def main(films: Sequence[str]) -> None:
    """Print the table as Markdown."""
    found: list[list[Sequence[int]]] = []
    for more in ({}, FEATURES):
        weights, catalogue, rated = trained(more)
        titles: StrArray = np.asarray(catalogue.titles)
        places = [int(np.flatnonzero(titles == title)[0]) for title in films]
        found.append([nearest(rows(weights, catalogue), place, rated) for place in places])
    for title, place, without, with_features in zip(films, places, *found, strict=True):
        sys.stdout.write(f"\n{title}, {rated[place]} training ratings\n\n| | without | with `genres` and `year` |\n")
        sys.stdout.write("|---|---|---|\n")
        for rank, pair in enumerate(zip(without, with_features, strict=True), start=1):
            cells = (f"{titles[film]} ({rated[film]})" for film in pair)
            sys.stdout.write(f"| {rank} | {' | '.join(cells)} |\n")


if __name__ == "__main__":
    main(sys.argv[1:] or FILMS)
