"""Promises that hold for the repository as a whole: light imports, true snippets, two languages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from safelight.app.tell import WORDS
from safelight.plan.steps import NEEDS, WHY
from safelight.reconcile.words import TEXT
from safelight.rulebook.compile import Seen, compile_rules

ROOT = Path(__file__).parents[2]
HEAVY = (
    "fastapi",
    "uvicorn",
    "torch",
    "cv2",
    "numba",
    "onnxruntime",
    "rapidocr",
    "sklearn",
    "weasyprint",
    "transformers",
    "diffusers",
)


@pytest.mark.parametrize("module", ["safelight.cli", "safelight.app", "safelight.stages.catalog"])
def test_owner_and_help_load_no_network_runtime(module: str) -> None:
    """An idle watch stays small: networks, OpenCV and the PDF engine are loaded by children only."""
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env={"PYTHONPATH": "daemon"}
    )
    assert told.stdout.strip() == "[]"


def test_the_desk_holds_no_picture_and_no_network() -> None:
    """Decoding and networks are the children's: the process that talks to browsers loads none of their libraries."""
    heavy = (*HEAVY[2:], "PIL")
    code = f"import sys, safelight.desk.server; print([name for name in {heavy!r} if name in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env={"PYTHONPATH": "daemon"}
    )
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["README.md", "README.fr.md"])
def test_rules_in_the_readme_are_right(name: str) -> None:
    """What the README shows can be typed as it stands, in both languages."""
    snippets = re.findall(r"```yaml\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    assert snippets
    for snippet in snippets:
        compiled = compile_rules({"retouch.yaml": snippet.encode()}, [], Seen())
        assert not compiled.problems
        assert compiled.recipe.retouch is not None
        assert compiled.recipe.retouch.rules


def test_every_sentence_has_its_french() -> None:
    """No sentence of the folder or the command line is left in English by mistake."""
    for english, french in (*TEXT.values(), *WORDS.values(), *WHY.values()):
        assert french
        assert french != english or english in {"{n} duplicates"}
    for what, do, what_fr, do_fr in NEEDS.values():
        assert len({what, what_fr}) == len({do, do_fr}) == 2


def test_pictures_that_the_readme_shows_exist() -> None:
    """No broken picture on the first page."""
    for name in ("README.md", "README.fr.md"):
        for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", (ROOT / name).read_text("utf-8")):
            assert (ROOT / picture).is_file(), picture


def test_no_index_and_no_foreign_path_in_committed_files() -> None:
    """Installing works from wherever the reader's pip is set to; nothing points to one machine."""
    index = re.compile("(" + "index" + "-url|/" + "simple/)" + r"\s*[=h/]")
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, files):
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".txt", ".yaml", ".sh", ".css", ".html"} and path.is_file():
            text = path.read_text("utf-8", "replace")
            assert not index.search(text), name
