"""What the pages say, in both languages: one table, so that nothing is left in English by mistake."""

from __future__ import annotations

from collections.abc import Callable

from safelight.model.typography import typeset

Say = Callable[..., str]

WORDS: dict[str, tuple[str, str]] = {
    "desk": ("Safelight desk", "Bureau Safelight"),
    "other_language": ("Français", "English"),
    "to_start": ("To the start page", "Vers la page d'accueil"),
    "fault": ("This did not work", "Cela n'a pas fonctionné"),
    "opening": ("Opening the desk…", "Ouverture du bureau…"),
    "go_on": ("Go on", "Continuer"),
}


def speaker(language: str) -> Say:
    """A function from a key of WORDS, and the values of its fields, to the words in `language`."""

    def say(key: str, **values: object) -> str:
        text = WORDS[key][language == "fr"]
        if language == "fr":
            text = typeset(text)
        return text.format(**values) if values else text

    return say
