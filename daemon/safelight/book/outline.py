"""A study's text as sections, and the slides that the same text makes. Pure: Markdown in, HTML fragments out.

A document has one heading of the first level, then sections of the second and third. A picture alone in its paragraph is
a figure, its text the caption. Comments are left out, HTML is shown as it is typed and never run. A slide is one heading
with the first sentences of each paragraph or point below it, and the first figure or small table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from safelight.model.errors import PermanentError

MOST_SLIDES = 30
POINTS, BESIDE = 5, 3
"""Sentences on a slide; beside a figure or a table."""
ROWS, COLUMNS = 12, 6
"""The largest table that goes onto a slide."""
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?])(?<!al\.)(?<!e\.g\.)(?<!i\.e\.)\s+(?=[A-Z“(`*\[])")


class StudyError(PermanentError):
    """A text that is no study, or one whose pictures cannot be had."""

    code = "study"
    exit_status = 2
    en, fr = "The study cannot be set: {reason}.", "L'étude ne peut pas être composée : {raison}."
    do_en, do_fr = "Mend the text and set it again.", "Corrigez le texte et recommencez."


@dataclass(frozen=True)
class Figure:
    """A picture by the address the text gives it, and its caption as HTML."""

    source: str
    caption: str


@dataclass(frozen=True)
class Section:
    """A heading (level 2 or 3) with all up to the next: `body` for the page, the rest for a slide."""

    level: int
    title: str
    anchor: str
    body: str
    said: tuple[tuple[str, ...], ...]
    """The sentences of every paragraph and point."""
    figure: Figure | None
    table: str


@dataclass(frozen=True)
class Study:
    """The whole: title, what stands below it, sections, and the addresses of all its pictures."""

    title: str
    lead: str
    sections: tuple[Section, ...]
    pictures: tuple[str, ...]


@dataclass(frozen=True)
class Slide:
    """One heading; `over` is that of the section it belongs to, empty for a section's own."""

    over: str
    title: str
    points: tuple[str, ...]
    figure: Figure | None
    table: str


def read_study(text: str) -> Study:
    """The document in `text`; raises StudyError where it has no title, or a section before it."""
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
    tokens = parser.parse(_COMMENT.sub("", text))
    pieces = list(_pieces(tokens))
    if not pieces or pieces[0].level != 1 or any(piece.level == 1 for piece in pieces[1:]):
        raise _no_title()
    maker = _Maker(parser)
    title, *rest = pieces
    lead = maker.body(title.tokens)
    sections = tuple(maker.section(piece) for piece in rest)
    return Study(title.title, lead, sections, tuple(maker.pictures))


def slides(study: Study) -> tuple[Slide, ...]:
    """A slide a heading that has something to show; raises StudyError for more than the title leaves room for."""
    made: list[Slide] = []
    over = ""
    for section in study.sections:
        over = section.title if section.level == 2 else over
        if section.said or section.figure or section.table:
            points = _points(section)
            above = over if section.level > 2 else ""
            made.append(Slide(above, section.title, points, section.figure, "" if section.figure else section.table))
    if len(made) + 1 > MOST_SLIDES:
        raise StudyError(
            reason=f"{len(made)} headings make more than {MOST_SLIDES} slides with the title: join some",
            raison=f"{len(made)} intertitres font plus de {MOST_SLIDES} diapositives avec le titre : réunissez-en",
        )
    return tuple(made)


def _points(section: Section) -> tuple[str, ...]:
    """The first sentence of each paragraph, then second ones from the top, and so on, as long as there is room."""
    room = BESIDE if section.figure is not None or section.table else POINTS
    places = [(depth, block) for block, said in enumerate(section.said) for depth in range(len(said))]
    chosen = sorted(sorted(places)[:room], key=lambda place: (place[1], place[0]))
    return tuple(section.said[block][depth] for depth, block in chosen)


def sentences(text: str) -> list[str]:
    """A paragraph's sentences, as they are."""
    return [part for part in _SENTENCE.split(" ".join(text.split())) if part]


