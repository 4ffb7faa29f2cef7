"""The appendix: for every printed picture its way from original to page, as a strip and as rows of figures. Pure.

A strip shows original, mask, retouched and painted; a step that did not take place keeps its frame and says so; more
than four steps take a second row and the place of two strips. The record of the steps prints every digest in full.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import segno

from safelight.book import metrics, words
from safelight.book.context import (
    PLAIN,
    BookPicture,
    Crop,
    Job,
    Language,
    ProofFrame,
    ProofStep,
    Rect,
    StepRow,
    Strip,
    Treatment,
)
from safelight.book.paper import Paper
from safelight.model.digests import ObjectId, PhotoId, digest

PITCH, FIRST_Y, A_PAGE = 58.0, 22.5, 3
FRAME_W, FRAME_H, STEP_X = 54.0, 36.0, 58.0
_IPTC = "compositeWithTrainedAlgorithmicMedia"
_CONCEPTS = {
    "advertising": "publicité", "person": "personnes", "face": "visages", "car": "voitures", "sign": "panneaux",
    "text": "texte", "sky": "ciel", "road": "piste",
}  # fmt: skip


@dataclass(frozen=True)
class Slots:
    """Where the frames of a strip stand, in mm from its top left, and what a design calls its last step."""

    w: float = FRAME_W
    h: float = FRAME_H
    step: float = STEP_X
    y: float = 6.0
    ink: bool = False
    """Whether pictures are printed in ink: the last frame then shows that."""


SMALL = Slots(36.0, 24.0, 38.5)
"""For live areas of 178."""


def slots_of(paper: Paper) -> Slots:
    """Where frames stand on this paper, where a design says nothing else."""
    return Slots() if paper.columns == 12 else SMALL


@dataclass(frozen=True)
class Printed:
    """A picture as the appendix names it."""

    number: int
    picture: BookPicture
    title: str
    who: str
    page: int


def strip_id(picture: BookPicture) -> str:
    """Sixteen hex digits that name this way: digest of the photo and of all objects on it."""
    objects = [step.object for step in picture.proof.steps]
    return digest([picture.photo, picture.proof.original.object, objects, picture.picture])[:16]


def qr_path(text: str) -> tuple[str, int]:
    """An SVG path of the QR code (level M) in modules, and its side in modules, quiet zone not included."""
    matrix = segno.make(text.upper(), error="m", micro=False, boost_error=False).matrix
    runs: list[str] = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:
                runs.append(f"M{x} {y}h{run - x}v1h-{run - x}z")
            x = max(run, x + 1)
    return "".join(runs), len(matrix)


def strips(printed: list[Printed], language: Language, slots: Slots = Slots()) -> tuple[list[list[Strip]], list[Job]]:
    """All strips by page, three a page (a strip of two rows counts twice), and the pictures to bake."""
    sheets: list[list[Strip]] = []
    jobs: list[Job] = []
    room = 0
    for item in printed:
        rows = _rows_of(item, language, jobs, slots)
        if not sheets or room < len(rows):
            sheets.append([])
            room = A_PAGE
        for index, frames in enumerate(rows):
            y = FIRST_Y + PITCH * (A_PAGE - room)
            path, size = qr_path(f"SL:{strip_id(item.picture)}")
            sheets[-1].append(
                Strip(
                    y, item.number, item.title if index == 0 else "", _header(item, language) if index == 0 else "",
                    item.page, frames, path if index == 0 else "", size, strip_id(item.picture), index == 0,
                )
            )  # fmt: skip
            room -= 1
    return sheets, jobs


def _header(item: Printed, language: Language) -> str:
    """Hour, photographer and what people decided, in one line."""
    said = [
        f"{words.say('by_' + d.by, language)}{words.FIXED if language == 'fr' else ''}: {words.typeset(d.what, language)}"
        for d in item.picture.proof.decisions
    ]
    return metrics.cut(" · ".join([item.who, *said]), 175 - metrics.width(item.title, 9.4), 9.4, 1)


def _slots(picture: BookPicture) -> list[ProofStep | str]:
    """The steps in frames; a string stands for a step that did not take place."""
    steps = list(picture.proof.steps)
    kinds = [step.kind for step in steps]
    slots: list[ProofStep | str] = [replace(picture.proof.original, kind="original")]
    changes = [step for step in steps if step.kind in ("mask", "retouched")]
    slots += [*changes] if changes else ["no_mask"]
    if "retouched" not in kinds:
        slots.append("no_retouch")
    painted = [step for step in steps if step.kind == "painted"]
    slots += [*painted] if painted else ["no_paint"]
    if "mask" not in kinds and "retouched" in kinds:
        slots.insert(1, "no_mask")
    return slots


_EMPTY_KIND = {"no_mask": "mask", "no_retouch": "retouched", "no_paint": "painted"}


def _rows_of(item: Printed, language: Language, jobs: list[Job], where: Slots) -> list[tuple[ProofFrame, ...]]:
    slots = _slots(item.picture)
    if where.ink:
        slots = ["ink" if slot == "no_paint" else slot for slot in slots]
    rows: list[tuple[ProofFrame, ...]] = []
    for begin in range(0, len(slots), 4):
        frames = [
            _frame(slot, where.step * place, item.picture, language, jobs, where)
            for place, slot in enumerate(slots[begin : begin + 4])
        ]
        rows.append(tuple(frames))
    return rows


def _frame(
    slot: ProofStep | str, x: float, picture: BookPicture, language: Language, jobs: list[Job], where: Slots
) -> ProofFrame:  # fmt: skip
    rect = Rect(x, where.y, where.w, where.h)
    if slot == "ink":
        wide, high = _fitted(picture.width, picture.height, where)
        job = picture_job(picture.picture, Crop(), wide, high, picture.photo, treatment=Treatment("ink"))
        jobs.append(job)
        told = tuple(metrics.lines(metrics.cut(words.say("inked_by", language), where.w, 8.4, 2), where.w, 8.4))
        return ProofFrame(
            rect, job.src, words.say("inked", language), wide, high, "", words.say("inked", language), told, "", ""
        )
    if isinstance(slot, str):
        name = words.say(_EMPTY_KIND[slot], language)
        return ProofFrame(rect, "", "", where.w, where.h, words.say(slot, language), name, (), "", "")
    name = words.say(slot.kind, language)
    text = metrics.cut(_words(slot, language), where.w, 8.4, 2)
    lines = tuple(metrics.lines(text, where.w, 8.4))
    if slot.object is None or slot.withdrawn:
        empty = words.say("withdrawn", language)
        if slot.withdrawn:
            empty = words.say("withdrawn_on", language, day=words.date(slot.withdrawn, language))
        code = words.grouped(slot.object) if slot.object else ""
        return ProofFrame(rect, "", "", where.w, where.h, empty, name, lines, code, "")
    wide, high = _size(slot, picture, where)
    job = _job(slot, picture, wide, high)
    jobs.append(job)
    code = words.grouped(slot.object)
    tech = metrics.cut(_tech(slot, language), where.w - metrics.width(code, 5.8, "lato") - 2.5, 5.8, 1, "lato")
    return ProofFrame(rect, job.src, name, wide, high, "", name, lines, code, tech)


def _size(step: ProofStep, picture: BookPicture, where: Slots) -> tuple[float, float]:
    """Fitted into the frame, never cropped; a mask has its photo's shape."""
    original = picture.proof.original
    pixels_w, pixels_h = step.width or original.width or picture.width, step.height or original.height or picture.height
    return _fitted(pixels_w, pixels_h, where)


