"""What the book is made from, and what its templates receive: frozen values, each field with its help text.

Two halves. `BookInput` and below is what the caller knows about the event and its pictures; `Page` and below is what
a template prints, already worded and placed in millimetres from the top left of the trimmed page. Nothing here
computes, reads or knows the clock.
"""

# ruff: noqa: RUF009 - `helped` is `field` with a help text
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from safelight.model.digests import ObjectId, PhotoId
from safelight.model.recipe import BookForm, EventForm
from safelight.model.signals import Box

Language = Literal["fr", "en"]


def helped(text: str, **more: Any) -> Any:
    """A dataclass field with a help text, for those who write templates."""
    return field(metadata={"help": text}, **more)


# --- what the caller gives -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProofStep:
    """One step on a picture's way, from its record."""

    kind: Literal["original", "mask", "retouched", "painted"] = helped("which frame of the proof strip it fills")
    object: ObjectId | None = helped("the picture or mask it made; None when withdrawn on request")
    rule: str = helped("name of the rule that asked for it", default="")
    backend: str = helped("name of the backend that did it", default="")
    version: int = helped("version of that backend", default=0)
    model: str = helped("fingerprint of the weights, or empty", default="")
    trained: bool = helped("whether a trained network took part", default=False)
    seed: str = helped("the seed, as recorded", default="")
    at: str = helped("when, ISO 8601", default="")
    seconds: float = helped("how long it took", default=0.0)
    area: float | None = helped("share of the picture that the mask covers, 0–1", default=None)
    words: str = helped("the prompt, concept or style, as a person wrote it", default="")
    width: int = helped("width of the result in pixels", default=0)
    height: int = helped("height of the result in pixels", default=0)
    withdrawn: str = helped("when its object was withdrawn on request, ISO 8601, or empty", default="")


@dataclass(frozen=True)
class ProofDecision:
    """A word of a person about this picture."""

    by: Literal["folder", "card", "command", "desk"] = helped("through which door it came")
    what: str = helped("the decision: ok, retoucher, exclure, or what was accepted")
    at: str = helped("when, ISO 8601", default="")


@dataclass(frozen=True)
class ProofStrip:
    """All that the ledger says about one printed picture."""

    original: ProofStep = helped("the bytes as they arrived")
    steps: tuple[ProofStep, ...] = helped("masks, retouches and painting, in the order done", default=())
    decisions: tuple[ProofDecision, ...] = helped("what people decided, in order", default=())


@dataclass(frozen=True)
class BookPicture:
    """One picture that may be printed."""

    photo: PhotoId = helped("the photo it came from")
    name: str = helped("file name as it arrived")
    photographer: str = helped("first folder below inbox, or empty")
    taken: str | None = helped("local camera time, ISO 8601, or None")
    width: int = helped("pixels of the picture to print")
    height: int = helped("pixels of the picture to print")
    picture: ObjectId = helped("the picture to print: painted, retouched or original")
    painted: bool = helped("whether it was painted")
    boxes: tuple[Box, ...] = helped("what was found on it; cars, faces and people are never cropped")
    score: float = helped("technical quality, 0–1")
    caption: str = helped("words of the photographer (EXIF or IPTC), or empty")
    proof: ProofStrip = helped("its way, for the appendix")
    sharp: float = helped("sharpness of its car, or of all of it, 0–1", default=0.5)
    camera: str = helped("which camera, as an opaque name, or empty", default="")
    likeness: str = helped("64 bits of what it looks like, hexadecimal, or empty", default="")
    stars: int = helped("stars that people gave it, -1 (reject) to 5", default=0)
    picked: int = helped("record of a person's word that chose it among its like, or 0", default=0)


@dataclass(frozen=True)
class BookInput:
    """Everything a book is made from. Two equal inputs make the same book, byte for byte."""

    form: BookForm = helped("book.yaml")
    event: EventForm = helped("event.yaml")
    language: Language = helped("language of every word the book adds")
    pictures: tuple[BookPicture, ...] = helped("all pictures that may be printed, in any order")
    hour_counts: tuple[int, ...] = helped(
        "24 counts of photos that arrived, by hour from the start in the rules, else from 16 h"
    )
    arrived: int = helped("how many photos arrived in all")
    root: str = helped("Merkle root of the records up to the last one that shaped a page")
    records: int = helped("how many records the root covers")
    head: str = helped("hash of the last of those records")
    made_at: str = helped("ISO 8601; printed and put into the PDF's dates, never part of its key")
    software: str = helped("name and version of the software")
    culling: str = helped("how much of a burst is folded: strict, balanced or generous", default="balanced")

    @property
    def inked(self) -> bool:
        """Whether the design draws every picture in ink, from the photograph."""
        return self.form.design == "bd"


