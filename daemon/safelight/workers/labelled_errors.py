"""What can be wrong with a labelled picture that somebody wants to see, for both sides of a lane's pipe.

The errors of training data stay in the child, whose libraries they come with: their words cross the pipe as values.
"""

from __future__ import annotations

from datetime import tzinfo

from safelight.model.errors import PermanentError


class DataTrouble(PermanentError):
    """Something is wrong with the data itself; `kind` is the code of the error it was, its words are values."""

    code = "data_trouble"
    en, fr = "This data cannot be shown.", "Ces données ne peuvent pas être montrées."

    def what(self, language: str = "en", zone: tzinfo | None = None) -> str:
        """As the error it was."""
        return self.values.get(f"what_{language}") or super().what(language, zone)

    def what_to_do(self, language: str = "en", zone: tzinfo | None = None) -> str:
        """As the error it was."""
        return self.values.get(f"do_{language}") or super().what_to_do(language, zone)


class NoSuchPicture(PermanentError):
    """The data has no picture of this id."""

    code = "no_such_picture"
    en, fr = "There is no picture “{sample}” in {data}.", "Il n’y a pas d’image « {sample} » dans {data}."
    do_en, do_fr = "Choose one from its list.", "Choisissez-en une dans sa liste."
