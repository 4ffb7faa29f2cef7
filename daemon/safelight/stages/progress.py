"""How far long work on one photo has come: a backend tells it, whoever runs the job listens, and neither knows the other.

Telling is a sign of life: a lane gives a job that tells more time. Nothing is heard where nobody listens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Tell = Callable[[int, int], None]
"""(done, total) in steps of equal length."""

_listener: ContextVar[Tell | None] = ContextVar("listener", default=None)


@contextmanager
def listening(tell: Tell) -> Iterator[None]:
    """While the block runs, `tell` is called with what backends say."""
    before = _listener.set(tell)
    try:
        yield
    finally:
        _listener.reset(before)


def say(done: int, total: int) -> None:
    """`done` of `total` steps are behind us."""
    tell = _listener.get()
    if tell is not None:
        tell(done, total)
