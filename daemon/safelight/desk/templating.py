"""Pages from templates: Jinja2 with escaping on and every unknown name an error. The templates are the desk's own."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from safelight.desk.language import LANGUAGES
from safelight.desk.words import speaker

HERE = Path(__file__).resolve().parent
_pages = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def worded(text: str) -> Markup:
    """A sentence with what stands in `backticks` as code; all of it escaped."""
    parts = (
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(text.split("`"))
    )
    return Markup().join(parts)


_pages.filters["worded"] = worded


def page(
    name: str, language: str, status: int = 200, headers: dict[str, str] | None = None, **values: object
) -> HTMLResponse:
    """The template `name` in `language`; never kept by the browser, since it may show what a token opened."""
    other = next(code for code in LANGUAGES if code != language)
    text = _pages.get_template(name).render(language=language, other=other, say=speaker(language), **values)
    return HTMLResponse(text, status, {"Cache-Control": "no-store", **(headers or {})})
