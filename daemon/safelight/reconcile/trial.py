"""One picture of `try/` under way: can it be read, what would become of it, and the picture that comes back.

`Trial.advance` is called again and again and never waits. Where a real photo would wait for a person, the likeliest
answer is taken and noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safelight.model.digests import ObjectId, PhotoId
from safelight.model.errors import SafelightError, by_code
from safelight.model.records import Decided, Detail
from safelight.model.signals import Verdict
from safelight.plan.steps import Need, PhotoPlan, proposal
from safelight.reconcile.intake import Seen
from safelight.reconcile.ownfiles import COMMENT
from safelight.reconcile.rehearsal import Rehearsal
from safelight.reconcile.work import Work
from safelight.store import Store
from safelight.workers.lanes import Answer

QUESTIONS = 4
"""Answered for the person at most; more than that and the rules ask for something nobody can say in advance."""


@dataclass
class Trial:
    """`code` says why the file cannot be a picture; `asked` are the questions that were answered for the person; `first`
    is the plan before the first of them, `plan` the last one. `fault` is what stopped it.
    """

    name: str
    object: ObjectId
    seen: Seen
    code: str
    format: str
    work: Work
    scratch: Path
    rehearsal: Rehearsal | None = None
    first: PhotoPlan | None = None
    plan: PhotoPlan | None = None
    asked: list[Need] = field(default_factory=list)
    fault: SafelightError | None = None
    _probe: Future[Answer] | None = None
    _export: Future[Answer] | None = None

    def advance(self, *, may_begin: bool) -> bool:
        """One look; True when everything about the picture is known. New jobs begin only when they may."""
        if self.code:
            return True
        if self._probe is None:
            if may_begin:
                job = {"stage": "probe", "inputs": {"image": self.object}, "params": {}}
                self._probe = self.work.rehearse(job, self.scratch)
            return False
        if self.rehearsal is None:
            if not self._probe.done():
                return False
            try:
                self.rehearsal = self._rehearsal(self._probe.result().product["facts"])
            except SafelightError as fault:
                self.fault = fault
                return True
        if self.plan is None:
            if not may_begin and not self.rehearsal.busy:
                return False
            self.plan = plan = self._rehearsed(self.rehearsal)
            return self.fault is not None or (plan is not None and plan.print is None)
        if self._export is None:
            job = {"stage": "export", "inputs": {"image": str(self.plan.print)}, "params": {"suffix": ".jpg"}}
            self._export = self.work.rehearse(job, self.scratch)
        return self._export.done()

    def picture(self) -> bytes:
        """The JPEG that comes back; empty where there is none. Raises what stopped it where another try may help."""
        if self.fault is not None and self.fault.retry:
            raise self.fault
        if self._export is None:
            return b""
        name = ObjectId(self._export.result().product["outputs"]["image"])
        return with_comment(Store(self.scratch).get(name))

    def _rehearsal(self, facts: Mapping[str, Any]) -> Rehearsal:
        assert self.work.recipe is not None
        folder, _, name = self.name.rpartition("/")
        taken = facts.get("taken")
        detail = Detail(
            name=name, photographer=folder.partition("/")[0], taken=str(taken) if taken else None,
            camera=str(facts.get("camera", "")),
        )  # fmt: skip
        setting = self.work.planner.setting(self.work.recipe)
        return Rehearsal(PhotoId(self.object), detail, setting, self.scratch, self.work.owner.state.choices)

    def _rehearsed(self, rehearsal: Rehearsal) -> PhotoPlan | None:
        """The last plan, once there is one. A question that can be answered for the person is, and it goes on."""
        plan = rehearsal.advance(self.work.rehearse)
        if rehearsal.fault is not None:
            self.fault = rehearsal.fault
            return None
        if plan is None:
            return None
        if plan.need is not None and by_code(plan.need.code).retry:
            self.fault = by_code(plan.need.code)(**plan.need.values)  # a child lost, a share away: no answer, but later
            return None
        self.first = self.first or plan
        answer = _answer(plan, rehearsal) if plan.need is not None and len(self.asked) < QUESTIONS else None
        if answer is None or plan.need is None:
            return plan
        self.asked.append(plan.need)
        rehearsal.fold(Decided(rehearsal.photo, answer, "folder"))
        return None


def _answer(plan: PhotoPlan, rehearsal: Rehearsal) -> str | None:
    """What a person would most likely say to this question; None where only they can."""
    assert plan.need is not None
    if plan.need.code == "ask":
        judged = rehearsal.state.latest.get("classify")
        return Verdict.from_json(judged.step.facts).likeliest if judged else None
    return proposal(plan.need)


def with_comment(jpeg: bytes) -> bytes:
    """The JPEG with the comment that results of ours are known by, after its first segment; pixels stay as they are."""
    at = 4 + int.from_bytes(jpeg[4:6], "big") if jpeg[2:4] == b"\xff\xe0" else 2
    told = COMMENT + b" try"
    return jpeg[:at] + b"\xff\xfe" + (len(told) + 2).to_bytes(2, "big") + told + jpeg[at:]
