"""What composing a book gathers on its way: pages, pictures to bake, places, and captions too long for their page.

Every design places its pictures through `picture`, so that each file is named by all that shapes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from safelight.book import metrics, proofs, text
from safelight.book.choose import Placed
from safelight.book.context import PLAIN, BookInput, Caption, Crop, Image, Job, Page, Rect, Treatment, Warned
from safelight.book.paper import PAPERS, Paper
from safelight.model.digests import PhotoId


@dataclass
class Composed:
    """The pages in order, what to bake, and on which page each picture stands."""

    paper: Paper = PAPERS["a4 landscape"]
    pages: list[Page] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    places: dict[PhotoId, int] = field(default_factory=dict)
    warnings: list[Warned] = field(default_factory=list)
    long_captions: list[str] = field(default_factory=list)

    def side(self, number: int) -> dict[str, Any]:
        """The fields every page has by its number."""
        side = "recto" if number % 2 else "verso"
        return {"number": number, "label": str(number), "side": side, "x0": self.paper.x0(side)}

    def picture(
        self, item: Placed, rect: Rect, crop: Crop, treatment: Treatment = PLAIN, *, alt: str = "", body: bool = True
    ) -> Image:
        """Put this part of the picture in that place; its file is baked later."""
        job = proofs.picture_job(
            item.picture.picture, crop, rect.w, rect.h, item.picture.photo, body=body, treatment=treatment
        )
        self.jobs.append(job)
        return Image(job.src, rect, alt)

    def under(self, caption: Caption, rect: Rect, at: int, face: metrics.Face, points: float) -> Caption:
        """The caption in this box, at most three lines; what does not fit stands whole in the full captions."""
        other = f"{caption.time}  {caption.who}"
        room = 3 * rect.w - metrics.width(other, points) - rect.w * 0.25
        if metrics.width(caption.words, points, face) <= room:
            return Caption(rect, caption.label, caption.time, caption.words, caption.who)
        self.long_captions.append(f"p. {at}, {caption.time}. {caption.words}")
        told = metrics.cut(caption.words, room, points, 1, face)
        return Caption(rect, caption.label, caption.time, told, caption.who)


def key_of(book: BookInput, items: list[Placed], measure: float, face: metrics.Face, points: float) -> tuple[str, str]:
    """Words and people of one caption for many pictures, from left to right and top to bottom."""
    told: list[str] = []
    people: list[str] = []
    for item in items:
        caption = text.caption(book, item)
        told.append(", ".join(part for part in (caption.time, caption.words.rstrip(".")) if part))
        if caption.who not in people:
            people.append(caption.who)
    separator = "\u202f; " if book.language == "fr" else "; "
    return f"{metrics.cut(separator.join(told), measure, points, 1, face)}.", ", ".join(people)
