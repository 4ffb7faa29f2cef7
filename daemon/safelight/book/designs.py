"""The designs of the book by name: which kinds of pages each has and where it puts pictures. Pure.

A folder in templates/ with another name is dressed as *album*: its templates may look different, its pages are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from safelight.book.album import Album
from safelight.book.bd import Bd
from safelight.book.choose import Placed, Section
from safelight.book.composed import Composed
from safelight.book.context import BookInput, Caption, Image, Page, Warned
from safelight.book.drama import Drama
from safelight.book.layout import Option, Sheet
from safelight.book.paper import PAPERS, Paper, paper_of
from safelight.book.proofs import Slots
from safelight.model.recipe import BookForm


class Design(Protocol):
    """What `rhythm` and `compose` ask of a design."""

    density: ClassVar[dict[str, int]]
    """How full each kind of page is: 1 is one picture, 4 a page of rows."""
    bleeding: ClassVar[tuple[str, ...]]
    """Kinds that may not face each other."""
    pictured: ClassVar[bool]
    """Whether a chapter's opener carries a picture of its own."""

    @property
    def paper(self) -> Paper:
        """What it is printed on."""

    @property
    def slots(self) -> Slots:
        """Where the frames of a proof strip stand."""

    def prepared(self, book: BookInput) -> BookInput:
        """The book over the pictures that this design prints."""

    def options(self, items: Sequence[Placed], start: int, ranks: Sequence[float], side: str) -> list[Option]:
        """All pages that could begin with picture `start`."""

    def single(self, item: Placed, number: int, rank: float) -> Option:
        """One picture: always possible."""

    def couple(self, items: Sequence[Placed], number: int) -> Sheet:
        """Two pictures: always possible."""

    def finished(self, sheet: Sheet, items: Sequence[Placed]) -> Sheet:
        """The book's last page of pictures, where its kind can be an end."""

    def opener(self, items: Sequence[Placed]) -> Sheet | None:
        """The page that opens a chapter with one of these pictures, or None."""

    def poster(self, made: Composed, item: Placed | None, kind: str) -> tuple[Image, ...]:
        """The picture of the cover or the half title."""

    def sheet(
        self, book: BookInput, section: Section, sheet: Sheet, at: int, made: Composed, *, night: bool, head: str
    ) -> tuple[Page, Caption | None]:
        """A page of pictures, and the caption that must stand on the page facing it."""

    def dressed(self, page: Page, chapters: Sequence[Section], made: Composed) -> Page:
        """Front and back pages with what only this design has on them."""


def unsuited(form: BookForm) -> Warned | None:
    """A warning where the design is not laid out for the paper that the form asks for."""
    paper = paper_of(form.paper)
    if paper == design_of(form).paper:
        return None
    return Warned(
        "paper", f"The design {form.design} is made for A4 landscape: this book is not on the paper asked for ({form.paper}).",
        f"La maquette {form.design} est faite pour l’A4 paysage : ce livre n’est pas sur le papier demandé ({form.paper}).",
        strong=True,
    )  # fmt: skip


def design_of(form: BookForm) -> Design:
    """The design that the form asks for, on its paper."""
    paper = paper_of(form.paper) or PAPERS["a4 landscape"]
    if form.design == "drama":
        return Drama(paper)
    if form.design == "bd":
        return Bd(paper)
    return Album(PAPERS["a4 landscape"])  # its pages are drawn for that paper alone; `unsuited` says so
