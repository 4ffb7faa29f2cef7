"""A `safelight run` that kills itself with signal 9 when a label of the loop is reached for the n-th time.

    python tests/driver/killed_at.py EVENT LABEL COUNT

Everything is the real command's; only `Work.at` is given. Labels that are reached are noted in EVENT/../labels.txt, one a
line, before anything else happens, so that a test can tell which points no kill has tried. Ends with `run`'s status when
the label never came.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections import Counter
from pathlib import Path

from safelight.app import working
from safelight.app.around import Surroundings
from safelight.reconcile.event import Event
from safelight.reconcile.loop import Report
from safelight.reconcile.work import Work


class Quiet:
    """Nobody listens."""

    def progress(self, report: Report) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """To the test's log."""
        print(text, file=sys.stderr)


def main() -> None:
    """Run, and die at the label."""
    root, wanted, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    seen: Counter[str] = Counter()
    notes = (root.parent / "labels.txt").open("a")

    def at(label: str) -> None:
        seen[label] += 1
        if seen[label] == 1:
            print(label, file=notes, flush=True)
        if label == wanted and seen[label] == count:
            os.killpg(os.getpgid(0), signal.SIGKILL)

    working.Work = functools.partial(Work, at=at)  # type: ignore[misc, assignment]
    working.work(Event(root), Surroundings.of(os.environ, 2), Quiet())


if __name__ == "__main__":
    main()
