"""From state and plans to what the book is made of. Decides nothing about pages: that is the book's own business."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from safelight import defaults
from safelight.book.context import BookInput, BookPicture, ProofDecision, ProofStep, ProofStrip
from safelight.model.bursts import camera_of
from safelight.model.digests import ObjectId, PhotoId
from safelight.model.recipe import BookForm, Recipe
from safelight.model.signals import Box, Signals
from safelight.plan.steps import PhotoPlan
from safelight.projection.state import Done, PhotoState
from safelight.provenance.merkle import root_of_records
from safelight.reconcile.event import Event, World
from safelight.stages import prompts


def book_input(
    world: World, plans: Mapping[PhotoId, PhotoPlan], recipe: Recipe, made_at: str, software: str
) -> BookInput:
    """What the book is made from, but for its `pictures`. The root covers all up to the last record that shaped a page."""
    form = recipe.book or BookForm()
    language = form.language or recipe.event.language
    last = max(world.state.rule_sequences.values(), default=0)
    for photo, _ in _printable(world, plans):
        last = max(last, *photo.sequences)
    hashes = world.hash_up_to(last)
    return BookInput(
        form=form,
        event=recipe.event,
        language=language,
        pictures=(),
        hour_counts=_hours(world, recipe),
        arrived=len(world.state.photos),
        root=root_of_records(hashes),
        records=len(hashes),
        head=hashes[-1] if hashes else "",
        made_at=made_at,
        software=software,
        culling=recipe.sort.culling if recipe.sort else "balanced",
    )


def book_pictures(world: World, plans: Mapping[PhotoId, PhotoPlan], recipe: Recipe) -> Iterator[BookPicture]:
    """The pictures that may be printed, one at a time: all of a long race together would fill a hundred megabytes."""
    styles: dict[str, str] = {style.object: style.name for style in recipe.style.styles} if recipe.style else {}
    language = (recipe.book or BookForm()).language or recipe.event.language
    for photo, plan in _printable(world, plans):
        yield _picture(world, photo, plan, styles, language)


def _printable(world: World, plans: Mapping[PhotoId, PhotoPlan]) -> Iterator[tuple[PhotoState, PhotoPlan]]:
    for photo in world.state.photos.values():
        plan = plans.get(photo.photo)
        if plan is not None and plan.print is not None:
            yield photo, plan


def _picture(world: World, photo: PhotoState, plan: PhotoPlan, styles: Mapping[str, str], language: str) -> BookPicture:
    detail = world.of(photo.photo)
    looked = photo.latest.get("look")
    signals = Signals.from_json(looked.step.facts) if looked else Signals({})
    width, height, boxes = _framed(photo, plan, signals.boxes)
    assert plan.print is not None
    return BookPicture(
        photo=photo.photo,
        name=detail.name,
        photographer=detail.photographer,
        taken=detail.taken,
        width=width,
        height=height,
        picture=ObjectId(plan.print),
        painted=plan.painted is not None,
        boxes=boxes,
        score=score(signals),
        caption=detail.caption,
        proof=_proof(photo, plan, styles, language),
        sharp=sharpness(signals),
        camera=camera_of(detail),
        likeness=detail.likeness,
        stars=detail.rating,
        picked=photo.decided if photo.decision is not None and photo.decision.by in CHOOSING else 0,
    )


CHOOSING = frozenset({"command", "desk"})
"""Doors through which a decision is about one picture: it also chooses it among its like. Folders are moved in heaps."""


def sharpness(signals: Signals) -> float:
    """Of the main car, or of the whole picture where none was seen, 0–1."""
    return round(signals.values.get("car_sharpness", signals.values.get("sharpness", 0.5)), 5)


def score(signals: Signals) -> float:
    """How strong a picture is for print, 0–1: sharp, a large subject, well exposed. Only an order, no verdict."""
    values = signals.values
    sharp = values.get("car_sharpness", values.get("sharpness", 0.5))
    car = min(1.0, values.get("car_area", 0.1) / 0.25)
    exposed = 1.0 - min(1.0, 4 * values.get("clipped", 0.0))
    return round(min(1.0, max(0.0, 0.5 * sharp + 0.35 * car + 0.15 * exposed)), 5)


def _framed(photo: PhotoState, plan: PhotoPlan, boxes: tuple[Box, ...]) -> tuple[int, int, tuple[Box, ...]]:
    """Size of the picture to print and its boxes, moved along when a crop was applied."""
    width, height = photo.dropped.width, photo.dropped.height
    for done in plan.trail:
        facts = done.step.facts
        if done.step.params.get("how") == "crop":
            left, top, right, bottom = (facts[side] for side in ("left", "top", "right", "bottom"))
            boxes = tuple(
                Box(
                    box.kind,
                    _within((box.left * width - left) / (right - left)),
                    _within((box.top * height - top) / (bottom - top)),
                    _within((box.right * width - left) / (right - left)),
                    _within((box.bottom * height - top) / (bottom - top)),
                    box.score,
                )
                for box in boxes
            )
            boxes = tuple(box for box in boxes if box.right > box.left and box.bottom > box.top)
            width, height = right - left, bottom - top
        elif done.step.stage == "stylize" or done.step.backend == "hand":
            width, height = int(facts["width"]), int(facts["height"])
    return width, height, boxes


def _within(value: float) -> float:
    return min(1.0, max(0.0, value))


_KINDS = {"mask": "mask", "inpaint": "retouched", "alter": "retouched", "stylize": "painted"}


def _proof(photo: PhotoState, plan: PhotoPlan, styles: Mapping[str, str], language: str) -> ProofStrip:
    dropped = photo.dropped
    original = ProofStep(
        kind="original", object=ObjectId(photo.photo), at=photo.time, width=dropped.width, height=dropped.height
    )
    steps = tuple(_proof_step(done, styles, language) for done in plan.trail if done.step.stage in _KINDS)
    decisions = tuple(
        ProofDecision(by=fact.by, what=fact.verdict, at=time)  # type: ignore[arg-type]
        for fact, time in photo.decisions
    )
    return ProofStrip(original, steps, decisions)


def _proof_step(done: Done, styles: Mapping[str, str], language: str) -> ProofStep:
    step = done.step
    role = "mask" if step.stage == "mask" else "image"
    painting = step.stage == "stylize" or step.params.get("place") == "stylized"
    return ProofStep(
        kind="painted" if painting else _KINDS[step.stage],  # type: ignore[arg-type]
        object=ObjectId(step.outputs[role]),
        rule=step.rule,
        backend=step.backend,
        version=step.version,
        model=step.model,
        trained=step.trained,
        seed=str(step.seed),
        at=done.time,
        seconds=step.seconds,
        area=step.facts.get("area"),
        words=_words(done, styles, language),
        width=int(step.facts.get("width", 0)),
        height=int(step.facts.get("height", 0)),
    )


_HOW = {"blur": ("blur", "flou"), "pixelate": ("pixelate", "mosaïque"), "crop": ("crop", "recadrage")}


def _words(done: Done, styles: Mapping[str, str], language: str) -> str:
    """What was asked for, in the book's language where its words are known."""
    params = done.step.params
    match done.step.stage:
        case "mask":
            return ", ".join(prompts.told(word, language) for word in params["mask"])
        case "inpaint":
            return prompts.told(str(params["with"]), language)
        case "alter":
            how = str(params["how"])
            return _HOW.get(how, (how, how))[language == "fr"]
        case _:
            return styles.get(done.step.inputs.get("style", ""), "")


def _hours(world: World, recipe: Recipe) -> tuple[int, ...]:
    """All photos that arrived, by hour from the race's start; those without a time or outside count nowhere."""
    counts = [0] * 24
    form = recipe.book or BookForm()
    start = _time(form.start or recipe.event.race_start)
    for photo in world.state.photos:
        taken = _time(world.of(photo).taken)
        if taken is None:
            continue
        hour = int((taken - start).total_seconds() // 3600) if start else (taken.hour - 16) % 24
        if 0 <= hour < 24:
            counts[hour] += 1
    return tuple(counts)


def _time(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def template_folder(event: Event, design: str) -> Path:
    """The event's own templates of this design, else those that come with the package."""
    own = event.templates / design
    return own if own.is_dir() else defaults.folder("templates") / design
