"""One picture taken through everything by given rules, in memory: no record, no object in the event's store.

The same planner, the same jobs and the same stages as for real photos; facts are folded into a state of its own and
results lie in a scratch store that is thrown away. Previews and `try/` are made of it. Nothing here waits: `advance` is
called again and again until it returns the last plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from safelight.model.digests import ObjectId, PhotoId, RecordHash
from safelight.model.errors import DiskFull, SafelightError
from safelight.model.records import Chose, Detail, Dropped, Fact, Record, StepDone
from safelight.plan.planner import Setting, plan_photo
from safelight.plan.steps import PhotoPlan, Step
from safelight.projection.state import Done, PhotoState, State
from safelight.reconcile import execute
from safelight.workers.lanes import Answer

Submit = Callable[[Mapping[str, Any], Path], Future[Answer]]
"""Gives a job to a lane; its result goes to the scratch store named. `Work.rehearse` is one."""


@dataclass
class Rehearsal:
    """One picture on its way. `known` answers stages that need no work (a photo's own look and verdict); `stop` names
    stages that are not wanted any more.
    """

    photo: PhotoId
    detail: Detail
    setting: Setting
    scratch: Path
    choices: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, StepDone] = field(default_factory=dict)
    stop: frozenset[str] = frozenset()
    fault: SafelightError | None = None
    _state: State = field(default_factory=State)
    _step: Step | None = None
    _future: Future[Answer] | None = None

    def __post_init__(self) -> None:
        self._state.choices = dict(self.choices)
        self.fold(Dropped(self.photo, ObjectId(""), 0, 0, 0, ""))

    @property
    def state(self) -> PhotoState:
        """All that came of it so far."""
        return self._state.photos[self.photo]

    @property
    def busy(self) -> bool:
        """Whether a job of it is under way or has just ended."""
        return self._future is not None

    def fold(self, fact: Fact) -> None:
        """A fact as if it stood in the ledger."""
        self._state.apply(Record(self._state.sequence + 1, 0, "", fact, "", RecordHash("")))

    def advance(self, submit: Submit) -> PhotoPlan | None:
        """One look: collect what is done, give the next step away. The plan once nothing more can be done, else None.

        A full disk ends it: `fault` says so, and another try later may work.
        """
        if self._future is not None and not self._collected():
            return None
        while self.fault is None:
            plan = plan_photo(self.state, self.detail, self.setting)
            step = plan.step
            if step is None or step.stage in self.stop:
                return plan
            known = self.known.get(step.stage)
            if known is not None:
                self.fold(replace(known, photo=self.photo, key=step.key, inputs=step.inputs, params=step.params))
                continue
            self._step = step
            self._future = submit(execute.job_for(step, self._state, self.setting.recipe.event.device), self.scratch)
            if not self._future.done() or not self._collected():
                return None
        return plan_photo(self.state, self.detail, self.setting)

    def masks(self) -> Iterator[Done]:
        """Mask steps that found something, in order."""
        for done in sorted(self.state.steps.values(), key=lambda done: done.sequence):
            if done.step.stage == "mask" and float(done.step.facts.get("area", 0.0)) > 0:
                yield done

    def _collected(self) -> bool:
        assert self._future is not None
        assert self._step is not None
        if not self._future.done():
            return False
        future, self._future = self._future, None
        try:
            answer = future.result()
        except DiskFull as fault:
            self.fault = fault
        except SafelightError as fault:
            self.fold(execute.failed(self._step, fault))
        else:
            for kind, backend in execute.choices(self._step, answer, self._state).items():
                self.fold(Chose(kind, backend))
            self.fold(execute.done(self._step, answer))
        return True
