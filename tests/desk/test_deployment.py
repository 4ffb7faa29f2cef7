"""Putting the desk elsewhere: the container's own command really starts and is healthy, the unit is right, both guides agree."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from safelight.cli import app

ROOT = Path(__file__).parents[2]
FILE = (ROOT / "Containerfile").read_text("utf-8").replace("\\\n", " ")
GUIDES = {name: (ROOT / "docs" / "guide" / name).read_text("utf-8") for name in ("desk.md", "desk.fr.md")}


def commands(word: str) -> list[str]:
    """What stands behind an instruction of the last stage, in order."""
    return re.findall(rf"^\s*{word} +(.+)$", FILE.split("\nFROM ")[-1], re.MULTILINE)


def test_the_container_starts_as_said_and_is_healthy(tmp_path: Path) -> None:
    """Its CMD with its ENV and another PORT: the health command succeeds, the token opens it under its name only, TERM ends it."""
    (command,), (health,) = (json.loads(text) for text in commands("CMD")[-1:]), (
        json.loads(text) for text in re.findall(r"HEALTHCHECK.*?CMD (\[.+\])", FILE)
    )  # fmt: skip
    environment = dict(re.findall(r"(\w+)=(\S+)", commands("ENV")[0]))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    shim = tmp_path / "safelight"
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} -m safelight.cli "$@"\n')
    shim.chmod(0o755)
    given = {
        **environment,
        "PATH": f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "daemon"),
        "SAFELIGHT_CACHE": str(tmp_path / "cache"),
        "PORT": str(port),
        "SAFELIGHT_DESK_TOKEN": "a token of twenty signs",
        "SAFELIGHT_DESK_NAMES": "desk.example.org other.example.org",
    }
    desk = subprocess.Popen(command, env=given, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert desk.stdout
        assert desk.stdout.readline().strip() == "https://desk.example.org/?token=a%20token%20of%20twenty%20signs"
        assert subprocess.run(health, env=given, check=False).returncode == 0
        for host, status in (("other.example.org", 200), ("10.0.0.7", 421)):
            headers = {"Host": host, "Authorization": f"Bearer {given['SAFELIGHT_DESK_TOKEN']}"}
            assert asked(f"http://127.0.0.1:{port}/", headers) == status
    finally:
        desk.send_signal(signal.SIGTERM)
        _, said = desk.communicate(timeout=60)
    assert desk.returncode == 0
    assert "Warning" in said
    assert subprocess.run(health, env=given, check=False, capture_output=True).returncode != 0


def asked(url: str, headers: dict[str, str]) -> int:
    """The status of a GET."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as fault:
        return int(fault.code)


def test_the_container_is_nobody_important() -> None:
    """An ordinary user, a stop that is heard, nothing of a secret in the image."""
    assert commands("USER")[-1] not in {"root", "0"}
    assert commands("STOPSIGNAL") == ["SIGTERM"]
    assert "TOKEN=" not in "".join(commands("ENV"))


def test_what_is_copied_is_there_and_not_ignored() -> None:
    """Every source of COPY exists, is let through by .dockerignore, and is all that the package is built of."""
    sources = {name for line in re.findall(r"^COPY (?!--)(.+)$", FILE, re.MULTILINE) for name in line.split()[:-1]}
    kept = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert sources == kept
    assert all((ROOT / name).exists() for name in sources)
    built = (ROOT / "pyproject.toml").read_text("utf-8")
    needed = {"LICENSE", "daemon", *re.findall(r'^"(\w+)" = "safelight/defaults', built, re.MULTILINE)}
    assert needed <= sources


@pytest.mark.parametrize("name", GUIDES)
def test_systemd_finds_the_unit_right(tmp_path: Path, name: str) -> None:
    """As it stands in the guide, but for the program's place."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze here to read the unit")
    (text,) = re.findall(r"```ini\n(.*?)```", GUIDES[name], re.DOTALL)
    unit = tmp_path / "safelight-desk.service"
    unit.write_text(text.replace("/opt/safelight/.venv/bin/safelight", sys.executable), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "safelight" in line]) == (0, [])


def test_both_guides_say_the_same() -> None:
    """The same commands, files and settings in both languages, and every setting is one that the command has."""
    english, french = GUIDES["desk.md"], GUIDES["desk.fr.md"]
    blocks = [re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) for text in (english, french)]
    assert blocks[0] == blocks[1]
    names = [set(re.findall(r"SAFELIGHT_DESK_\w+", text)) for text in (english, french)]
    assert names[0] == names[1]
    told = CliRunner().invoke(app, ["desk", "--help"], env={"COLUMNS": "200"}).output
    assert names[0] <= set(re.findall(r"SAFELIGHT_DESK_\w+", told))
    options = set(re.findall(r"`(--\w+)[` ]", english)) - {"--build-arg"}
    assert options
    assert all(option in told for option in options)


def test_french_typography_of_the_guide() -> None:
    """No-break spaces where French print wants them, outside of code."""
    prose = re.sub(r"```.*?```|`[^`]*`", "", GUIDES["desk.fr.md"], flags=re.DOTALL)
    assert not re.findall(r" [;!?%»]| :(?!\S)|'", prose)
