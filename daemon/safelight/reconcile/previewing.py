"""One preview being made: small copies, a rehearsal of each photo in the lanes, and the sheet that shows them.

`Making.advance` is called again and again and never waits; at most as many jobs as there are lanes are under way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safelight.model.digests import ObjectId, PhotoId
from safelight.model.errors import SafelightError
from safelight.model.recipe import Recipe
from safelight.plan.steps import PhotoPlan
from safelight.reconcile.impact import Impact
from safelight.reconcile.planning import rules_digest
from safelight.reconcile.rehearsal import Rehearsal
from safelight.reconcile.rulewords import say
from safelight.reconcile.work import Work
from safelight.store import Store
from safelight.workers.lanes import Answer

PHOTOS = 6
SORTED = 12
SMALL = 960
"""Pixels of the longest side on which the stages work for a preview: six photos take seconds."""


@dataclass
class _Row:
    """One photo of a preview: its small copy, then its rehearsal, then the plan it ended with."""

    photo: PhotoId
    small: Future[Answer] | None = None
    rehearsal: Rehearsal | None = None
    plan: PhotoPlan | None = None
    failed: bool = False

    @property
    def done(self) -> bool:
        return self.failed or self.plan is not None


class Making:
    """The preview of one part's change."""

    def __init__(self, work: Work, impact: Impact, recipe: Recipe, scratch: Path, title: str, line: str) -> None:
        self.work, self.impact, self.recipe, self.scratch = work, impact, recipe, scratch
        self._title, self._line = title, line
        self._rows = [_Row(photo) for photo in chosen(impact)]
        self._sheet: Future[Answer] | None = None

    def advance(self) -> tuple[bool, bytes | None]:
        """(finished, the JPEG when there is one)."""
        if self.impact.part != "sort" and not self._rows_done():
            return False, None
        if self._sheet is None:
            self._sheet = self.work.rehearse(self._job(), self.scratch)
        if not self._sheet.done():
            return False, None
        try:
            name = self._sheet.result().product["outputs"]["image"]
            return True, Store(self.scratch).get(ObjectId(name))
        except (SafelightError, OSError):
            return True, None

    def _rows_done(self) -> bool:
        under_way = 0
        for row in self._rows:
            if not row.done and under_way < max(1, self.work.lanes.count):
                self._advance(row)
                under_way += not row.done
        return all(row.done for row in self._rows)

    def _advance(self, row: _Row) -> None:
        if row.small is None:
            job = {
                "stage": "export",
                "inputs": {"image": self.work.owner.state.photos[row.photo].base},
                "params": {"suffix": ".png", "size": SMALL},
            }
            row.small = self.work.rehearse(job, self.scratch)
        if not row.small.done():
            return
        if row.rehearsal is None:
            try:
                small = PhotoId(row.small.result().product["outputs"]["image"])
            except SafelightError:
                row.failed = True
                return
            row.rehearsal = self._rehearsal(row.photo, small)
        row.plan = row.rehearsal.advance(self.work.rehearse)

    def _rehearsal(self, photo: PhotoId, small: PhotoId) -> Rehearsal:
        """The small copy in the photo's place: sorted as the photo was, decided as people decided."""
        owner = self.work.owner
        state = owner.state.photos[photo]
        rehearsal = Rehearsal(
            small,
            owner.of(photo),
            self.work.planner.setting(self.recipe),
            self.scratch,
            owner.state.choices,
            {stage: state.latest[stage].step for stage in ("look", "classify")},
            frozenset({"stylize"}) if self.impact.part == "retouch" else frozenset(),
        )
        if state.decision is not None:
            rehearsal.fold(replace(state.decision, photo=small, request=""))
        return rehearsal

    # --- the sheet ---

    def _job(self) -> dict[str, Any]:
        language, part = self.work.language, self.impact.part
        inputs: dict[str, str] = {}
        rows = list(self._sorted(inputs) if part == "sort" else self._worked(inputs))
        columns = [""] if part == "sort" else [
            say(word, language) for word in ("before", "style" if part == "style" else "mask", "after")
        ]  # fmt: skip
        params = {
            "title": self._title,
            "lines": [self._line],
            "columns": columns,
            "rows": rows,
            "across": 4 if part == "sort" else 1 + (len(rows) > 3),
            "comment": f"Safelight preview {part} {rules_digest(self.recipe, part)[:16]}",
        }
        return {"stage": "sheet", "inputs": inputs, "params": params}

    def _sorted(self, inputs: dict[str, str]) -> Iterator[dict[str, Any]]:
        owner = self.work.owner
        for number, row in enumerate(self._rows):
            before, _, after = self.impact.kinds[row.photo].partition(">")
            thumb = owner.state.photos[row.photo].thumb
            cell: dict[str, Any] = {"text": owner.of(row.photo).name}
            if thumb:
                inputs[f"thumb{number}"], cell = thumb, {"image": f"thumb{number}"}
            yield {"cells": [cell], "caption": [owner.of(row.photo).name, f"{before} → {after}"]}

    def _worked(self, inputs: dict[str, str]) -> Iterator[dict[str, Any]]:
        for number, row in enumerate(self._rows):
            caption = [self._name(row), ""]
            cells: list[Mapping[str, Any]] = [{"text": say("failed", self.work.language)}] * 3
            if row.plan is not None and row.rehearsal is not None:
                inputs[f"before{number}"] = row.rehearsal.photo
                cells = [
                    {"image": f"before{number}"},
                    self._middle(number, row, inputs),
                    self._after(number, row, inputs),
                ]
            yield {"cells": cells, "caption": caption}

    def _middle(self, number: int, row: _Row, inputs: dict[str, str]) -> dict[str, Any]:
        assert row.rehearsal is not None
        if self.impact.part == "style":
            style = row.rehearsal.state.latest.get("stylize")
            if style is None:
                return {"text": "–"}
            inputs[f"style{number}"] = style.step.inputs["style"]
            return {"image": f"style{number}"}
        roles = []
        for index, done in enumerate(row.rehearsal.masks()):
            roles.append(f"mask{number}-{index}")
            inputs[roles[-1]] = done.step.outputs["mask"]
        if not roles:
            return {"text": say("nothing_masked", self.work.language)}
        return {"image": f"before{number}", "masks": roles}

    def _after(self, number: int, row: _Row, inputs: dict[str, str]) -> dict[str, Any]:
        assert row.plan is not None
        language = self.work.language
        if row.plan.need is not None:
            return {"text": row.plan.need.say(language)[0]}
        if row.plan.standing == "excluded":
            return {"text": say("left_out", language)}
        made = row.plan.retouched if self.impact.part == "retouch" else row.plan.print
        if made is None:
            return {"text": say("left_alone", language)}
        inputs[f"after{number}"] = made
        return {"image": f"after{number}"}

    def _name(self, row: _Row) -> str:
        """`IMG_0001.JPG  ·  Advertising becomes plain wall`: the photo and the rules that fit it."""
        notes = row.plan.notes if row.plan is not None else ()
        rules = [note.rule for note in notes if note.applied and note.part == self.impact.part]
        return "  ·  ".join([self.work.owner.of(row.photo).name, *rules])


def chosen(impact: Impact) -> tuple[PhotoId, ...]:
    """The newest photos touched; those that the new rules still treat come before those they no longer do."""
    if impact.part == "sort":
        return impact.photos[:SORTED]
    still = [photo for photo in impact.photos if impact.kinds[photo] != "gone"]
    return tuple([*still, *(photo for photo in impact.photos if impact.kinds[photo] == "gone")][:PHOTOS])
