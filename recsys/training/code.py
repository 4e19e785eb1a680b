"""Code: the compiled functions of a program, which other programs of its structure share."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

from recsys.training.compiled import compiled


class Code:
    """Compiles the functions of a program, or finds them compiled and gives them this program's variables.

    What XLA compiles hangs on the shapes of variables, not on which ones they are; so cohorts that are trained side by
    side, or by other batches, need not compile what one of them has.

    Args:
        like: Of a program that has the same functions compiled in the same order, over variables of the same shapes.
    """

    def __init__(self, like: Code | None = None) -> None:
        self.variables: Sequence[tf.Variable] = ()
        """All that the functions read or write, in the order of the other's; to be set before the first call."""
        self.original: Code = like.original if like else self
        self.functions: list[Any] = []
        self._found = iter(self.original.functions)
        self._own: dict[int, Any] = {}

    def compiled(self, function: Callable[..., Any]) -> Any:
        """The function as one XLA program."""
        own = compiled(function)  # which costs nothing before it is called
        if self.original is self:
            self.functions.append(own)
            return own
        found = next(self._found)
        return lambda *given: self._bound(found.get_concrete_function(*given), own)(*given)

    def _bound(self, found: Any, otherwise: Any) -> Any:
        """What was found, with these variables; otherwise where it holds what a layer of the user's own has hidden."""
        if id(found) not in self._own:
            pairs = zip(self.original.variables, self.variables, strict=True)
            handles = {id(theirs.handle): ours.handle for theirs, ours in pairs}
            captured = [handles.get(id(each)) if each.dtype == tf.resource else each for each in found.captured_inputs]
            if any(each is None for each in captured):
                self._own[id(found)] = otherwise
            else:
                self._own[id(found)] = bound = copy.copy(found)
                bound.set_external_captures(captured)  # public, but not in TensorFlow's reference
        return self._own[id(found)]


@contextmanager
def recorded() -> Iterator[list[tf.Variable]]:
    """The variables that are made in the block, on this thread."""
    made: list[tf.Variable] = []

    def make(otherwise: Callable[..., tf.Variable], **given: Any) -> tf.Variable:
        made.append(otherwise(**given))
        return made[-1]

    with tf.variable_creator_scope(make):
        yield made
