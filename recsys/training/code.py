"""Code: the compiled functions of a program, which other programs of the same structure share."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

from recsys.training.compiled import compiled


class Code:
    """Compiles the functions of a program, or binds functions that are already compiled to the program's variables.

    XLA's programs depend on the shapes of variables, and not on the variables themselves. Cohorts that train side by
    side, or with other batches, therefore share them.

    Args:
        like: The code of a program that compiles the same functions in the same order, over variables of the same
            shapes.
    """

    def __init__(self, like: Code | None = None) -> None:
        self.variables: Sequence[tf.Variable] = ()
        """All variables that the functions read or write, in the order of the original's. Set it before the first
        call."""
        self.original: Code = like.original if like else self
        self.functions: list[Any] = []
        self._found = iter(self.original.functions)
        self._own: dict[int, Any] = {}

    def compiled(self, function: Callable[..., Any]) -> Any:
        """Return the function as one XLA program."""
        own = compiled(function)  # compiles only when it is called
        if self.original is self:
            self.functions.append(own)
            return own
        found = next(self._found)
        return lambda *given: self._bound(found.get_concrete_function(*given), own)(*given)

    def _bound(self, found: Any, otherwise: Any) -> Any:
        """Return the found program, bound to this program's variables.

        Returns:
            The bound program, or `otherwise` if the found one captures a variable that a layer of a user's own model
            hides.
        """
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
    """Record the variables that the block creates on this thread.

    Yields:
        The list of variables, which grows within the block.
    """
    made: list[tf.Variable] = []

    def make(otherwise: Callable[..., tf.Variable], **given: Any) -> tf.Variable:
        made.append(otherwise(**given))
        return made[-1]

    with tf.variable_creator_scope(make):
        yield made
