"""`model.fit` of one matrix factorisation, one execution an epoch; prints seconds an epoch.

Usage: keras_fit.py RATINGS.npz SIZE BATCH EPOCHS
"""

import json
import sys
import time

import keras
import numpy as np

rows = np.load(sys.argv[1])
size, batch, epochs = map(int, sys.argv[2:])
user, item = keras.Input((1,)), keras.Input((1,))
vectors = [
    keras.layers.Flatten()(keras.layers.Embedding(int(count), size)(ids))
    for ids, count in ((user, rows["users"]), (item, rows["items"]))
]
model = keras.Model([user, item], keras.layers.Dot(axes=1)(vectors))
steps = -(-len(rows["train_values"]) // batch)
model.compile(keras.optimizers.Adam(1e-3), "mse", steps_per_execution=steps)
times = []


class Clock(keras.callbacks.Callback):
    """Seconds of each epoch."""

    def on_epoch_begin(self, _epoch, _logs=None):
        """Start."""
        self.began = time.perf_counter()

    def on_epoch_end(self, _epoch, _logs=None):
        """Stop."""
        times.append(time.perf_counter() - self.began)


model.fit(
    [rows["train_users"], rows["train_items"]],
    rows["train_values"],
    batch_size=batch,
    epochs=epochs,
    verbose=0,
    callbacks=[Clock()],
)
print(json.dumps({"per_epoch": float(np.median(times[1:]))}))
