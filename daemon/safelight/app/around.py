"""What a use case stands in: the surroundings it is given, and the audience it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from safelight import __version__
from safelight.files import cache_folder
from safelight.ledger.lease import PATIENCE
from safelight.reconcile.event import Event
from safelight.reconcile.loop import Report

SOFTWARE = f"Safelight {__version__}"


@dataclass(frozen=True)
class Surroundings:
    """What the process stands in: caches, processors."""

    cache: Path
    processors: int
    patience: float = PATIENCE
    """Seconds for which the lease of an owner that may still live must stand still before the event is taken over."""
    log: Literal["text", "json"] = "text"
    """How the event's log is written."""

    @classmethod
    def of(cls, environment: Mapping[str, str], processors: int | None) -> Surroundings:
        """From the environment: `SAFELIGHT_CACHE`, else the user's cache folder."""
        return cls(cache_folder(environment), processors or 1)

    def cache_of(self, event: Event) -> Path:
        """The cache folder of one event."""
        return self.cache / "events" / event.identity.replace("/", "_")[-60:]


class Audience(Protocol):
    """Who is told while work goes on."""

    def progress(self, report: Report) -> None:
        """Where everything stands, about twice a second."""

    def say(self, text: str) -> None:
        """A sentence."""