@dataclass(frozen=True)
class Warned:
    """Something a person should look at before printing: a stable code, the picture, and both wordings."""

    code: str
    en: str
    fr: str
    photo: PhotoId | None = None
    strong: bool = False

    def say(self, language: str) -> str:
        """The sentence in that language."""
        return self.fr if language == "fr" else self.en


# --- geometry ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rect:
    """A rectangle in mm from the top left of the trimmed page; negative within the bleed."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """X of the right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Y of the lower edge."""
        return self.y + self.h

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """Clockwise from the top left."""
        return ((self.x, self.y), (self.right, self.y), (self.right, self.bottom), (self.x, self.bottom))


@dataclass(frozen=True)
class Crop:
    """Which part of a picture is shown, in shares of its width and height."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    @property
    def lost(self) -> float:
        """Share of the picture that is not shown."""
        return 1 - (self.right - self.left) * (self.bottom - self.top)


@dataclass(frozen=True)
class Treatment:
    """What a design does to a picture before it is printed; nothing by default."""

    name: Literal["", "ink", "grade"] = helped("the picture treatment", default="")
    night: bool = helped("whether it stands on a night page", default=False)
    fades: tuple[tuple[Literal["left", "top", "right", "foot", "all"], float], ...] = helped(
        "sides that fade into the page, and over which share of the picture", default=()
    )
    quiet: Crop | None = helped("the part on which words stand: darkened until they can be read", default=None)
    fine: tuple[Crop, ...] = helped("parts whose detail must survive: cars, numbers, faces", default=())


PLAIN = Treatment()


# --- what templates receive ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Image:
    """A finished JPEG on the page."""

    src: str = helped("path relative to the book's folder")
    rect: Rect = helped("where it stands")
    alt: str = helped("what it shows, for those who do not see it")


@dataclass(frozen=True)
class Caption:
    """Words under or facing a picture."""

    rect: Rect = helped("line box; the height is that of its lines")
    label: str = helped("Opposite, Detail, …, or empty")
    time: str = helped("hour and minute, or empty")
    words: str = helped("what it shows")
    who: str = helped("photographer")


@dataclass(frozen=True, kw_only=True)
class Page:
    """One printed page. `kind` names its template."""

    kind: str = helped("template under pages/")
    number: int = helped("the number it counts as; 0 for the cover and its inside")
    label: str = helped("what a reader's page box shows")
    x0: float = helped("left edge of the live area")
    side: Literal["recto", "verso"] = helped("odd or even")
    night: bool = helped("whether it is a black page", default=False)
    cloth: bool = helped("whether it is a page of the cover", default=False)
    folio: bool = helped("whether the number and running head are printed", default=False)
    head: str = helped("running head: the chapter's title", default="")
    images: tuple[Image, ...] = helped("pictures on the page", default=())
    captions: tuple[Caption, ...] = helped("captions on the page", default=())
    name: str = helped("entry in the reader's outline, or empty", default="")


@dataclass(frozen=True)
class Panel:
    """One panel of a comic page: a picture within a shape, with what is drawn on it. All in mm of the page."""

    image: Image
    points: str = helped("corners as SVG writes them")
    x: float = helped("left edge of the part of the page that its drawing covers")
    y: float = helped("top edge of it")
    w: float = helped("its width")
    h: float = helped("its height")
    lines: str = helped("an SVG path of speed lines, or empty", default="")
    pale: bool = helped("whether its lines are white", default=True)
    framed: bool = helped("whether its outline is drawn", default=True)


@dataclass(frozen=True)
class Letter:
    """One letter of a sound word, from the left end of its base line."""

    char: str
    x: float
    y: float
    size: float


@dataclass(frozen=True)
class Noise:
    """A sound word, turned and leaning around the left end of its base line."""

    word: str
    x: float
    y: float
    turn: float
    lean: float
    letters: tuple[Letter, ...]
    stroke: float
    colour: Literal["yellow", "red", "white", "rain"]


@dataclass(frozen=True)
class TextBox:
    """A caption box, its words broken into lines."""

    rect: Rect
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PicturePage(Page):
    """Pictures with their captions."""

    spread: str = helped("the kind of spread: bleed, pair, rows, …")
    ghost: str = helped("the hour as an ornament, or empty", default="")
    words: str = helped("one large word or figure, or empty", default="")
    panels: tuple[Panel, ...] = helped("panels of a comic page, in reading order", default=())
    boxes: tuple[TextBox, ...] = helped("caption boxes", default=())
    noises: tuple[Noise, ...] = helped("sound words", default=())


