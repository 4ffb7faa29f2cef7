"""What people read of work that takes long."""

from __future__ import annotations

from safelight.reconcile.loop import how_far
from safelight.workers.lanes import Progress


def test_how_far_is_told_in_both_languages() -> None:
    """A share and the time left; only the share where the pace is not known; nothing of work that tells nothing."""
    progress = Progress()
    assert how_far(None, "en") == how_far(progress, "en") == ""
    progress.tell(0, 60, 0.0)
    assert how_far(progress, "en") == ""
    progress.tell(24, 60, 240.0)
    assert how_far(progress, "en") == " (40 %, about 6 min left)"
    assert how_far(progress, "fr") == " (40\u202f%, encore 6 min environ)"
    progress.tell(2, 60, 250.0)
    assert how_far(progress, "en") == " (3 %)"