def _no_title() -> StudyError:
    return StudyError(
        reason="it begins with its title (# …) and has only one", raison="elle commence par son titre (# …) et n'en a qu'un"
    )  # fmt: skip


@dataclass
class _Piece:
    level: int
    title: str
    tokens: list[Token] = field(default_factory=list)


def _pieces(tokens: Sequence[Token]) -> Iterator[_Piece]:
    """The tokens below each heading of level 1 to 3; deeper headings stay in the body."""
    piece: _Piece | None = None
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.type == "heading_open" and token.tag in {"h1", "h2", "h3"}:
            if piece is not None:
                yield piece
            piece = _Piece(int(token.tag[1]), tokens[place + 1].content)
            place += 3
            continue
        if piece is None:
            raise _no_title()
        piece.tokens.append(token)
        place += 1
    if piece is not None:
        yield piece


class _Maker:
    """Renders pieces, counting figures and remembering pictures."""

    def __init__(self, parser: MarkdownIt) -> None:
        self.parser = parser
        self.pictures: list[str] = []
        self._anchors: set[str] = set()
        self._figures = 0

    def section(self, piece: _Piece) -> Section:
        figures = [figure for token in piece.tokens if (figure := self._figure(token))]
        body = self.body(piece.tokens)
        return Section(
            piece.level, piece.title, self._anchor(piece.title), body, tuple(self._said(piece.tokens)),
            figures[0] if figures else None, self._table(piece.tokens),
        )  # fmt: skip

    def body(self, tokens: Sequence[Token]) -> str:
        """HTML of blocks; pictures that stand alone become numbered figures."""
        parts: list[str] = []
        held: list[Token] = []
        place = 0
        while place < len(tokens):
            figure = self._figure(tokens[place + 1]) if tokens[place].type == "paragraph_open" else None
            if figure is None:
                held.append(tokens[place])
                place += 1
                continue
            parts.append(self._render(held))
            held = []
            self._figures += 1
            self.pictures.append(figure.source)
            parts.append(
                f'<figure><img src="{figure.source}" alt=""><figcaption><b>Figure {self._figures}</b> '
                f"{figure.caption}</figcaption></figure>"
            )
            place += 3
        parts.append(self._render(held))
        return "".join(parts)

    def _render(self, tokens: Sequence[Token]) -> str:
        html: str = self.parser.renderer.render(tokens, self.parser.options, {})
        return html

    def _figure(self, token: Token) -> Figure | None:
        children = token.children or []
        if token.type != "inline" or len(children) != 1 or children[0].type != "image":
            return None
        return Figure(str(children[0].attrs["src"]), self.parser.renderInline(children[0].content))

    def _anchor(self, title: str) -> str:
        stem = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "section"
        anchor, number = stem, 1
        while anchor in self._anchors:
            number += 1
            anchor = f"{stem}-{number}"
        self._anchors.add(anchor)
        return anchor

    def _said(self, tokens: Sequence[Token]) -> Iterator[tuple[str, ...]]:
        """The sentences of every paragraph and point, tables and figures apart."""
        tabled = 0
        for token in tokens:
            tabled += {"table_open": 1, "table_close": -1}.get(token.type, 0)
            if token.type == "inline" and not tabled and self._figure(token) is None:
                yield tuple(self.parser.renderInline(sentence) for sentence in sentences(token.content))

    def _table(self, tokens: Sequence[Token]) -> str:
        """The first table, if it is small enough to be read from a chair."""
        opens = [place for place, token in enumerate(tokens) if token.type == "table_open"]
        if not opens:
            return ""
        close = next(place for place, token in enumerate(tokens) if token.type == "table_close" and place > opens[0])
        table = tokens[opens[0] : close + 1]
        rows = sum(token.type == "tr_open" for token in table)
        columns = sum(token.type == "th_open" for token in table)
        return self._render(table) if rows <= ROWS and columns <= COLUMNS else ""
