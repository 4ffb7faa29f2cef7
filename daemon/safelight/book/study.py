"""A study written in Markdown as a printed document and as a deck of slides, both from the same text.

    python -m safelight.book.study FILE -o study.pdf [--slides deck.pdf] [--design FOLDER]

The pages stand in `templates/study` and are set by the book's own engine; pictures are read from beside the text only.
The same text gives the same bytes.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pikepdf
from markupsafe import Markup

from safelight import defaults
from safelight.book import preflight, render
from safelight.book.outline import Study, StudyError, read_study, slides
from safelight.model.digests import digest, object_id
from safelight.model.errors import SafelightError


def make(text: Path, study: Path, deck: Path | None = None, design: Path | None = None) -> tuple[int, int]:
    """Write `study` and, if asked for, `deck`; returns how many pages each has (0 for none).

    `design` is a folder with study.html, deck.html and their style sheets (ours without one). Raises StudyError for a
    text that is no study, a picture that is missing or lies elsewhere, and a font that is not embedded; BookError for a
    design that cannot be set.
    """
    source = text.read_text("utf-8")
    found = read_study(source)
    ours = defaults.folder("templates")
    pages = design or ours / "study"
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        _gather(found, text.parent, pages, ours, folder)
        count = _set(found, "study", source, pages, folder, study)
        return count, _set(found, "deck", source, pages, folder, deck) if deck is not None else 0


def _gather(found: Study, beside: Path, pages: Path, ours: Path, folder: Path) -> None:
    """All that the engine may read, in one folder."""
    shutil.copytree(ours / "album" / "fonts", folder / "fonts")
    for sheet in pages.glob("*.css"):
        shutil.copyfile(sheet, folder / sheet.name)
    for picture in found.pictures:
        path = (beside / picture).resolve()
        if not path.is_relative_to(beside.resolve()):
            raise StudyError(reason=f"{picture} lies outside its folder", raison=f"{picture} est hors de son dossier")
        if not path.is_file():
            raise StudyError(reason=f"its picture {picture} is missing", raison=f"son image {picture} manque")
        target = folder / picture
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _set(found: Study, kind: str, source: str, pages: Path, folder: Path, target: Path) -> int:
    """One document; returns its number of pages."""
    html = render.fill(
        pages / f"{kind}.html", study=found, slides=slides(found) if kind == "deck" else (), safe=Markup
    )  # fmt: skip
    sheets = [object_id(sheet.read_bytes()) for sheet in sorted(pages.iterdir()) if sheet.is_file()]
    render.typeset(html, folder, target, digest([kind, source, sheets]))
    with pikepdf.open(target) as document:
        loose = [name for name, embedded in preflight.fonts(document) if not embedded]
        count = len(document.pages)
    if loose:
        raise StudyError(
            reason=f"the font {loose[0]} is not embedded", raison=f"la police {loose[0]} n'est pas incorporée"
        )
    return count


def main(words: Sequence[str] | None = None) -> int:
    """The command; 0, or the status of the error it tells."""
    parser = argparse.ArgumentParser(prog="python -m safelight.book.study", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("text", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True, help="the document")
    parser.add_argument("--slides", type=Path, help="the deck")
    parser.add_argument("--design", type=Path, help="another folder of templates")
    given = parser.parse_args(words)
    try:
        count, shown = make(given.text, given.out, given.slides, given.design)
    except FileNotFoundError as error:
        print(f"There is no file {error.filename}.", file=sys.stderr)
        return 2
    except SafelightError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    print(f"{given.out}: {count} pages" + (f"; {given.slides}: {shown} slides" if given.slides else ""))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
