"""An added loss: the cubic error |e|³."""

from recsys.losses.loss import RatingLoss


def _of_errors(errors):
    import tensorflow as tf

    return tf.abs(errors) ** 3


ADDED = RatingLoss("added_loss", _of_errors)
