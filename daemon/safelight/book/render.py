"""Pages to HTML to PDF: the only module that knows the PDF engine. Nothing is decided here.

Templates run in Jinja2's sandbox with escaping on and every unknown name an error; the PDF engine reads files below
the book's folder only, whatever a template asks for. The same templates make the HTML edition: its style sheet is the
printed one with millimetres turned into shares of the page's width. The same input gives the same bytes.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pydyf
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from safelight.book.context import BookInput, Page
from safelight.book.designs import design_of
from safelight.book.paper import Paper
from safelight.book.text import titles
from safelight.model.errors import BookError

_PICTOGRAMS = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]+ ?")
_POINT = 25.4 / 72


_ROOT = "/book/"
"""Where the book's folder lies for the engine: one address everywhere, as it names pictures in the PDF by theirs."""


class Confined(URLFetcher):  # type: ignore[misc]
    """Reads files below one folder; anything else stops the book instead of leaving a hole in it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False)
        self.folder = folder.resolve()

    def fetch(self, url: str, headers: Any = None) -> Any:
        """The file, or a fatal error naming what was asked for."""
        parts = urlparse(url)
        inside = unquote(parts.path)
        path = (self.folder / inside.removeprefix(_ROOT)).resolve()
        if (
            parts.scheme != "file"
            or parts.netloc
            or not inside.startswith(_ROOT)
            or not path.is_relative_to(self.folder)
        ):
            raise FatalURLFetchingError(f"the book may not read {url}")
        if not path.is_file():
            raise FatalURLFetchingError(f"the book lacks {path.name}")
        response = super().fetch(path.as_uri(), headers)
        if path.suffix == ".css":
            response.url = url  # what the sheet names is found beside this address
        return response


def write_html(book: BookInput, pages: Sequence[Page], templates: Path, folder: Path) -> Path:
    """The HTML edition: index.html with its style sheets and fonts beside the pictures; returns index.html."""
    _assets(templates, folder, design_of(book.form).paper)
    page = _fill(book, pages, templates, sheets=(f"{_main(templates)}.web.css", "web.css"), ink="#1a1a1a")
    target = folder / "index.html"
    target.write_text(_screen(page, inside_tags=True, width=design_of(book.form).paper.width), encoding="utf-8")
    return target


def write_pdf(book: BookInput, pages: Sequence[Page], templates: Path, folder: Path, target: Path, key: str) -> None:
    """The PDF, from pictures already baked into `folder`; its dates are `made_at`, its identifier comes from the key.

    Raises BookError when the engine cannot place something or a file is missing.
    """
    _assets(templates, folder, design_of(book.form).paper)
    text = _fill(book, pages, templates, sheets=(f"{_main(templates)}.css", "print.css"), ink="device-cmyk(0 0 0 1)")
    text = _PICTOGRAMS.sub("", text)  # the press has no font for them; the screen keeps them
    typeset(text, folder, target, key, lambda pdf: _finish(pdf, pages))


def typeset(text: str, folder: Path, target: Path, key: str, finish: Callable[[Any], None] = lambda _: None) -> None:
    """A page in HTML as PDF; it reads files below `folder` only, its identifier comes from `key` (32 letters or more).

    Raises BookError when the engine cannot place something or a file is missing.
    """
    heard = _Heard()
    logger = logging.getLogger("weasyprint")
    before = logger.handlers[:], logger.propagate, logger.level
    logger.handlers, logger.propagate = [heard], False
    logger.setLevel(logging.WARNING)
    try:
        document = HTML(string=text, base_url=f"file://{_ROOT}", url_fetcher=Confined(folder))
        document.write_pdf(
            target,
            font_config=FontConfiguration(),
            finisher=lambda _, pdf: finish(pdf),
            pdf_identifier=key[:32].encode("ascii"),
        )
    except FatalURLFetchingError as error:
        raise BookError(reason=str(error)) from error
    finally:
        logger.handlers, logger.propagate = before[0], before[1]
        logger.setLevel(before[2])
    if heard.lines:
        raise BookError(reason="; ".join(sorted(set(heard.lines))[:3]))


class _Heard(logging.Handler):
    """What the engine could not do: a picture it could not read is a hole in a page. Its mere warnings are about taste
    (a property it does not know, a slower way to embed fonts); what they could spoil, `preflight` looks at.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def families(templates: Path) -> set[str]:
    """The font families that a design brings along, without spaces, as they are named in the PDF."""
    sheets = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sorted(templates.glob("*.css")))
    return {name.replace(" ", "-") for name in re.findall(r'@font-face\s*{\s*font-family:\s*"([^"]+)"', sheets)}


