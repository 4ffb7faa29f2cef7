"""Lanes: a few threads, each owning one child process, behind `submit(job) -> Future`.

A child that dies, overruns its time or memory, or answers what is no answer costs its one job, which fails with WorkerLost
(worth a retry); the lane starts a new child for the next. A child that cannot even start (a broken installation) is told
as WorkersBroken and tried again after growing pauses, so that nothing spins and no photo is blamed. Children start when
the first job comes, so an idle watch holds none.

A job that tells how far it has come is given its time anew: painting by diffusion takes a processor hours, and a job that
hangs tells nothing. `progress_of` a future says what was told.

Memory is watched from outside and not limited by the system: networks reserve far more address space than they use.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from weakref import WeakKeyDictionary

from safelight.model.errors import SafelightError, WorkerLost, WorkersBroken, by_code

LIMIT = 900.0
"""Seconds a job may take before its child is ended; painting at print size on a slow laptop stays well below."""
START = 120.0
"""Seconds a child may take to say that it is there."""
PAUSES = (0.0, 1.0, 5.0, 30.0, 60.0)
"""Seconds before another child is started, by how many could not start in a row."""
LIFE = 12 * 3600.0
"""Seconds after which even a job that tells progress is ended."""
LONGEST = 64 << 20
"""Characters of the longest answer."""


@dataclass(frozen=True)
class Answer:
    """What a child answered: the product (outputs as digests) and its seconds."""

    product: dict[str, Any]
    seconds: float


@dataclass(frozen=True)
class Bounds:
    """What one job may take: seconds, and bytes of memory (0: three quarters of the machine's).

    A job that tells progress may take `seconds` from each telling on, `life` in all.
    """

    seconds: float = LIMIT
    life: float = LIFE
    start: float = START
    memory: int = 0


@dataclass
class Progress:
    """How far a running job has come: `done` of `total` equal steps; seconds since the first one that was told, 0 then."""

    done: int = 0
    total: int = 0
    seconds: float = 0.0
    _since: tuple[float, int] = (0.0, 0)

    def tell(self, done: int, total: int, now: float) -> None:
        """What the child said at `now`."""
        if not self.total or done < self.done or done <= self._since[1]:  # waiting for its turn, or begun anew
            self._since = now, done
        self.done, self.total, self.seconds = done, total, now - self._since[0]

    @property
    def left(self) -> float:
        """Seconds until it is done at the pace so far; 0 where that cannot be told yet."""
        steps = self.done - self._since[1]
        return self.seconds / steps * (self.total - self.done) if steps > 0 else 0.0


_told_by: WeakKeyDictionary[Future[Answer], Progress] = WeakKeyDictionary()


def progress_of(job: Future[Answer]) -> Progress | None:
    """What a running job told of itself, or None for one that tells nothing."""
    progress = _told_by.get(job)
    return progress if progress is not None and progress.total else None


class Lanes:
    """`count` children, each allowed `threads` threads; `log` receives what they print. `command` starts a child."""

    def __init__(
        self,
        store: Path,
        count: int,
        threads: int,
        log: Path | None = None,
        bounds: Bounds | None = None,
        command: tuple[str, ...] = (sys.executable, "-m", "safelight.workers.child"),
    ) -> None:
        self.count = count
        self._store, self._threads, self._log = store, threads, log
        self._bounds, self._command = bounds or Bounds(), command
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="lane")
        self._mine = threading.local()
        self._children: list[_Child] = []
        self._guard = threading.Lock()
        self._closing = threading.Event()

    def submit(self, job: Mapping[str, Any]) -> Future[Answer]:
        """Do the job when a lane is free. The future raises the SafelightError that the child told."""
        progress = Progress()
        future = self._pool.submit(self._run, job, progress)
        _told_by[future] = progress
        return future

    def close(self) -> None:
        """End all children; running jobs are lost, which only costs their time."""
        self._closing.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._guard:
            for child in self._children:
                child.end()
        self._pool.shutdown(wait=True)

    def _run(self, job: Mapping[str, Any], progress: Progress) -> Answer:
        child: _Child | None = getattr(self._mine, "child", None)
        if child is None or not child.alive():
            child = self._start()
        try:
            reply = child.ask(job, self._bounds, progress)
        except WorkerLost:
            self._end(child)
            raise
        if "fault" in reply:
            raise _told(reply)
        return Answer(reply["done"], float(reply["seconds"]))

    def _start(self) -> _Child:
        """A new child for this lane; after failures only when a pause is over. Raises WorkersBroken."""
        failed: int = getattr(self._mine, "failed", 0)
        if self._closing.wait(PAUSES[min(failed, len(PAUSES) - 1)]):
            raise WorkersBroken(reason="closing")
        try:
            child = _Child(self._store, self._threads, self._log, self._command)
        except OSError as fault:
            self._mine.failed = failed + 1
            raise WorkersBroken(reason=fault.strerror or str(fault)) from None
        with self._guard:
            self._children.append(child)
        if self._closing.is_set():
            child.end()
        try:
            child.greet(self._bounds)
        except WorkerLost as fault:
            self._end(child)
            self._mine.failed = failed + 1
            raise WorkersBroken(reason=fault.values.get("reason", "?")) from None
        self._mine.failed, self._mine.child = 0, child
        return child

    def _end(self, child: _Child) -> None:
        child.end()
        self._mine.child = None
        with self._guard, contextlib.suppress(ValueError):
            self._children.remove(child)


def _told(reply: dict[str, Any]) -> SafelightError:
    return by_code(reply["fault"])(**reply["values"])


def _is_answer(reply: object) -> bool:
    """Whether this is what a child of ours answers, whatever else may have been printed into the pipe."""
    if not isinstance(reply, dict):
        return False
    if isinstance(reply.get("fault"), str):
        values = reply.get("values")
        return isinstance(values, dict) and all(isinstance(key, str) for key in values)
    return isinstance(reply.get("done"), dict) and isinstance(reply.get("seconds"), int | float)


def _steps(line: str) -> tuple[int, int] | None:
    """(done, total) of a line in which a child tells how far it has come; None for any other."""
    if not line.startswith('{"progress"'):
        return None
    try:
        done, total = json.loads(line)["progress"]
        return (int(done), int(total)) if 0 <= int(done) <= int(total) else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _three_quarters() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4
    except (ValueError, OSError, AttributeError):
        return 0


class _Child:
    """One child process and its pipes."""

    def __init__(self, store: Path, threads: int, log: Path | None, command: tuple[str, ...]) -> None:
        environment = dict(os.environ)
        package_root = str(Path(__file__).resolve().parents[2])
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (package_root, environment.get("PYTHONPATH", ""))))
        with _sink(log) as sink:
            self._process = subprocess.Popen(
                [*command, str(store), str(threads), str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                env=environment,
                text=True,
                encoding="utf-8",
                errors="replace",
            )

    def alive(self) -> bool:
        return self._process.poll() is None

    def greet(self, bounds: Bounds) -> None:
        """Wait for the child's first word; raises WorkerLost when it dies or says something else."""
        with _Watched(self._process, bounds.start, 0) as watched:
            line = self._line()
        if '"ready"' not in line:
            raise WorkerLost(reason=watched.why or self._how_it_ended())

    def ask(self, job: Mapping[str, Any], bounds: Bounds, progress: Progress) -> dict[str, Any]:
        """Send a job and wait for its answer; raises WorkerLost when the child dies or takes too much."""
        assert self._process.stdin is not None
        line = ""
        memory = bounds.memory or _three_quarters()
        with _Watched(self._process, bounds.seconds, memory, bounds.life) as watched:
            try:
                self._process.stdin.write(json.dumps(job) + "\n")
                self._process.stdin.flush()
                line = self._line()
                while (told := _steps(line)) is not None:
                    progress.tell(*told, time.monotonic())
                    watched.alive()
                    line = self._line()
            except OSError:
                line = ""
        if not line:
            raise WorkerLost(reason=watched.why or self._how_it_ended())
        try:
            reply = json.loads(line)
        except (ValueError, RecursionError):
            raise WorkerLost(reason="the worker was cut off while answering") from None
        if not _is_answer(reply):
            raise WorkerLost(reason="the worker answered something else")
        return dict(reply)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()

    def _line(self) -> str:
        assert self._process.stdout is not None
        try:
            return self._process.stdout.readline(LONGEST)
        except (OSError, ValueError):  # closed under us: the lanes are being shut down
            return ""

    def _how_it_ended(self) -> str:
        self._process.kill()
        return f"the worker ended with {self._process.wait()}"


@contextlib.contextmanager
def _sink(log: Path | None) -> Iterator[IO[bytes] | int]:
    """Where a child's words go: the log, or nowhere when it cannot be written. No folder but the log's own is made."""
    try:
        if log is None:
            raise FileNotFoundError
        log.parent.mkdir(exist_ok=True)
        file = log.open("ab")
    except OSError:
        yield subprocess.DEVNULL
        return
    with file:
        yield file


class _Watched:
    """While the block runs, the child is killed when its time is over or it holds too much memory; `why` tells."""

    def __init__(self, process: subprocess.Popen[str], seconds: float, memory: int, life: float = LIFE) -> None:
        self._process, self._seconds, self._memory = process, seconds, memory
        self._last = time.monotonic() + max(life, seconds)
        self.alive()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.why = ""

    def alive(self) -> None:
        """The job told something: its time begins anew, up to its life's end."""
        self._end = min(time.monotonic() + self._seconds, self._last)

    def __enter__(self) -> _Watched:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(max(0.0, min(1.0, self._end - time.monotonic()))):
            if time.monotonic() >= self._end:
                self.why = f"it took longer than {self._seconds:.0f} s"
            elif self._memory and _resident(self._process.pid) > self._memory:
                self.why = f"it took more than {self._memory // 1_000_000} MB of memory"
            if self.why:
                self._process.kill()
                return


def _resident(pid: int) -> int:
    """Bytes of memory a process holds; 0 where that cannot be known."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0