def _fitted(pixels_w: int, pixels_h: int, where: Slots) -> tuple[float, float]:
    scale = min(where.w / pixels_w, where.h / pixels_h)
    return round(pixels_w * scale, 2), round(pixels_h * scale, 2)


def _job(step: ProofStep, picture: BookPicture, wide: float, high: float) -> Job:
    base = step.object or ObjectId("")
    mask = None
    if step.kind == "mask":
        mask = base
        base = picture.proof.original.object or picture.picture
    return picture_job(base, Crop(), wide, high, picture.photo, mask=mask)


def picture_job(
    source: ObjectId,
    crop: Crop,
    wide: float,
    high: float,
    photo: PhotoId,
    *,
    mask: ObjectId | None = None,
    body: bool = False,
    treatment: Treatment = PLAIN,
) -> Job:
    """A job whose file is named by what it shows, so that equal pictures are baked once."""
    rounded = Crop(*(round(v, 6) for v in (crop.left, crop.top, crop.right, crop.bottom)))
    edges = [rounded.left, rounded.top, rounded.right, rounded.bottom]
    shape = [source, mask, edges, round(wide, 3), round(high, 3)]
    name = digest(shape if treatment == PLAIN else [*shape, asdict(treatment)])[:20]
    return Job(f"img/{name}.jpg", source, rounded, wide, high, mask, photo, body, treatment)


