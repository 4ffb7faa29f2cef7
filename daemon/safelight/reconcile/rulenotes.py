"""The notes beside rule files: problems, remarks, a missing file. Pure: names and bytes, written by `rulewatch`.

`retouch.yaml - 2 PROBLEMS.txt` tells why a file is not in force, `retouch.yaml - 1 REMARK.txt` what it probably does
not mean although it is, `retouch.yaml - MISSING.txt` that photos wait for it. Each goes away by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from safelight.reconcile.rules import FORMS, PARTS, InForce
from safelight.reconcile.rulewords import part_word, say, text_file

_WORDS = {
    "problem": (("PROBLEM", "PROBLEMS"), ("PROBLÈME", "PROBLÈMES")),
    "remark": (("REMARK", "REMARKS"), ("REMARQUE", "REMARQUES")),
}
_MISSING = ("MISSING", "ABSENT")
_NOTE = re.compile(
    r"(?:event|sort|retouch|style|book)\.yaml - (?:\d+ (?:PROBL[EÈ]MES?|PROBLEMS?|REMARKS?|REMARQUES?)|MISSING|ABSENT)\.txt"
)


def is_note(name: str) -> bool:
    """Whether a file of this name in `rules/` may be one of these notes (its content tells whether it is ours)."""
    return _NOTE.fullmatch(unicodedata.normalize("NFC", name)) is not None


def notes_for(
    forced: InForce, missing: Mapping[str, str], twins: Mapping[str, Iterable[str]], language: str
) -> dict[str, bytes]:
    """File name → text. `missing` maps files that are gone for good to the name of their last version in the history;
    `twins` maps a file to the names that mean it, the one that counts first.
    """
    wanted = {}
    for file, text in forced.texts.items():
        name = _name(file, "problem", len(forced.compiled.problems[file]), language)
        wanted[name] = text_file(text)
    for file in PARTS:
        blocks = [warning.block(language) for warning in forced.compiled.warnings if warning.file == file]
        names = list(twins.get(file, ()))
        if len(names) > 1:
            blocks.append(say("twins", language, file=file, names=", ".join(names), counts=names[0]))
        if blocks and file not in forced.texts:
            head = say("noted" if len(blocks) == 1 else "noted_many", language, file=file, n=len(blocks))
            wanted[_name(file, "remark", len(blocks), language)] = text_file("\n\n".join([head, *blocks]))
    for file, history in missing.items():
        key = "missing_form" if file in FORMS else "missing_rules"
        part = part_word(PARTS[file], language) if file not in FORMS else ""
        lines = [say(key, language, file=file, part=part), say("missing_do", language, history=history)]
        wanted[f"{file} - {_MISSING[language == 'fr']}.txt"] = text_file("\n".join(lines))
    return wanted


def _name(file: str, kind: str, count: int, language: str) -> str:
    one, many = _WORDS[kind][language == "fr"]
    return f"{file} - {count} {many if count > 1 else one}.txt"
