"""The pages as values: golden in both languages, proof strips in all their forms, safe zones."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

import book_samples as samples
from safelight.book.compose import compose
from safelight.book.composed import Composed
from safelight.book.context import BookInput, BookPicture, Page, ProofsPage, ProofStep, ProofStrip, StepsPage
from safelight.book.make import plan
from safelight.model.digests import ObjectId
from safelight.model.recipe import BookForm, Chapter

GOLDEN = Path(__file__).parents[1] / "golden" / "book"
LONG = (
    "Trois voitures de front à l’entrée du virage, sous une pluie qui ne tombait que sur la moitié de la piste. "
    "Les commissaires avaient sorti le drapeau blanc deux tours plus tôt, et personne ne savait encore qui rentrerait "
    "aux stands le premier pour changer de pneus ; le tour suivant devait en décider pour toute la nuit."
)


def composed(book: BookInput) -> Composed:
    """The book's pages, nothing baked."""
    made = plan(book)
    return compose(book, made.chosen, made.sheets, made.race)


def told(page: Page) -> str:
    """A page in a few lines a person can review: kind, boxes, words."""
    lines = [
        f"== {page.label} {page.kind} {page.side} x0={page.x0:g}{' night' if page.night else ''} head={page.head!r}"
    ]
    lines += [f"   image {i.rect.x:.2f} {i.rect.y:.2f} {i.rect.w:.2f} {i.rect.h:.2f}" for i in page.images]
    lines += [
        f"   caption {c.rect.x:.2f} {c.rect.y:.2f} {c.rect.w:.2f} | {c.label} | {c.time} | {c.words} | {c.who}"
        for c in page.captions
    ]
    shared = {"kind", "label", "side", "x0", "night", "head", "images", "captions", "number", "cloth", "folio", "name"}
    for key, value in asdict(page).items():
        if key not in shared:
            lines += [f"   {key}: {line}" for line in shown(value)]
    return "\n".join(lines)


def shown(value: Any) -> list[str]:
    """Nested values one a line; QR paths by their length only."""
    if isinstance(value, (list, tuple)) and any(isinstance(v, (dict, list, tuple)) for v in value):
        return [line for v in value for line in shown(v)]
    if isinstance(value, dict):
        plain = {
            k: (f"{len(v)} characters" if k == "qr" and v else v)
            for k, v in value.items()
            if not isinstance(v, (list, tuple, dict)) or k == "words"
        }
        nested = [line for k, v in value.items() if k not in plain for line in shown(v)]
        return [str(plain), *nested] if plain else nested
    return [f"{len(value)} characters" if isinstance(value, str) and len(value) > 400 else str(value)]


def sample(language: str, captions: tuple[str, ...] = ("", "Un", "Trois mots ici", LONG)) -> BookInput:
    """Fourteen pictures with captions of no, one, three and many words."""
    book, _ = samples.book(14, language)
    pictures = tuple(replace(p, caption=captions[i % len(captions)]) for i, p in enumerate(book.pictures))
    return replace(book, pictures=pictures, form=replace(book.form, credits=("Organisateur",)))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_golden_pages(language: str) -> None:
    """Promise: every page stays as reviewed; set SAFELIGHT_GOLDEN=write to accept a change, then read the diff."""
    text = "\n".join(told(page) for page in composed(sample(language)).pages) + "\n"
    path = GOLDEN / f"pages.{language}.txt"
    if os.environ.get("SAFELIGHT_GOLDEN") == "write":
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 14, 40])
def test_numbers_sides_and_margins(count: int) -> None:
    """Promise: pages count up from 1, odd ones are rectos with the wider inner margin, openers are versos."""
    pages = composed(samples.book(count)[0]).pages
    numbered = [page for page in pages if page.number]
    assert [page.number for page in numbered] == list(range(1, len(numbered) + 1))
    assert len(numbered) % 4 == 0 and len(pages) == len(numbered) + 4, "sheets of four pages, and the cover"
    for page in numbered:
        assert (page.side, page.x0) == (("recto", 21.0) if page.number % 2 else ("verso", 16.0))
        assert page.kind != "opener" or page.side == "verso"


def test_type_stays_in_the_safe_zone() -> None:
    """Promise: no caption nearer than 5 to the trim, none over the folio."""
    for page in composed(sample("fr")).pages:
        for caption in page.captions:
            assert caption.rect.x >= 5 and caption.rect.right <= 292
            assert caption.rect.y + 3.75 <= 196.25


def test_long_captions_are_cut_and_printed_whole() -> None:
    """Promise: a caption beyond three lines ends with an ellipsis and stands whole behind the proofs."""
    book = composed(sample("fr", (LONG,)))
    kinds = [page.kind for page in book.pages]
    assert kinds.count("prose") >= 2
    assert any(caption.words.endswith("…") for page in book.pages for caption in page.captions)
    whole = " ".join(" ".join(page.paragraphs) for page in book.pages if page.kind == "prose")
    assert "pour toute la nuit" in whole


