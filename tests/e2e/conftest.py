"""Fixtures of the whole-way tests; the small event itself is in e2e_world."""

from e2e_world import event, finished, safelight

__all__ = ["event", "finished", "safelight"]
