"""A lane's child process: reads jobs as JSON lines, does them, keeps the results in the store, answers with digests.

Started as `python -m safelight.workers.child STORE THREADS PARENT`. Standard output carries answers only (libraries
that print are sent to standard error, which is the lane's log). The first line says that it is there; work that takes long
tells how far it has come in lines of its own before the answer.
Ends when its input ends, and on Linux at once when its
parent dies. A foreseen fault is answered as code and values, an unforeseen one as `stage` with its type; the traceback
goes to the log.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from safelight.model.digests import ObjectId
from safelight.model.errors import SafelightError, StageError
from safelight.stages import progress
from safelight.store import Store

_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
)
"""Where each library reads how many threads it may take; one left out makes lanes take each other's cores."""


def main(arguments: list[str]) -> None:
    """Serve jobs until the input ends."""
    store, threads = Store(Path(arguments[0])), arguments[1]
    for name in _THREADS:
        os.environ[name] = threads
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent(int(arguments[2]))
    _first_to_go()
    _event_models(store.root)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    answers.write('{"ready": true}\n')
    answers.flush()

    def say(told: dict[str, Any]) -> None:
        answers.write(json.dumps(told) + "\n")
        answers.flush()

    with progress.listening(lambda done, total: say({"progress": [done, total]})):
        for line in sys.stdin:
            say(answer(store, json.loads(line)))


def answer(store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """One job's answer: `done` with digests and facts, or `fault` with a code."""
    started = time.monotonic()
    try:
        result = _OTHERS.get(request["stage"], _stage)(store, request)
    except SafelightError as fault:
        return {"fault": fault.code, "values": fault.values, "retry": fault.retry}
    except MemoryError:
        return {"fault": "worker_lost", "values": {"reason": "out of memory"}, "retry": True}
    except OSError as fault:
        traceback.print_exc()
        if fault.errno is None:  # a decoder's complaint, not the system's
            return _unforeseen(request, fault)
        return {"fault": "share_away", "values": {"reason": fault.strerror or str(fault)}, "retry": True}
    except Exception as fault:  # noqa: BLE001 - a stage that breaks holds its photo, never the lane
        traceback.print_exc()
        return _unforeseen(request, fault)
    return {"done": result, "seconds": round(time.monotonic() - started, 3)}


def _unforeseen(request: dict[str, Any], fault: Exception) -> dict[str, Any]:
    told = StageError(stage=request["stage"], reason=f"{type(fault).__name__}: {fault}")
    return {"fault": told.code, "values": told.values, "retry": False}


def _stage(store: Store, request: dict[str, Any]) -> dict[str, Any]:
    from safelight.stages.perform import Job, perform

    target = _target(store, request)
    job = Job(**request)
    product = perform(job, lambda name: (target if target.has(ObjectId(name)) else store).get(ObjectId(name)))
    outputs = {role: target.put(data) for role, data in product.outputs.items()}
    return {**vars(product), "outputs": outputs, "tried": list(product.tried)}


def _target(store: Store, request: dict[str, Any]) -> Store:
    """Where results go: a rehearsal's to a store of its own that is thrown away, for only what is recorded belongs here."""
    scratch = request.pop("scratch", "")
    if not scratch:
        return store
    Path(scratch).mkdir(parents=True, exist_ok=True)
    return Store(Path(scratch))


def _labelled(store: Store, request: dict[str, Any]) -> dict[str, Any]:
    from safelight.workers.labelled import make

    return make(_target(store, request), request["params"])


def _book(store: Store, request: dict[str, Any]) -> dict[str, Any]:
    from safelight.workers.book import make

    return make(store, request["params"])


_OTHERS = {"book": _book, "labelled": _labelled}
"""Work that is no stage's."""


def _event_models(store: Path) -> None:
    """An event's own `models/` folder is looked into first."""
    from safelight.stages.models import places

    if store.parts[-3:] == ("library", ".safelight", "store"):
        places.look_also_in(store.parents[2] / places.EVENT)


def _first_to_go() -> None:
    """When the machine runs out of memory, a child is to be killed and not the owner."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def _die_with_parent(parent: int) -> None:
    """A killed owner must not leave children painting on: ask Linux for a signal, then check that we were in time."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
