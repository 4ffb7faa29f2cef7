"""Rules live: read again when they changed, told beside the file when wrong, the last good version in force meanwhile."""

from __future__ import annotations

from safelight.model.digests import ObjectId
from safelight.model.errors import SafelightError
from safelight.reconcile import rules
from safelight.reconcile.work import Work


class RuleWatch:
    """The rules folder of the event being worked on. `problems` is the text told last, empty when all is right."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.problems = ""
        self._mark = ""
        self._pending = ""
        self._style_ok: dict[str, bool] = {}

    def look(self) -> None:
        """Read the rules when they changed and, once running, stood still for a scan (half-saved files)."""
        work = self.work
        mark = rules.fingerprint(work.event)
        if mark == self._mark and work.recipe is not None:
            return
        if work.recipe is not None and mark != self._pending:
            self._pending = mark
            return
        owner = work.owner
        pool, bad = rules.styles(work.event, work.event.store.put, self._is_picture)
        forced = rules.in_force(owner, pool, rules.read_files(work.event), rules.seen_in(owner))
        rules.accept(owner, forced, owner.append)
        work.at("rules accepted")
        counts = {name: len(found) for name, found in forced.compiled.problems.items()}
        rules.tell_problems(work.event, forced.texts, counts, forced.recipe.event.language)
        work.recipe, self._mark, self._pending = forced.recipe, mark, mark
        self.problems = "\n\n".join(forced.texts.values())
        for name in bad:
            work.tell(f"rules/styles/{name}: not a picture, left out")
        if self.problems:
            work.tell(self.problems)
        work.dirty = True

    def _is_picture(self, name: ObjectId) -> bool:
        if name not in self._style_ok:
            job = {"stage": "probe", "inputs": {"image": name}, "params": {}}
            try:
                self.work.wait_for(job)
                self._style_ok[name] = True
            except SafelightError:
                self._style_ok[name] = False
        return self._style_ok[name]