def _finish(pdf: Any, pages: Sequence[Page]) -> None:
    """Page labels as printed (the cover is C1, C2), and opening as a book with its cover alone at the right."""
    nums = pydyf.Array()
    for index, page in enumerate(pages):
        label = pydyf.Dictionary({"P": pydyf.String(page.label)})
        nums.extend([index, label])
    pdf.catalog["PageLabels"] = pydyf.Dictionary({"Nums": nums})
    pdf.catalog["PageLayout"] = "/TwoPageRight"


def _fill(book: BookInput, pages: Sequence[Page], templates: Path, *, sheets: tuple[str, ...], ink: str) -> str:
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(templates), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals["ink"] = ink
    authors = sorted({p.photographer for p in book.pictures if p.photographer})
    try:
        return environment.get_template("book.html").render(
            pages=pages, title=titles(book)[0], authors=", ".join(authors), language=book.language,
            software=book.software, made_at=book.made_at, sheets=sheets,
            paper=design_of(book.form).paper,
        )  # fmt: skip
    except TemplateError as error:
        where = f"{getattr(error, 'name', None) or 'template'} {getattr(error, 'lineno', None) or ''}".strip()
        raise BookError(reason=f"{where}: {error}") from error


def fill(template: Path, **values: Any) -> str:
    """A page of its own from one template file, in the same sandbox; raises BookError for what it does not know."""
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(template.parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    try:
        return environment.get_template(template.name).render(**values)
    except TemplateError as error:
        raise BookError(reason=f"{template.name} {getattr(error, 'lineno', None) or ''}: {error}") from error


def _main(templates: Path) -> str:
    """The name of a design's own style sheet: the one that is neither for the press nor for the screen."""
    own = [sheet.stem for sheet in sorted(templates.glob("*.css")) if sheet.stem not in ("print", "web")]
    if not own:
        raise BookError(reason=f"{templates.name}: no style sheet")
    return own[0]


def _assets(templates: Path, folder: Path, paper: Paper) -> None:
    """Style sheets and fonts beside the pictures, so that the folder stands alone; the screen's sheet is derived."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(templates / "fonts", folder / "fonts", dirs_exist_ok=True)
    for sheet in sorted(templates.glob("*.css")):
        css = (
            sheet.read_text(encoding="utf-8").replace("{{W}}", f"{paper.width:g}").replace("{{H}}", f"{paper.height:g}")
        )
        (folder / sheet.name).write_text(css, encoding="utf-8")
        if sheet.name not in ("web.css", "print.css"):
            screen = _screen(css, inside_tags=False, width=paper.width)
            (folder / f"{sheet.stem}.web.css").write_text(screen, encoding="utf-8")


_LENGTH = re.compile(r"(-?\d*\.?\d+)(mm|pt)\b")


def _screen(text: str, *, inside_tags: bool, width: float) -> str:
    """Lengths in mm and pt as shares of the page's width (cqw); in HTML only within style attributes."""

    def share(found: re.Match[str]) -> str:
        length = float(found[1]) * (_POINT if found[2] == "pt" else 1.0)
        return f"{length / width * 100:.4f}cqw"

    where = r'style="[^"]*"' if inside_tags else r"\{[^}]*\}"
    return re.sub(where, lambda found: _LENGTH.sub(share, found[0]), text)
