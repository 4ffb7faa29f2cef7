"""What is believed of the rules folder: the decision as a table, and every editor's way of saving on a real folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.digests import object_id
from safelight.reconcile.event import Event
from safelight.reconcile.rulefiles import GONE, UNREADABLE, Belief, RuleFolder, Sight, next_belief
from world import event_in, put

OLD = b"version: 1\nretouch: []\n"
NEW = b"version: 1\nretouch: []   # changed\n"

TABLE: list[tuple[str, list[tuple[float, Sight]], str]] = [
    ("nothing happens", [(0, "a"), (2, "a")], "a"),
    ("changed and steady", [(0, "b"), (2, "b")], "b"),
    ("changed, looked at too soon", [(0, "b"), (1.9, "b")], "a"),
    ("half-saved, then whole", [(0, "half"), (2, "b"), (3, "b")], "a"),
    ("half-saved, then whole and steady", [(0, "half"), (2, "b"), (4, "b")], "b"),
    ("changed and changed back", [(0, "b"), (2, "a"), (4, "a")], "a"),
    ("gone for a moment", [(0, GONE), (2, "a")], "a"),
    ("gone for a moment, back with other content", [(0, GONE), (2, "b"), (4, "b")], "b"),
    ("gone for 59 seconds", [(0, GONE), (59, GONE)], "a"),
    ("gone for a minute", [(0, GONE), (60, GONE)], GONE),
    ("gone, seen, gone: the minute begins anew", [(0, GONE), (50, "a"), (55, GONE), (70, GONE)], "a"),
    ("gone, locked, gone: it was there", [(0, GONE), (50, UNREADABLE), (55, GONE), (70, GONE)], "a"),
    ("unreadable for ever", [(0, UNREADABLE), (100, UNREADABLE)], "a"),
    ("locked while it changes", [(0, "b"), (1, UNREADABLE), (2, "b")], "b"),
]


@pytest.mark.parametrize(("name", "sights", "held"), TABLE, ids=[row[0] for row in TABLE])
def test_what_is_believed(name: str, sights: list[tuple[float, Sight]], held: str) -> None:
    """Two looks 2 s apart for a content, 60 s away for its loss, nothing at all for what cannot be read."""
    belief = Belief("a")
    for now, sight in sights:
        belief = next_belief(belief, sight, now, 2.0, 60.0)
    assert belief.holds == held


@given(st.lists(st.tuples(st.sampled_from(["a", "b", GONE, UNREADABLE]), st.floats(0.1, 5.0))))
@settings(deadline=None)
def test_a_belief_always_stood_still(looks: list[tuple[Sight, float]]) -> None:
    """Whatever is seen in whatever order: nothing is believed that was not seen twice in a row, `steady` apart."""
    belief, now = Belief("a"), 0.0
    seen: list[tuple[Sight, float]] = [("a", -100.0), ("a", 0.0)]
    for sight, pause in looks:
        now += pause
        after = next_belief(belief, sight, now, 2.0, 60.0)
        seen.append((sight, now))
        if after.holds != belief.holds:
            same = []
            for past, at in reversed(seen):
                if past is UNREADABLE and after.holds != GONE:
                    continue
                if past != after.holds:
                    break
                same.append(at)
            assert same[0] - same[-1] >= (60.0 if after.holds == GONE else 2.0)
        belief = after


class Desk:
    """A rules folder and a clock: `after(seconds)` looks every second until then, `now` looks at once."""

    def __init__(self, event: Event) -> None:
        self.path = event.rules / "retouch.yaml"
        self.folder = RuleFolder(event, {}, lambda path: event.store.put_file(path)[0])
        self.clock = 0.0
        event.hidden.mkdir(parents=True, exist_ok=True)
        for name in ("sort", "retouch", "style"):
            put(event.rules / f"{name}.yaml", OLD)
        self.now()

    def now(self) -> bool:
        """Look once."""
        return self.folder.look(self.clock, 2.0, 60.0)

    def after(self, seconds: float) -> int:
        """How many looks in that time brought something new."""
        changes = 0
        for _ in range(int(seconds)):
            self.clock += 1.0
            changes += self.now()
        return changes

    @property
    def held(self) -> bytes | None:
        """What is believed of the file."""
        return self.folder.files.get("retouch.yaml")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder looked at once."""
    return Desk(event_in(tmp_path / "event"))


def in_place(desk: Desk) -> None:
    """Notepad: truncated, then written in two pieces."""
    with desk.path.open("wb") as file:
        file.flush()
        desk.after(1)
        file.write(NEW[:12])
        file.flush()
        desk.after(1)
        file.write(NEW[12:])


def vim(desk: Desk) -> None:
    """Vim: probes `4913`, keeps a `.swp`, renames the file to `~`, writes a new one, removes the old."""
    put(desk.path.with_name(".retouch.yaml.swp"), b"b0VIM")
    put(desk.path.with_name("4913"), b"").unlink()
    desk.path.rename(desk.path.with_name("retouch.yaml~"))
    desk.after(1)
    put(desk.path, NEW)
    desk.path.with_name("retouch.yaml~").unlink()
    desk.path.with_name(".retouch.yaml.swp").unlink()


