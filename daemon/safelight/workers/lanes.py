"""Lanes: a few threads, each owning one child process, behind `submit(job) -> Future`.

A child that dies or overruns its time costs its one job, which fails with WorkerLost (worth a retry); the lane starts a
new child for the next. Children start when the first job comes, so an idle watch holds none.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from safelight.model.errors import SafelightError, WorkerLost, by_code

LIMIT = 900.0
"""Seconds a job may take before its child is ended; painting at print size on a slow laptop stays well below."""


@dataclass(frozen=True)
class Answer:
    """What a child answered: the product (outputs as digests) and its seconds."""

    product: dict[str, Any]
    seconds: float


class Lanes:
    """`count` children, each allowed `threads` threads; `log` receives what they print."""

    def __init__(self, store: Path, count: int, threads: int, log: Path | None = None) -> None:
        self.count = count
        self._store, self._threads, self._log = store, threads, log
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="lane")
        self._mine = threading.local()
        self._children: list[_Child] = []
        self._guard = threading.Lock()

    def submit(self, job: Mapping[str, Any]) -> Future[Answer]:
        """Do the job when a lane is free. The future raises the SafelightError that the child told."""
        return self._pool.submit(self._run, job)

    def close(self) -> None:
        """End all children; running jobs are lost, which only costs their time."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._guard:
            for child in self._children:
                child.end()
        self._pool.shutdown(wait=True)

    def _run(self, job: Mapping[str, Any]) -> Answer:
        child: _Child | None = getattr(self._mine, "child", None)
        if child is None or not child.alive():
            child = _Child(self._store, self._threads, self._log)
            self._mine.child = child
            with self._guard:
                self._children.append(child)
        reply = child.ask(job, LIMIT)
        if "fault" in reply:
            raise _told(reply)
        return Answer(reply["done"], float(reply["seconds"]))


def _told(reply: dict[str, Any]) -> SafelightError:
    return by_code(reply["fault"])(**reply["values"])


class _Child:
    """One child process and its pipes."""

    def __init__(self, store: Path, threads: int, log: Path | None) -> None:
        environment = dict(os.environ)
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
            environment[name] = str(threads)
        package_root = str(Path(__file__).resolve().parents[2])
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (package_root, environment.get("PYTHONPATH", ""))))
        sink: IO[bytes] | int = subprocess.DEVNULL
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            sink = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "safelight.workers.child", str(store), str(threads), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            env=environment,
            text=True,
            encoding="utf-8",
        )
        if not isinstance(sink, int):
            sink.close()

    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, job: Mapping[str, Any], limit: float) -> dict[str, Any]:
        """Send a job and wait for its answer; raises WorkerLost when the child dies or the time is over."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = threading.Timer(limit, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            line = ""
        finally:
            timer.cancel()
        if not line:
            self._process.kill()
            code = self._process.wait()
            raise WorkerLost(reason=f"the worker ended with {code}")
        try:
            reply: dict[str, Any] = json.loads(line)
        except ValueError:
            self._process.kill()
            raise WorkerLost(reason="the worker was cut off while answering") from None
        return reply

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
