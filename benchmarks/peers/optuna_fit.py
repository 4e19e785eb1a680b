"""Optuna's TPE around `model.fit`, glued by hand; prints when it had which best validation RMSE.

Usage: optuna_fit.py RATINGS.npz BATCH EPOCHS SECONDS
"""

import json
import sys
import time

import keras
import numpy as np
import optuna

rows = np.load(sys.argv[1])
batch, epochs, limit = map(int, sys.argv[2:])
mean = float(rows["train_values"].mean())
began = time.perf_counter()
path = []


def objective(trial):
    """Train one matrix factorisation with biases and weigh its best epoch."""
    size = trial.suggest_int("size", 8, 64)
    decay = keras.regularizers.L2(trial.suggest_float("l2", 1e-7, 1e-3, log=True))
    user, item = keras.Input((1,)), keras.Input((1,))
    sides = ((user, int(rows["users"])), (item, int(rows["items"])))
    vectors = [
        keras.layers.Flatten()(keras.layers.Embedding(count, size, embeddings_regularizer=decay)(ids))
        for ids, count in sides
    ]
    biases = [keras.layers.Flatten()(keras.layers.Embedding(count, 1)(ids)) for ids, count in sides]
    rating = keras.layers.Add()([keras.layers.Dot(axes=1)(vectors), *biases])
    model = keras.Model([user, item], keras.layers.Rescaling(1.0, offset=mean)(rating))
    model.compile(keras.optimizers.Adam(trial.suggest_float("rate", 1e-4, 1e-2, log=True)), "mse")
    history = model.fit(
        [rows["train_users"], rows["train_items"]],
        rows["train_values"],
        validation_data=([rows["validation_users"], rows["validation_items"]], rows["validation_values"]),
        batch_size=batch,
        epochs=epochs,
        verbose=0,
        callbacks=[keras.callbacks.EarlyStopping(patience=3)],
    ).history
    value = float(np.sqrt(min(history["val_loss"])))
    path.append((time.perf_counter() - began, min([value, *(best for _, best in path[-1:])])))
    return value


optuna.logging.set_verbosity(optuna.logging.WARNING)
optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1)).optimize(objective, timeout=limit)
print(json.dumps(path))
