"""How many may be at work at once: beyond that a request is told to come again, and nothing piles up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from safelight.desk.errors import Busy


class Gate:
    """A count with a limit. Used from one event loop only, so that looking and counting are one."""

    def __init__(self, limit: int) -> None:
        self.limit, self.inside = limit, 0

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """Inside for the duration of the block; raises Busy at once where it is full."""
        if self.inside >= self.limit:
            raise Busy(count=self.inside)
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1