@dataclass(frozen=True, kw_only=True)
class TitlePage(Page):
    """Cover and half title."""

    title: str
    lines: tuple[str, ...]
    subtitle: str
    size: float = helped("height of its capitals in mm, where the design asks for it", default=0.0)
    noises: tuple[Noise, ...] = ()
    panels: tuple[Panel, ...] = ()
    rays: str = helped("an SVG path of rays behind the title, or empty", default="")


@dataclass(frozen=True)
class Bar:
    """One hour of the graph, in mm from its left end and base line."""

    x: float
    w: float
    h: float
    mine: bool


@dataclass(frozen=True)
class ContentsLine:
    """One chapter in the table of contents."""

    hour: str
    title: str
    line: str
    page: int
    big: str = ""
    night: bool = False
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ContentsPage(Page):
    """Table of contents."""

    title: str
    lines: tuple[ContentsLine, ...]
    pitch: float
    others: tuple[tuple[str, int], ...]
    panels: tuple[Panel, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TextPage(Page):
    """A title at the left, paragraphs at the right: the facts page, full captions, a polite empty book."""

    title: str
    note: str
    paragraphs: tuple[str, ...]
    signature: str = ""
    panels: tuple[Panel, ...] = ()


@dataclass(frozen=True)
class GraphLabel:
    """A clock hour under the graph."""

    x: float
    text: str
    align: Literal["left", "center", "right"]


@dataclass(frozen=True)
class Graph:
    """24 bars, 260 × 25, and the night under the base line."""

    bars: tuple[Bar, ...]
    labels: tuple[GraphLabel, ...]
    nights: tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class OpenerPage(Page):
    """First page of a chapter."""

    hour: str
    hour_tail: str
    title: str
    display: float
    paragraphs: tuple[str, ...]
    sentence: str
    graph: Graph | None
    form: str = helped("bare, or how its picture stands: field, subject, splash", default="bare")
    hour_caps: str = helped("the hour in figures alone: 6 or 06", default="")
    panels: tuple[Panel, ...] = ()
    boxes: tuple[TextBox, ...] = ()
    noises: tuple[Noise, ...] = ()
    bars: tuple[str, ...] = helped("the graph's bars as SVG points, where a design draws them by hand", default=())


@dataclass(frozen=True)
class ProofFrame:
    """One frame of a proof strip: a small picture, or words in a dashed frame."""

    rect: Rect
    src: str
    alt: str
    width: float
    height: float
    empty: str
    name: str
    words: tuple[str, ...]
    digest: str
    tech: str


@dataclass(frozen=True)
class Strip:
    """The proof of one printed picture."""

    y: float
    number: int
    title: str
    who: str
    page: int
    frames: tuple[ProofFrame, ...]
    qr: str
    qr_size: int
    id: str
    ended: bool


@dataclass(frozen=True, kw_only=True)
class ProofsPage(Page):
    """Three proof strips."""

    title: str
    note: str
    strips: tuple[Strip, ...]


@dataclass(frozen=True)
class StepRow:
    """One line in the record of the steps."""

    first: bool
    number: str
    step: str
    rule: str
    backend: str
    seed: str
    at: str
    seconds: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class StepsPage(Page):
    """The record of the steps: every digest in full."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[StepRow, ...]


@dataclass(frozen=True)
class CreditGroup:
    """A heading and its lines."""

    title: str
    lines: tuple[str, ...]
    column: int
    y: float


@dataclass(frozen=True, kw_only=True)
class CreditsPage(Page):
    """Credits and colophon."""

    title: str
    groups: tuple[CreditGroup, ...]
    colophon: tuple[str, ...]
    pins: tuple[tuple[str, str], ...]
    verify: str
    qr: str
    qr_size: int


@dataclass(frozen=True)
class Job:
    """One JPEG to bake: a crop of an object at its placed size, or a photo in grey with its mask laid over it."""

    src: str = helped("path of the file, relative to the book's folder")
    object: ObjectId = helped("the picture it is made from")
    crop: Crop = helped("the part shown")
    width: float = helped("placed width, mm")
    height: float = helped("placed height, mm")
    mask: ObjectId | None = helped("mask to lay over it, or None", default=None)
    photo: PhotoId | None = helped("whose picture it is, for warnings", default=None)
    body: bool = helped("whether it stands in the body, where resolution matters", default=False)
    treatment: Treatment = helped("what the design does to it", default=PLAIN)
