"""French spacing: narrow no-break spaces before ; ! ? % and inside « », a no-break space before a colon. Pure."""

from __future__ import annotations

import re


def french(text: str) -> str:
    """The text with the spaces French print wants where plain ones were typed."""
    text = re.sub(r" (?=[;!?%»])", "\u202f", text)
    text = re.sub(r"« ", "«\u202f", text)
    return re.sub(r" :(?!\S)", "\u00a0:", text)


def typeset(text: str) -> str:
    """As `french`, with the curved apostrophe. For templates, before values are filled in: names of files stay as given."""
    return french(text).replace("'", "’")
