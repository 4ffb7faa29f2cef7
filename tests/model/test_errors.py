"""The error tree: stable codes, both languages, and the way through a child process."""

import pickle
import string
from zoneinfo import ZoneInfo

import pytest

from safelight.model.errors import DiskFull, OwnedByAnother, SafelightError, by_code

WORDS = {"raison": "reason", "attendu": "expected"}
"""Fields that hold French words, and their English ones."""


def everyone(kind: type[SafelightError] = SafelightError) -> list[type[SafelightError]]:
    """All classes of the tree."""
    return [kind, *(found for below in kind.__subclasses__() for found in everyone(below))]


def test_codes_are_unique() -> None:
    """A code names one class for ever: records keep it."""
    codes = [kind.code for kind in everyone()]
    assert len(codes) == len(set(codes))
    assert all(by_code(code).code == code for code in codes)
    assert by_code("of a newer version") is SafelightError


@pytest.mark.parametrize("kind", everyone(), ids=lambda kind: kind.code)
def test_both_languages_ask_for_the_same_fields(kind: type[SafelightError]) -> None:
    """A French message tells as much as the English one; a value that is words has a field for each language."""

    def fields(text: str) -> set[str]:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        return {WORDS.get(name, name).removesuffix("_en").removesuffix("_fr") for name in names}

    assert fields(kind.en + kind.do_en) == fields(kind.fr + kind.do_fr)
    assert kind().say("fr")
    assert kind.exit_status in {1, 2, 3, 4, 70}


def test_an_error_survives_pickling_with_its_values() -> None:
    """What a child raised is what the owner tells."""
    fault = pickle.loads(pickle.dumps(OwnedByAnother(pid=7, host="box", since="16:00")))
    assert isinstance(fault, OwnedByAnother)
    assert "process 7 on box" in str(fault)
    assert DiskFull.retry
    assert not OwnedByAnother.retry


@pytest.mark.parametrize(
    ("language", "said"), [("en", "(since 13 June 2026, 18:00)"), ("fr", "(depuis le 13 juin 2026, 18:00)")]
)
def test_who_owns_the_event_since_when_in_local_time(language: str, said: str) -> None:
    """A person compares it with the clock on the wall; the values for programs stay UTC."""
    fault = OwnedByAnother(pid=7, host="box", since="2026-06-13T16:00:00Z")
    assert said in fault.say(language, ZoneInfo("Europe/Paris"))
    assert fault.values["since"] == "2026-06-13T16:00:00Z"
    assert "since ?" in OwnedByAnother(pid="?", host="?", since="?").say("en")
    assert "depuis\u202f?)" in OwnedByAnother(pid="?", host="?", since="?").say("fr")
