"""What becomes of a node that is being made: the scopes it belongs to, and whether it is recorded at all.

This is the only state of the engine. It is a context variable, so every thread and every task has its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

# The titles of the scopes that are open, outermost first; and whether operators make nodes with parents.
STATE: ContextVar[tuple[tuple[str, ...], bool]] = ContextVar("recording", default=((), True))
state = STATE.get


class scope:
    """Nodes made inside belong to the scope `title`; scopes nest, and drawings fold by them.

    A scope can be entered again, also inside itself. Raises TypeError for a title that is no text, or an empty one.

    >>> from autograd import Value
    >>> with scope("layer 1"), scope("neuron 2"):
    ...     Value(1.0).scope
    ('layer 1', 'neuron 2')
    """

    def __init__(self, title: str):
        if not isinstance(title, str) or not title:
            raise TypeError(f"a scope has a title that is a text, not {'an empty one' if title == '' else type(title).__name__}")
        self.title = title
        self.last: Any = (None, None)  # the state around it and inside it when it was last entered, often the same again

    def __enter__(self) -> None:
        around, inside = self.last
        if state() is not around:
            around = state()
            inside = ((*around[0], self.title), around[1])
            self.last = around, inside
        STATE.set(inside)

    def __exit__(self, *error: Any) -> None:
        around, inside = self.last
        if state() is inside:
            STATE.set(around)
            return
        titles, recorded = state()
        while titles and titles[-1] != self.title:  # an inner one that an interrupt has left open
            titles = titles[:-1]
        STATE.set((titles[:-1], recorded))


@contextmanager
def no_grad() -> Iterator[None]:
    """Operators inside compute numbers only: what they return is a constant without parents.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     (x * x).parents
    ()
    """
    recorded = state()[1]
    STATE.set((state()[0], False))
    try:
        yield
    finally:
        STATE.set((state()[0], recorded))


def is_recording() -> bool:
    """Whether operators make nodes with parents, which they do outside of `no_grad`."""
    return state()[1]
