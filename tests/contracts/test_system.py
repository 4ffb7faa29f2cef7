"""The set-up script: it installs what is missing where it may, names it elsewhere, and asks for nothing that is there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "system.sh"
LIBRARIES = "libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0"


def machine(
    folder: Path, *, root: bool, libraries: bool, chromium: bool, breaks: str = "nothing"
) -> tuple[int, str, str]:
    """The script on a machine like this: (status, what it said, what was installed)."""
    bin_ = folder / "bin"
    bin_.mkdir()
    for tool in ("bash", "grep", "uname", "env"):
        (bin_ / tool).symlink_to(shutil.which(tool) or tool)

    def program(name: str, text: str) -> None:
        (bin_ / name).write_text(f"#!{shutil.which('bash')}\n{text}\n")
        (bin_ / name).chmod(0o755)

    program("id", f"echo {0 if root else 1000}")
    program("ldconfig", f"echo '{LIBRARIES if libraries else ''}'")
    program("apt-get", f'case "$*" in *{breaks}*) exit 1;; esac; echo "$@" >> {folder / "asked"}')
    if chromium:
        program("chromium", "")
    done = subprocess.run([bin_ / "bash", SCRIPT], capture_output=True, text=True, check=False, env={"PATH": str(bin_)})
    asked = (folder / "asked").read_text() if (folder / "asked").exists() else ""
    return done.returncode, done.stdout + done.stderr, asked


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the script asks Linux's own tools")
@pytest.mark.parametrize("root", [True, False])
@pytest.mark.parametrize("libraries", [True, False])
@pytest.mark.parametrize("chromium", [True, False])
def test_what_is_missing_is_installed_or_named(tmp_path: Path, root: bool, libraries: bool, chromium: bool) -> None:
    """Libraries the book needs end the set-up where nobody may install them; a missing browser never does."""
    status, said, asked = machine(tmp_path, root=root, libraries=libraries, chromium=chromium)
    assert ("libpango" in asked) is (root and not libraries)
    assert ("install -y -qq chromium" in asked) is (root and not chromium)
    assert status == (0 if root or libraries else 1)
    if not root:
        assert ("libpango" in said) is not libraries
        assert ("Chromium" in said) is (libraries and not chromium)
    if libraries and chromium:
        assert (said, asked) == ("", "")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the script asks Linux's own tools")
def test_a_browser_that_cannot_be_had_does_not_stop_the_set_up(tmp_path: Path) -> None:
    """No package of that name: a sentence, and on."""
    status, said, _ = machine(tmp_path, root=True, libraries=True, chromium=False, breaks="chromium")
    assert status == 0
    assert "skipped" in said
