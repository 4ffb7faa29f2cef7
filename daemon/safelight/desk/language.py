"""The language of an answer: what the page's switch said, else the first of ours in Accept-Language. Pure."""

from __future__ import annotations

LANGUAGES = ("en", "fr")
COOKIE = "safelight_language"


def wanted(accept: str, chosen: str = "") -> str:
    """`en` or `fr`; English where neither is asked for."""
    if chosen in LANGUAGES:
        return chosen
    best, weight = "en", 0.0
    for part in accept.split(","):
        name, _, rest = part.strip().partition(";")
        primary = name.split("-")[0].casefold()
        given = _weight(rest)
        if primary in LANGUAGES and given > weight:
            best, weight = primary, given
    return best


def _weight(text: str) -> float:
    key, _, value = text.strip().partition("=")
    if key.strip() != "q":
        return 1.0
    try:
        return max(0.0, min(1.0, float(value)))
    except ValueError:
        return 0.0
