"""English that slipped into a French text: words of our English sentences that no French sentence of ours has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safelight.app.explaining import TEXT as EXPLAIN
from safelight.model.errors import SafelightError, by_code
from safelight.model.signals import SIGNALS
from safelight.plan.needs import DOING, IF_DELETED, NEEDS, REASONS, STAGES
from safelight.reconcile.rulewords import TEXT as RULES
from safelight.reconcile.statuspage import TEXT as PAGE
from safelight.reconcile.statustext import TEXT as STATUS
from safelight.reconcile.tryingwords import TEXT as TRY
from safelight.reconcile.words import TEXT
from safelight.stages.base import DOUBTS
from safelight.stages.prompts import ENGLISH, FRENCH

TABLES = (TEXT, IF_DELETED, REASONS, STAGES, DOING, DOUBTS, RULES, TRY, PAGE, STATUS, EXPLAIN)


def _below(kind: type[SafelightError]) -> Iterator[str]:
    yield kind.code
    for lower in kind.__subclasses__():
        yield from _below(lower)


def _vocabulary(french: bool) -> set[str]:
    """All words of our sentences in one language."""
    kinds = [by_code(code) for code in {*_below(SafelightError)}]
    texts = [row[french] for table in TABLES for row in table.values()]
    texts += [text for row in NEEDS.values() for text in row[2 * french : 2 * french + 2]]
    texts += [text for kind in kinds for text in ((kind.fr, kind.do_fr) if french else (kind.en, kind.do_en))]
    texts += [kind.fr if french else kind.en for kind in SIGNALS.values()]
    texts += ENGLISH if french else FRENCH
    return {word.casefold() for text in texts for word in _words_of(text)}


def _words_of(text: str) -> list[str]:
    """Words of three letters and more, without what is typed as it stands: commands, names in quotes, files, fields."""
    bare = re.sub(r"`[^`]*`|«[^»]*»|“[^”]*”|\{[^}]*\}|\S+[./]\S+|_STATUS", " ", text.replace("’", "'"))
    return re.findall(r"[^\W\d_]{3,}", bare)


def english_in(text: str) -> list[str]:
    """Words of our English sentences, in a text that should be French, which no French sentence of ours has."""
    return sorted({word for word in _words_of(text) if word.casefold() in ONLY_ENGLISH})


ONLY_ENGLISH = _vocabulary(french=False) - _vocabulary(french=True)