def _words(step: ProofStep, language: Language) -> str:
    """What, how much, by which rule: two lines at most."""
    french = language == "fr"
    colon = f"{words.FIXED}: " if french else ": "
    parts: list[str] = []
    if step.kind == "original":
        size = f"{words.number(step.width, language)} × {words.number(step.height, language)}{words.NARROW}px"
        parts.append(
            f"{words.say('as_received', language)}, {size}" if step.width else words.say("as_received", language)
        )
    elif step.backend == "hand":
        parts.append(words.say("by_hand", language))
    elif step.kind == "mask":
        names = [_CONCEPTS.get(w.strip(), w.strip()) if french else w.strip() for w in step.words.split(",")]
        what = ", ".join(n for n in names if n)
        what = what[:1].upper() + what[1:]
        share = words.percent(step.area, language) if step.area is not None else ""
        parts.append(f"{what}{colon}{share}" if what and share else what or share)
    elif step.kind == "painted":
        parts.append(f"{words.say('style', language)} {quoted(step.words, language)}" if step.words else "")
    elif step.words:
        parts.append(quoted(step.words, language))
    if step.trained:  # the label that the law asks for goes before the rule, which the record of the steps names too
        parts += [words.say("network", language, name=step.backend), _IPTC]
    elif step.rule and step.rule != step.words:
        parts.append(f"{'règle' if french else 'rule'} {quoted(step.rule, language)}")
    text = (f"{words.NARROW}; " if french else "; ").join(part for part in parts if part)
    return f"{text}." if text else ""


def quoted(text: str, language: Language) -> str:
    """In the language's quotation marks."""
    text = words.typeset(text[:1].upper() + text[1:], language)
    return f"«{words.NARROW}{text}{words.NARROW}»" if language == "fr" else f"‘{text}’"


def _tech(step: ProofStep, language: Language) -> str:
    """Backend, model, time taken: what follows the digest in small type."""
    by = "" if step.backend in {"", "hand"} else f"{step.backend} {step.version}"
    parts = [by, step.model[:8]]
    if step.seconds:
        parts.append(words.seconds(step.seconds, language))
    elif step.at:
        parts.append(words.stamp(step.at))
    return " · ".join(part for part in parts if part)


def rows(printed: list[Printed], language: Language) -> list[list[StepRow]]:
    """The record of the steps: for each picture a row a step and a decision, the first with its number."""
    found: list[list[StepRow]] = []
    for item in printed:
        proof = item.picture.proof
        lines = [_step_row(step, language) for step in (replace(proof.original, kind="original"), *proof.steps)]
        for d in proof.decisions:
            door = words.say(d.by, language)
            what = words.typeset(d.what, language)
            lines.append(StepRow(False, "", words.say("decided", language), what, door, "", words.stamp(d.at), "", ""))
        lines[0] = replace(lines[0], first=True, number=str(item.number))
        found.append(lines)
    return found


def _step_row(step: ProofStep, language: Language) -> StepRow:
    rule = words.typeset(step.rule or step.words, language)
    backend = f"{step.backend} {step.version}" if step.backend else ""
    if step.model:
        backend += f" · {step.model[:12]}"
    return StepRow(
        False,
        "",
        words.say(step.kind, language),
        metrics.cut(rule, 48, 6.4, 1, "lato"),
        metrics.cut(backend, 46, 6.4, 1, "lato"),
        step.seed[:20],
        words.stamp(step.at),
        words.seconds(step.seconds, language) if step.seconds else "",
        step.object or words.say("withdrawn", language),
    )