def with_steps(*kinds: str, withdrawn: bool = False, trained: bool = False) -> list[ProofsPage]:
    """The proof pages of a book whose one picture went through these steps."""
    book, _ = samples.book(1)
    one: BookPicture = book.pictures[0]
    steps = tuple(
        ProofStep(
            kind,
            None if withdrawn else ObjectId(f"{i:064x}"),
            "Règle",
            "moteur",
            1,
            words="advertising",
            trained=trained,
            area=0.061,
        )  # type: ignore[arg-type]
        for i, kind in enumerate(kinds)
    )
    proof = ProofStrip(one.proof.original, steps, one.proof.decisions)
    book = replace(book, pictures=(replace(one, proof=proof),))
    return [page for page in composed(book).pages if isinstance(page, ProofsPage)]


@pytest.mark.parametrize(
    ("kinds", "names", "empty"),
    [
        ((), ["original", "masque", "retouché", "peint"], ["", "rien à masquer", "non retouché", "imprimé sans peinture"]),
        (("painted",), ["original", "masque", "retouché", "peint"], ["", "rien à masquer", "non retouché", ""]),
        (("mask", "retouched"), ["original", "masque", "retouché", "peint"], ["", "", "", "imprimé sans peinture"]),
        (("mask", "retouched", "painted"), ["original", "masque", "retouché", "peint"], ["", "", "", ""]),
        (("retouched", "painted"), ["original", "masque", "retouché", "peint"], ["", "rien à masquer", "", ""]),
        (("mask",), ["original", "masque", "retouché", "peint"], ["", "", "non retouché", "imprimé sans peinture"]),
        (("mask", "retouched", "mask", "retouched", "painted"),
         ["original", "masque", "retouché", "masque", "retouché", "peint"], [""] * 6),
    ],
)  # fmt: skip
def test_strips_in_all_forms(kinds: tuple[str, ...], names: list[str], empty: list[str]) -> None:
    """Promise: four frames always; what did not take place says so; two retouches take a second row."""
    pages = with_steps(*kinds)
    frames = [frame for page in pages for strip in page.strips for frame in strip.frames]
    assert [frame.name for frame in frames] == names
    assert [frame.empty for frame in frames] == empty
    assert len(pages[0].strips) == (2 if len(names) > 4 else 1)


def test_withdrawn_and_trained() -> None:
    """Promise: a withdrawn object leaves words and no picture; a trained network is named with its IPTC code."""
    gone = with_steps("painted", withdrawn=True)[0].strips[0].frames[3]
    assert (gone.src, gone.empty) == ("", "retiré à la demande")
    trained = " ".join(with_steps("retouched", trained=True)[0].strips[0].frames[2].words)
    assert "réseau entraîné" in trained
    assert "compositeWithTrainedAlgorithmicMedia" in trained


def test_the_record_of_the_steps_has_every_digest_in_full() -> None:
    """Promise: every object that shaped a page stands with its 64 hex digits, and every decision with its door."""
    book, _ = samples.book(14)
    rows = [row for page in composed(book).pages if isinstance(page, StepsPage) for row in page.rows]
    printed = {row.digest for row in rows}
    for picture in book.pictures:
        assert {picture.proof.original.object, *(s.object for s in picture.proof.steps)} <= printed
    assert sum(row.step == "décision" for row in rows) == sum(len(p.proof.decisions) for p in book.pictures)


def test_folded_chapters_are_named() -> None:
    """Promise: a chapter without pictures is folded into its neighbour, which says so."""
    form = BookForm(title="x", chapters=(Chapter("Vide", 0, 0.01), Chapter("Plein", 0.01, 24)))
    book, _ = samples.book(3, "fr", form=form)
    openers = [page for page in composed(book).pages if page.kind == "opener"]
    assert len(openers) >= 1
    named = " ".join(" ".join(page.paragraphs) for page in openers)  # type: ignore[attr-defined]
    assert "Vide" in named or any(page.title == "Vide" for page in openers)  # type: ignore[attr-defined]


def test_long_chapter_texts_and_many_chapters_fit() -> None:
    """Promise: an editor's text beyond seven lines is cut and printed whole; twenty chapters still fit the contents."""
    chapters = tuple(Chapter(f"Heure {i}", i * 1.2, (i + 1) * 1.2, text=LONG * 4) for i in range(20))
    pages = composed(samples.book(40, "fr", form=BookForm(title="x", chapters=chapters, pages=200))[0]).pages
    openers = [page for page in pages if page.kind == "opener"]
    assert all(page.paragraphs[-1].endswith("…") for page in openers)  # type: ignore[attr-defined]
    whole = " ".join(" ".join(page.paragraphs) for page in pages if page.kind == "prose")  # type: ignore[attr-defined]
    assert whole.count("pour toute la nuit") == 4 * len(openers)
    contents = next(page for page in pages if page.kind == "contents")
    assert 60 + contents.pitch * len(contents.lines) <= 187.5  # type: ignore[attr-defined]
