"""What the golden files of rule messages are made from. Run as a program it writes them anew, saying which changed.

`tests/golden/rules/<file>-<case>.yaml` is what somebody typed into `<file>.yaml`; `.en.txt` and `.fr.txt` are what they
read. Look at every change as the photographer would before committing it.
"""

from __future__ import annotations

from pathlib import Path

from safelight.model.digests import ObjectId
from safelight.model.promise import Answer
from safelight.model.recipe import StyleImage
from safelight.rulebook.compile import Compiled, Seen, compile_rules
from safelight.stages.prompts import CONCEPTS

FOLDER = Path(__file__).parents[1] / "golden" / "rules"
STYLES = (StyleImage("chalk", ObjectId("a" * 64)), StyleImage("night-poster", ObjectId("b" * 64)))
POOR = tuple(Answer(0.9, right) for right in [True] * 50 + [False] * 26)
SEEN = Seen(
    ("jean", "marie"), frozenset({"wall", "plain wall", "nothing", "mur uni", "rien"}), POOR, frozenset(CONCEPTS)
)


def compiled(case: Path) -> Compiled:
    """The one file of a case, compiled."""
    return compile_rules({f"{case.name.split('-')[0]}.yaml": case.read_bytes()}, STYLES, SEEN)


def message(case: Path, language: str) -> str:
    """What a person reads about it: the note of a broken file, else its warnings."""
    made = compiled(case)
    rows = [made.text(name, language) for name in made.problems]
    return "\n".join(rows or [warning.say(language) for warning in made.warnings]) + "\n"


if __name__ == "__main__":
    for case in sorted(FOLDER.glob("*.yaml")):
        for language in ("en", "fr"):
            target = case.with_suffix(f".{language}.txt")
            text = message(case, language)
            if not target.exists() or target.read_text(encoding="utf-8") != text:
                target.write_text(text, encoding="utf-8")
                print(target.name)
