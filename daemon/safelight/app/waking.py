"""File events of watchdog: they only wake the loop early, or name a view to ask at once.

The scan is the truth. Where events cannot be had (a share, too many folders for the system) everything still happens,
at the scan's pace: an arrival within seconds, an edit in place within a minute.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from safelight.reconcile.event import Event
from safelight.reconcile.publish import FOLDERS

TELLING = {"created", "moved", "closed", "modified", "deleted"}


class Waking:
    """`wake` is set when something moved in the inbox or the rules; `written` hands out views that were written to."""

    def __init__(self, library: Path) -> None:
        self.wake = threading.Event()
        self._library = library
        self._written: set[str] = set()
        self._guard = threading.Lock()

    def written(self) -> set[str]:
        """Paths relative to the library that were written to since this was asked last."""
        with self._guard:
            written, self._written = self._written, set()
        return written

    def arrived(self, told: FileSystemEvent) -> None:
        """Something moved in the inbox or the rules."""
        if told.event_type in TELLING:
            self.wake.set()

    def touched(self, told: FileSystemEvent) -> None:
        """A file of the view folders was written to; our own writing is told too, and asking it once costs one stat."""
        if told.event_type in {"modified", "closed"} and not told.is_directory:
            path = Path(str(told.src_path))
            with self._guard:
                self._written.add(path.relative_to(self._library).as_posix())


class _Handler(FileSystemEventHandler):
    def __init__(self, waking: Waking, *, views: bool) -> None:
        self._tell = waking.touched if views else waking.arrived

    def on_any_event(self, event: FileSystemEvent) -> None:
        self._tell(event)


@contextmanager
def waking(event: Event) -> Iterator[Waking]:
    """Watch the folders of an event for as long as the block runs."""
    told = Waking(event.library)
    observer = Observer()
    try:
        observer.schedule(_Handler(told, views=False), str(event.inbox), recursive=True)
        observer.schedule(_Handler(told, views=False), str(event.rules), recursive=False)
        for folder in FOLDERS:
            observer.schedule(_Handler(told, views=True), str(event.library / folder), recursive=True)
        observer.start()
    except OSError:
        yield told
        return
    try:
        yield told
    finally:
        observer.stop()
        observer.join()
