"""How often and how long: by the file system that a folder lies on."""

from __future__ import annotations

from pathlib import Path

import pytest

from safelight.reconcile import pace
from safelight.reconcile.pace import Pace, at_mounts, file_system, on_share, pace_for, stretched

MOUNTS = [
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
    "30 22 0:40 / /net rw - nfs4 server:/export rw",
    "31 30 0:41 / /net/inner rw,nosuid - ext4 /dev/sdb1 rw",
    r"32 22 0:42 / /media/card\040reader rw master:1 propagate_from:2 - vfat /dev/sdc1 rw",
    r"33 22 0:43 / /odd\134040name rw - cifs //nas/photos rw",
    "34 22 0:44 / /auto rw - autofs systemd-1 rw",
    "35 34 0:45 / /auto rw - cifs //nas/auto rw",
    "36 22 0:46 / /netz rw - fuse.rclone remote rw",
    "a broken line",
]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a", "ext4"),
        ("/net/photos", "nfs4"),
        ("/net", "nfs4"),
        ("/net/inner/x", "ext4"),
        ("/network/x", "ext4"),
        ("/media/card reader/DCIM", "vfat"),
        (r"/odd\040name/x", "cifs"),
        ("/auto/race", "cifs"),
        ("/netz/race", "fuse.rclone"),
    ],
)
def test_the_deepest_and_last_mount_counts(path: str, kind: str) -> None:
    """Nested mounts, two on one place, blanks and backslashes in names; a longer name that begins alike is another."""
    assert file_system(Path(path), MOUNTS) == kind


def test_nothing_known_counts_as_local() -> None:
    """Where there is no mountinfo the scan is simply the local one."""
    assert file_system(Path("/x"), []) == ""


def test_one_share_of_the_two_sets_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inbox here and library there, or the other way round."""
    monkeypatch.setattr(pace, "_mounts", lambda: MOUNTS)
    assert not on_share([Path("/home/a"), Path("/net/inner/b")])
    for pair in ((Path("/home/a"), Path("/net/b")), (Path("/netz/a"), Path("/home/b"))):
        chosen = pace_for(pair[0], None, watching=True, beside=pair[1])
        assert (chosen.scan, chosen.settle, chosen.recheck, chosen.patience) == (5.0, 10.0, 2.0, 600.0)
    assert pace_for(Path("/home/a"), None, watching=False) == Pace(patience=30.0)


def test_rules_say_the_settle_time_on_any_mount() -> None:
    """`settle:` of event.yaml holds; the interval follows the mount."""
    assert at_mounts(Pace(), 1.0, share=True).settle == 1.0
    assert at_mounts(at_mounts(Pace(), None, share=True), None, share=False) == Pace()


def test_a_slow_scan_stretches_its_interval() -> None:
    """Scanning never takes more than a fifth of the time."""
    assert stretched(2.0, 0.1) == 2.0
    assert stretched(2.0, 3.0) == pytest.approx(15.0)