def textedit(desk: Desk) -> None:
    """TextEdit: a safe-save folder `.sb-…` beside it, then an exchange by rename."""
    fresh = put(desk.path.parent / "retouch.yaml.sb-1a2b3c4d-Qx9Zkk" / "retouch.yaml", NEW)
    desk.after(1)
    os.replace(fresh, desk.path)
    fresh.parent.rmdir()


def code(desk: Desk) -> None:
    """VS Code: the same bytes first (format on save), then the new ones in place."""
    desk.path.write_bytes(OLD)
    desk.after(1)
    desk.path.write_bytes(NEW)


def office(desk: Desk) -> None:
    """An office program: lock files beside it, the old one removed before the new one is renamed into place."""
    lock, own = desk.path.with_name(".~lock.retouch.yaml#"), desk.path.with_name("~$retouch.yaml")
    put(lock, b",me,"), put(own, b"me")
    fresh = put(desk.path.with_name("lu1234.tmp"), NEW)
    desk.path.unlink()
    desk.after(3)
    os.replace(fresh, desk.path)
    lock.unlink(), own.unlink()


@pytest.mark.parametrize("save", [in_place, vim, textedit, code, office])
def test_every_editor_saves_once(desk: Desk, save: Callable[[Desk], None]) -> None:
    """Whatever the editor does in between, the new content comes in once, and nothing else is ever believed."""
    save(desk)
    assert desk.held == OLD
    assert desk.after(2) == 0
    assert desk.after(3) == 1
    assert desk.held == NEW
    assert desk.after(70) == 0


def test_same_bytes_with_a_new_time_are_no_change(desk: Desk) -> None:
    """touch, a copy over itself, a restored backup: nothing happens."""
    os.utime(desk.path, (1, 1))
    desk.path.write_bytes(OLD)
    assert desk.after(10) == 0


def test_other_bytes_of_the_same_size_and_time_are_found_while_they_change(desk: Desk) -> None:
    """A coarse clock hides a second save of the same length: while a file changes it is read at every look."""
    desk.path.write_bytes(NEW)
    os.utime(desk.path, ns=(10**18, 10**18))
    desk.after(1)
    other = NEW.replace(b"changed", b"CHANGED")
    desk.path.write_bytes(other)
    os.utime(desk.path, ns=(10**18, 10**18))
    desk.after(4)
    assert desk.held == other


def test_a_file_gone_for_a_minute_is_gone(desk: Desk) -> None:
    """Its last content counts until then, and it comes back as soon as it stood still."""
    desk.path.unlink()
    desk.after(60)
    assert desk.held == OLD
    assert [key for key, _ in desk.folder.missing()] == ["retouch.yaml"]
    assert desk.after(1) == 1
    assert desk.held is None
    put(desk.path, OLD)
    desk.after(3)
    assert desk.held == OLD


def test_a_folder_that_lost_everything_says_nothing(desk: Desk) -> None:
    """All rule files gone, or the folder itself: a share in trouble, the last rules stay for as long as it takes."""
    moved = desk.path.parent.rename(desk.path.parent.with_name("elsewhere"))
    assert desk.after(200) == 0
    assert desk.folder.lost
    desk.path.parent.mkdir()
    assert desk.after(200) == 0
    assert (desk.held, desk.folder.lost) == (OLD, True)
    desk.path.parent.rmdir()
    moved.rename(desk.path.parent)
    assert desk.after(5) == 0
    assert not desk.folder.lost


def test_a_file_that_cannot_be_opened_keeps_what_is_in_force(desk: Desk) -> None:
    """A link in a circle stands for EBUSY and friends: any error but "not there" says nothing."""
    desk.path.unlink()
    desk.path.symlink_to(desk.path.name)
    desk.after(100)
    assert (desk.held, desk.folder.unreadable) == (OLD, {"retouch.yaml"})


def test_what_was_accepted_counts_from_the_first_look(tmp_path: Path) -> None:
    """At the start: a file that is there counts at once, a missing one keeps its last version for the same minute."""
    event = event_in(tmp_path / "event")
    put(event.rules / "sort.yaml", NEW)
    folder = RuleFolder(event, {"sort.yaml": OLD, "retouch.yaml": OLD}, lambda path: event.store.put_file(path)[0])
    assert folder.look(0.0, 2.0, 60.0)
    assert folder.files == {"sort.yaml": NEW, "retouch.yaml": OLD}
    folder.look(59.0, 2.0, 60.0)
    assert "retouch.yaml" in folder.files
    folder.look(60.0, 2.0, 60.0)
    assert folder.files == {"sort.yaml": NEW}


def test_styles_are_believed_like_rules(desk: Desk) -> None:
    """A style picture being copied counts once it stood still, and its bytes are in the store."""
    style = put(desk.path.parent / "styles" / "chalk.png", b"half")
    desk.after(1)
    style.write_bytes(b"half and half")
    desk.after(2)
    assert desk.folder.styles == {}
    assert desk.after(2) == 1
    assert desk.folder.styles == {"chalk.png": object_id(b"half and half")}


def test_of_two_names_the_plain_one_counts(desk: Desk) -> None:
    """Windows hides endings: `retouch.yaml.txt` means the same file, and both are named."""
    put(desk.path.with_name("retouch.yaml.txt"), NEW)
    put(desk.path.with_name("Retouch.yml"), NEW)
    assert desk.after(5) == 0
    assert desk.folder.twins["retouch.yaml"] == ["retouch.yaml", "Retouch.yml", "retouch.yaml.txt"]
