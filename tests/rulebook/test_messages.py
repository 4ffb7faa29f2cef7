"""Every message as people read it, in English and French, against golden files; and the promises all of them keep."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from safelight.rulebook.compile import Seen, compile_rules
from safelight.rulebook.texts import TEXTS

GOLDEN = Path(__file__).parents[1] / "golden" / "rules"
CASES = sorted(GOLDEN.glob("*.yaml"))


def _helper():
    """golden.py beside this file, which also writes the golden files anew when a person runs it."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("rulebook_golden", Path(__file__).with_name("golden.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


golden = _helper()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_message_is_the_golden_one(case: Path, language: str) -> None:
    """What somebody typed gives exactly the message on file, sign by sign."""
    expected = case.with_suffix(f".{language}.txt").read_text(encoding="utf-8")
    assert golden.message(case, language) == expected


def test_every_code_has_a_golden_case_or_a_reason() -> None:
    """No sentence exists that nobody has read: each code is met by a golden file or by a test named here."""
    met = set()
    for case in CASES:
        made = golden.compiled(case)
        met |= {problem.code for found in made.problems.values() for problem in found}
        met |= {warning.code for warning in made.warnings}
    elsewhere = {
        "control", "binary", "big", "nested", "w_encoding",  # bytes that no golden text can hold: test_source
        "unreadable", "documents", "want_text", "want_texts", "choice", "want_list",  # test_source and test_compile
    }  # fmt: skip
    assert set(TEXTS) - met <= elsewhere


def test_french_typography() -> None:
    """French sentences have narrow spaces before ; ! ? % and inside guillemets, a fixed one before the colon, ’."""
    for code, (_, french) in TEXTS.items():
        prose = french.replace("version: 1", "").replace('"2026-06-13 16:00"', "").replace("{rule}:", "")
        assert not re.search(r" [;!?%:»]|« |'", prose), (code, french)
        assert not re.search(r"[^\s\u202f\u00a0\"][;!?](\s|$)", prose), (code, french)


def test_no_inner_words_leak() -> None:
    """No message shows a type name, a parser's message or a traceback."""
    for path in GOLDEN.glob("*.txt"):
        assert not re.search(
            r"Scanner|Parser|Error|token|scalar|NoneType|input_value|\{[a-z_]+\}:? is", path.read_text("utf-8")
        )


def test_at_most_ten_and_in_line_order() -> None:
    """Ten problems are shown and the rest counted; lines only ever go down the page."""
    made = compile_rules({"retouch.yaml": (GOLDEN / "retouch-eleven.yaml").read_bytes()}, (), Seen())
    text = made.text("retouch.yaml")
    numbers = [int(found) for found in re.findall(r"^Line (\d+):", text, re.M)]
    assert len(made.problems["retouch.yaml"]) == 11
    assert len(numbers) == 10
    assert numbers == sorted(numbers)
    assert text.endswith("… and 1 more.")


def test_header_names_the_version_in_force() -> None:
    """A caller who knows the version still in force has it named."""
    made = compile_rules({"retouch.yaml": b"x"}, (), Seen())
    assert made.text("retouch.yaml", "en", "Sat 14:02").startswith(
        "retouch.yaml: 1 problem. NOT in use. Still working with your version of Sat 14:02."
    )
