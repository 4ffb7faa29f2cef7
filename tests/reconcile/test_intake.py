"""Taking in: settle, true end, claim, names, crash."""

import os
from pathlib import Path

import pytest

from safelight.reconcile.intake import Claim, Inbox
from safelight.reconcile.names import clean, comparable, junk, numbered
from world import event_in, jpeg, put


def ready(inbox: Inbox, now: float, patience: float = 30.0) -> dict[str, str]:
    """Name → code of what would be claimed now."""
    inbox.scan(now)
    return {seen.path.name: code for seen, code, _ in inbox.ready(now, 5.0, patience)}


def test_a_file_is_taken_only_when_it_stood_still(tmp_path: Path) -> None:
    """Size and time must have stood still for the settle time, as this process saw it; growing starts anew."""
    event = event_in(tmp_path)
    path = put(event.inbox / "marie" / "a.jpg", jpeg())
    inbox = Inbox(event)
    assert ready(inbox, 0.0) == {}
    assert ready(inbox, 4.9) == {}
    path.write_bytes(jpeg() + b"trailing bytes are allowed")
    assert ready(inbox, 5.1) == {}
    assert ready(inbox, 10.2) == {"a.jpg": ""}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (jpeg()[:600], "cut_off"),
        (jpeg()[:600] + bytes(1000), "cut_off"),
        (b"", "empty_file"),
    ],
    ids=["half", "half and zeros", "nothing"],
)
def test_an_unfinished_file_waits_then_goes_to_need_you(tmp_path: Path, data: bytes, code: str) -> None:
    """Half a copy is never a photo: it waits as long as patience lasts, then its bytes are taken with the reason."""
    event = event_in(tmp_path)
    put(event.inbox / "marie" / "a.jpg", data)
    inbox = Inbox(event)
    assert ready(inbox, 0.0) == {}
    assert ready(inbox, 20.0) == {}
    assert inbox.unsettled() == 1
    assert ready(inbox, 31.0) == {"a.jpg": code}


def test_what_is_no_picture_is_taken_at_once_with_its_reason(tmp_path: Path) -> None:
    """A text file does not block the inbox."""
    event = event_in(tmp_path)
    put(event.inbox / "notes.jpg", b"no picture at all, only words")
    inbox = Inbox(event)
    inbox.scan(0.0)
    assert ready(inbox, 6.0) == {"notes.jpg": "not_a_picture"}


def test_a_claim_survives_a_crash_with_its_name(tmp_path: Path) -> None:
    """After the rename the note tells name and photographer, odd bytes in names included; the inbox is empty."""
    event = event_in(tmp_path)
    odd = os.fsdecode(b"Arriv\xe9e \xff.jpg")
    put(event.inbox / "jean" / "card 2" / odd, jpeg(1))
    inbox = Inbox(event)
    inbox.scan(0.0)
    seen = next(iter(inbox.watched.values())).seen
    claim = inbox.claim(seen, ("", "JPEG"), "000001-000001", "now")
    assert claim is not None
    assert list(event.inbox.rglob("*.jpg")) == []
    assert (event.inbox / "jean").is_dir()
    assert not (event.inbox / "jean" / "card 2").exists()
    again = Inbox(event).waiting_claims()
    assert again == [Claim(odd, "jean", "card 2", "now", "000001-000001", "", "JPEG")]
    assert inbox.file_of(again[0]).read_bytes() == jpeg(1)


def test_a_claim_whose_file_never_came_is_forgotten(tmp_path: Path) -> None:
    """Killed between note and rename: the picture is still in the inbox, the note goes."""
    event = event_in(tmp_path)
    put(event.claimed / "x" / "note.json", b'{"name":"a","photographer":"","folder":"","arrived":"","id":"x"}')
    assert Inbox(event).waiting_claims() == []
    assert not (event.claimed / "x").exists()


def test_a_folder_that_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    """A share that is away is not an empty inbox: what was known of it stays."""
    event = event_in(tmp_path)
    put(event.inbox / "marie" / "a.jpg", jpeg())
    inbox = Inbox(event)
    inbox.scan(0.0)
    (tmp_path / "inbox").rename(tmp_path / "away")
    inbox.scan(1.0)
    assert inbox.unsettled() == 1


@pytest.mark.parametrize(
    "name",
    [
        "._IMG.jpg",
        ".DS_Store",
        "Thumbs.db",
        "x.jpg.part",
        "~lock",
        "x.tmp",
        "@eaDir",
        ".syncthing.x.tmp",
        "desktop.ini",
    ],
)
def test_junk_is_passed_over(name: str) -> None:
    """Other programs' files are no photos."""
    assert junk(name)
    assert not junk("IMG_0001.JPG")


def test_names_compare_across_accents_and_case() -> None:
    """Composed and decomposed accents, upper and lower case are one name."""
    assert comparable("E\u0301te\u0301.JPG") == comparable("été.jpg")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a:b?.jpg", "a_b_.jpg"),
        ("con.jpg", "con_.jpg"),
        ("x" * 255, "x" * 200),
        ("é" * 126 + ".jpg", "é" * 98 + ".jpg"),
        ("...", "photo"),
    ],
)
def test_clean_names_can_be_written_everywhere(given: str, shown: str) -> None:
    """Forbidden letters, reserved words and overlong names (in bytes) are mended, the ending kept."""
    assert clean(given) == shown
    assert len(clean(given).encode()) <= 200


def test_the_second_photo_of_a_name_is_numbered() -> None:
    """Two cameras' IMG_0001.JPG stay apart."""
    assert numbered("IMG.JPG", 1) == "IMG.JPG"
    assert numbered("IMG.JPG", 2) == "IMG (2).JPG"
