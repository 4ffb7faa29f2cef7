"""The service's unit: read back by systemd itself, and one sentence where there is none."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from safelight.app.service import NoService, install, quoted, unit_name, unit_text
from safelight.model.errors import UsageError

NAMES = ["plain", "with space", "Été 24 h", 'a "quoted" one', "100% $HOME", "it's; here", "back\\slash", "ends\\", "-x"]


@pytest.mark.parametrize("name", NAMES)
def test_systemd_itself_finds_the_unit_right(tmp_path: Path, name: str) -> None:
    """`systemd-analyze verify` has nothing to say, whatever the folder is called."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze here to read the unit")
    unit = tmp_path / "safelight-test.service"
    unit.write_text(unit_text(sys.executable, tmp_path / name, cache=str(tmp_path / name)), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "safelight" in line]
    assert (done.returncode, ours) == (0, [])


def test_two_events_are_two_units() -> None:
    """The name is the whole path, escaped as systemd does."""
    assert unit_name(Path("/a/b")) == "safelight-a-b.service"
    assert unit_name(Path("/a-b")) == "safelight-a\\x2db.service"


def test_words_are_escaped() -> None:
    """Percent, dollar, quotes and backslashes come back as they were; a line break is refused."""
    assert quoted('a%b $c "d" \\') == '"a%%b $$c \\"d\\" \\\\"'
    with pytest.raises(UsageError):
        quoted("a\nExecStart=b")


@pytest.mark.parametrize("memory", ["", "0", "lots", "4GG", "-1", "4G\nUser=root"])
def test_a_wrong_memory_limit_is_refused(memory: str) -> None:
    """Nothing but a number with one unit gets into the unit."""
    with pytest.raises(UsageError):
        unit_text("/usr/bin/python3", Path("/e"), memory)


def test_without_a_user_systemd_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence that says what to run instead; no file is left."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoService, match=r"safelight\.cli --event"):
        install(tmp_path / "e", sys.executable, {"XDG_CONFIG_HOME": str(tmp_path / "config")})
    assert not (tmp_path / "config").exists()
