"""A head over signals that a person took for one event: given as bytes of its store, checked before it judges."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property

from safelight.model.errors import StageError
from safelight.stages.classify.head import Head
from safelight.stages.classify.questions import Sorter
from safelight.stages.classify.signals import SignalsHead, either


class Adopted(SignalsHead):
    """classify(image, signals) -> Verdict, by the head in `data`. StageError for one that is damaged or of another version."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data

    def unavailable(self) -> str | None:
        """Nothing: it is here."""
        return None

    def fingerprint(self) -> str:
        """SHA-256 of the head's file: its name in the store."""
        return hashlib.sha256(self._data).hexdigest()

    @cached_property
    def head(self) -> Head | Sorter:
        """The trained numbers."""
        try:
            return checked(self._data)
        except ValueError as error:
            raise StageError(stage="signals", reason=f"the trained head cannot be used ({error})") from error


def checked(data: bytes) -> Head | Sorter:
    """The head in a file's bytes; raises ValueError with what is wrong (no JSON, another version, a wrong digest)."""
    try:
        return either(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(str(error) or "it is no trained head") from error
