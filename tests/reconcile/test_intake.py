"""Taking in: settle, true end, claim, names, crash, shares."""

import errno
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from safelight.reconcile import claims
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
    assert again == [Claim(odd, "jean", "card 2", "now", "000001-000001", "", "JPEG", "", seen.size, seen.mtime)]
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
        "x~",
        "x.partial",
        "x.filepart",
        "x.crdownload",
        "x.download",
        "~syncthing~x.jpg.tmp",
        ".stfolder",
        ".stversions",
        ".Spotlight-V100",
        ".Trashes",
        "__MACOSX",
        "CaptureOne",
        "Race.lrcat",
        "Race.lrcat-journal",
        "~$x.jpg",
        ".x.jpg.Ab3dEf",
        "X.JPG.PART",
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


def test_a_share_that_lags_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder says "unchanged" (a share's memory of seconds ago), the open file says it grew: it settles anew."""
    event = event_in(tmp_path)
    path = put(event.inbox / "marie" / "a.jpg", jpeg())
    inbox = Inbox(event)
    inbox.scan(0.0)
    old = inbox.watched[path].seen
    path.write_bytes(jpeg() + b"more")
    inbox.note(6.0, [old])
    assert list(inbox.ready(6.0, 5.0, 30.0)) == []
    inbox.note(10.0, [inbox.watched[path].seen])
    assert list(inbox.ready(10.9, 5.0, 30.0)) == []
    assert [seen.size for seen, _, _ in inbox.ready(11.1, 5.0, 30.0)] == [len(jpeg()) + 4]


def test_a_rename_from_a_temporary_name_is_an_offer(tmp_path: Path) -> None:
    """`x.jpg.part` seen by a scan and then renamed is taken by the next one, without settling; half a picture is not."""
    event = event_in(tmp_path)
    inbox = Inbox(event)
    for name, data in (("a.jpg", jpeg()), ("half.jpg", jpeg(2)[:600])):
        put(event.inbox / "marie" / f"{name}.part", data)
    assert ready(inbox, 0.0) == {}
    assert inbox.ignored == 2
    for name in ("a.jpg", "half.jpg"):
        (event.inbox / "marie" / f"{name}.part").rename(event.inbox / "marie" / name)
    put(event.inbox / "marie" / "never seen as part.jpg", jpeg(3))
    assert ready(inbox, 2.0) == {"a.jpg": ""}


def test_what_is_no_plain_file_is_never_opened(tmp_path: Path) -> None:
    """Links, pipes, sockets and a folder named like a picture: counted as ignored (the folder walked), nothing hangs."""
    event = event_in(tmp_path)
    put(tmp_path / "elsewhere.jpg", jpeg())
    put(event.inbox / "marie" / "x.jpg" / "inside.jpg", jpeg(1))
    (event.inbox / "link.jpg").symlink_to(tmp_path / "elsewhere.jpg")
    (event.inbox / "linked").symlink_to(tmp_path)
    os.mkfifo(event.inbox / "pipe.jpg")
    here = os.getcwd()
    os.chdir(event.inbox)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("door.jpg")
    os.chdir(here)
    inbox = Inbox(event)
    ready(inbox, 0.0)
    assert ready(inbox, 6.0) == {"inside.jpg": ""}
    assert (inbox.ignored, inbox.links) == (4, 4)


def test_folders_as_deep_as_paths_go(tmp_path: Path) -> None:
    """Twelve hundred folders in each other neither exhaust the stack nor hide the picture beside them."""
    event = event_in(tmp_path)
    put(event.inbox / "marie" / "a.jpg", jpeg())
    here = os.getcwd()
    os.chdir(event.inbox)
    try:
        for _ in range(1200):
            os.mkdir("d")
            os.chdir("d")
        Path("deep.jpg").write_bytes(jpeg(1))
    finally:
        os.chdir(here)
    inbox = Inbox(event)
    ready(inbox, 0.0)
    assert ready(inbox, 6.0) == {"a.jpg": "", "deep.jpg": ""}
    seen = next(watched.seen for path, watched in inbox.watched.items() if path.name == "deep.jpg")
    claim = inbox.claim(seen, ("", "JPEG"), "1-1", "now")
    assert claim is not None
    assert inbox.file_of(claim).read_bytes() == jpeg(1)
    shutil.rmtree(event.inbox)


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EACCES, errno.EPERM, errno.ETXTBSY, errno.EIO, errno.ESTALE])
def test_a_file_held_open_settles_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """A share refuses the rename while a program holds the file: no error, no note left, taken after settling again."""
    event = event_in(tmp_path)
    path = put(event.inbox / "marie" / "a.jpg", jpeg())
    inbox = Inbox(event)
    assert (ready(inbox, 0.0), ready(inbox, 6.0)) == ({}, {"a.jpg": ""})

    def refuse(_source: object, _target: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", refuse)
        assert inbox.claim(inbox.watched[path].seen, ("", "JPEG"), "1-1", "now") is None
    assert list(event.claimed.iterdir()) == []
    assert ready(inbox, 10.0) == {}
    assert ready(inbox, 11.5) == {"a.jpg": ""}


def test_a_rename_that_worked_and_was_answered_with_an_error_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share repeats a lost answer as "no such file": the picture is in the claim and stays there."""
    event = event_in(tmp_path)
    path = put(event.inbox / "marie" / "a.jpg", jpeg())
    inbox = Inbox(event)
    inbox.scan(0.0)
    real = os.rename

    def lost(source: Path, target: Path) -> None:
        real(source, target)
        raise FileNotFoundError(errno.ENOENT, "gone")

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", lost)
        claim = inbox.claim(inbox.watched[path].seen, ("", "JPEG"), "1-1", "now")
    assert claim is not None
    assert inbox.file_of(claim).read_bytes() == jpeg()


def other_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inbox as if on another file system than the library."""

    def refuse(_source: object, _target: object) -> None:
        raise OSError(errno.EXDEV, "other device")

    monkeypatch.setattr(os, "rename", refuse)


def test_across_file_systems_it_is_copied_and_then_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Same bytes, same time, the source gone."""
    event = event_in(tmp_path)
    path = put(event.inbox / "marie" / "a.jpg", jpeg())
    stamp = path.stat().st_mtime_ns
    inbox = Inbox(event)
    inbox.scan(0.0)
    other_disk(monkeypatch)
    claim = inbox.claim(inbox.watched[path].seen, ("", "JPEG"), "1-1", "now")
    assert claim is not None
    assert inbox.mark(claim) == (len(jpeg()), stamp)
    assert not path.exists()


def test_a_source_that_grows_while_copied_is_no_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied across file systems while somebody writes: the copy is thrown away, the source stays."""
    event = event_in(tmp_path)
    path = put(event.inbox / "marie" / "a.jpg", jpeg())
    inbox = Inbox(event)
    inbox.scan(0.0)
    other_disk(monkeypatch)
    real = shutil.copyfile

    def growing(source: Path, target: Path) -> None:
        real(source, target)
        with source.open("ab") as file:
            file.write(b"more")

    monkeypatch.setattr(shutil, "copyfile", growing)
    assert inbox.claim(inbox.watched[path].seen, ("", "JPEG"), "1-1", "now") is None
    assert path.read_bytes() == jpeg() + b"more"
    assert list(event.claimed.iterdir()) == []


def test_in_place_a_claim_is_a_copy(tmp_path: Path) -> None:
    """Any folder can be looked at, and its files left where they are."""
    event = event_in(tmp_path)
    path = put(event.library / "ok" / "marie" / "a.jpg", jpeg())
    inbox = Inbox(event, root=event.library / "ok", in_place=True)
    inbox.scan(0.0)
    claim = inbox.claim(inbox.watched[path].seen, ("", "JPEG"), "1-1", "now")
    assert claim is not None
    assert (claim.name, claim.photographer) == ("a.jpg", "marie")
    assert path.read_bytes() == inbox.file_of(claim).read_bytes() == jpeg()


def test_a_note_without_its_file_never_takes_a_file_with_it(tmp_path: Path) -> None:
    """`drop_note` removes notes and halves of copies, and cannot remove bytes that were taken."""
    event = event_in(tmp_path)
    put(event.claimed / "x" / "note.json", b"{}")
    put(event.claimed / "x" / "file", jpeg())
    claims.drop_note(event.claimed / "x")
    assert (event.claimed / "x" / "file").read_bytes() == jpeg()
    put(event.claimed / "y" / "part", b"half")
    put(event.claimed / "y" / "note.json", b"not yet written")
    claims.drop_note(event.claimed / "y")
    assert not (event.claimed / "y").exists()


def test_a_file_that_never_comes_to_rest_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    """Written every second: never taken; after twenty times the patience a run may end without it, a watch goes on."""
    event = event_in(tmp_path)
    path = put(event.inbox / "marie" / "a.jpg", jpeg())
    inbox = Inbox(event)
    for second in range(0, 700, 2):
        os.utime(path, (second, second))
        assert ready(inbox, float(second)) == {}
        assert inbox.unsettled() == (second < 600)
    assert ready(inbox, 706.0) == {"a.jpg": ""}


def test_a_file_that_goes_while_settling_is_forgotten(tmp_path: Path) -> None:
    """Deleted or renamed by its owner: no error; under the new name it settles anew."""
    event = event_in(tmp_path)
    path = put(event.inbox / "marie" / "a.jpg", jpeg())
    inbox = Inbox(event)
    ready(inbox, 0.0)
    path.rename(path.with_name("b.jpg"))
    assert ready(inbox, 6.0) == {}
    assert [path.name for path in inbox.watched] == ["b.jpg"]
    inbox.note(20.0, [inbox.watched[path.with_name("b.jpg")].seen])
    path.with_name("b.jpg").unlink()
    assert list(inbox.ready(20.0, 5.0, 30.0)) == []


DENIED = """
import os, sys
from pathlib import Path
from safelight.reconcile.event import Event
from safelight.reconcile.intake import Inbox
os.setgroups([]); os.setgid(65534); os.setuid(65534)
inbox = Inbox(Event(Path(sys.argv[1])))
inbox.scan(0.0)
first = [seen.path.name for seen, _, _ in inbox.ready(6.0, 5.0, 30.0)]
inbox.scan(40.0)
list(inbox.ready(40.0, 5.0, 30.0))
print(first, sorted(path.name for path in inbox.denied), inbox.unsettled(), len(inbox.watched))
"""


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can become somebody else")
def test_a_file_that_may_not_be_read_is_named_and_counted(tmp_path: Path) -> None:
    """Another user's file: never taken, known as denied, after the patience not waited for, still counted."""
    event = event_in(tmp_path)
    put(event.inbox / "marie" / "mine.jpg", jpeg())
    put(event.inbox / "marie" / "theirs.jpg", jpeg(1)).chmod(0o600)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == "root" and folder != Path("/") and folder.name != "tmp":
            folder.chmod(folder.stat().st_mode | 0o055)
    environment = {**os.environ, "PYTHONPATH": "daemon", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", DENIED, str(tmp_path)], env=environment, text=True, capture_output=True, check=False
    )
    assert done.stdout.strip() == "['mine.jpg'] ['theirs.jpg'] 0 2", done.stderr
