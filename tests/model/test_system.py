"""What the system says reaches a French photographer in French."""

from __future__ import annotations

import errno
import os

import pytest

from safelight.model.errors import CannotWork, ShareAway
from safelight.model.system import FRENCH, said
from safelight.reconcile.words import fault_words

LIKELY = (
    errno.ENOSPC, errno.EACCES, errno.EIO, errno.ENOENT, errno.EROFS, errno.EBUSY, errno.ESTALE, errno.EHOSTDOWN,
    errno.ENOTCONN, errno.ETIMEDOUT, errno.EDQUOT, errno.EMFILE, errno.EPERM, errno.ENOTDIR, errno.EISDIR, errno.ENOMEM,
)  # fmt: skip


@pytest.mark.parametrize("number", LIKELY, ids=lambda number: errno.errorcode[number])
def test_what_disks_and_shares_say_is_known(number: int) -> None:
    """Every fault that a share or a disk is known for; the English stays English."""
    text = os.strerror(number)
    assert text in FRENCH
    assert said(text, "fr") != text
    assert said(text, "en") == text


def test_names_around_it_stay_and_the_unknown_too() -> None:
    """Only sentences are replaced."""
    fault = CannotWork(reason="/srv/Permission/library: Permission denied")
    assert "/srv/Permission/library: accès refusé" in fault.say("fr")
    assert "Permission denied" in fault.say("en")
    assert fault.values["reason"].endswith("Permission denied")
    assert said("Etwas anderes", "fr") == "Etwas anderes"
    assert "erreur de lecture ou d’écriture" in ShareAway(reason=os.strerror(errno.EIO)).say("fr")


def test_a_fault_of_a_file_is_told_in_french() -> None:
    """As notes and the log tell it."""
    fault = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "ok/a.jpg")
    assert fault_words(fault, "fr") == "ok/a.jpg\u00a0: plus de place sur le disque. Safelight réessaie tout seul."
    assert "No space left" in fault_words(fault, "en")
