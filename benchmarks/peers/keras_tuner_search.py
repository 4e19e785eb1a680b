"""KerasTuner's random search around the tutorial's matrix factorisation; prints seconds a trial-epoch.

Usage: keras_tuner_search.py RATINGS.npz BATCH TRIALS EPOCHS
"""

import json
import sys
import tempfile
import time

import keras
import keras_tuner
import numpy as np

rows = np.load(sys.argv[1])
batch, trials, epochs = map(int, sys.argv[2:])


def build(hp):
    """The model of the usual tutorial: two embeddings and their dot product."""
    size = hp.Int("size", 8, 64)
    user, item = keras.Input((1,)), keras.Input((1,))
    vectors = [
        keras.layers.Flatten()(keras.layers.Embedding(int(count), size)(ids))
        for ids, count in ((user, rows["users"]), (item, rows["items"]))
    ]
    model = keras.Model([user, item], keras.layers.Dot(axes=1)(vectors))
    model.compile(keras.optimizers.Adam(hp.Float("rate", 1e-4, 1e-2, sampling="log")), "mse")
    return model


with tempfile.TemporaryDirectory() as folder:
    tuner = keras_tuner.RandomSearch(build, "val_loss", max_trials=trials, directory=folder, seed=1)
    began = time.perf_counter()
    tuner.search(
        [rows["train_users"], rows["train_items"]],
        rows["train_values"],
        validation_data=([rows["validation_users"], rows["validation_items"]], rows["validation_values"]),
        batch_size=batch,
        epochs=epochs,
        verbose=0,
    )
    seconds = time.perf_counter() - began
print(json.dumps({"seconds": seconds, "per_trial_epoch": seconds / trials / epochs}))
