"""The watch as a service of this user's systemd: one unit an event, started with the session, started again when it hangs.

`unit_text` and `unit_name` are pure; `install` and `uninstall` write the one file and call `systemctl --user`. Nothing
is asked of root. Where there is no systemd of the user they raise NoService, which says what to do instead.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from safelight.files import write_through
from safelight.ledger.lease import PATIENCE
from safelight.model.errors import CannotWork, UsageError

SILENCE = 300
"""Seconds without a sign of life before the watch is started again; a long pass gives one with every file."""
CACHE = "SAFELIGHT_CACHE"
"""Where the watch remembers views; the service must remember in the same place as its user's own commands."""
START = int(PATIENCE) + 240
"""Seconds until the watch must be ready: it may have to see a stranger's lease stand still first."""
MEMORY = "4G"


class NoService(CannotWork):
    """There is no service manager of this user."""

    code = "no_service"
    en = "There is no systemd for this user here ({reason}), so no service was changed."
    fr = "Il n'y a pas de systemd pour cet utilisateur ici ({reason}) ; aucun service n'a été modifié."
    do_en = "Let another service manager, or a terminal left open, run: {command}"
    do_fr = "Faites lancer par un autre gestionnaire de services, ou dans un terminal laissé ouvert : {command}"


def unit_name(event: Path) -> str:
    """`safelight-<folder, escaped as systemd-escape --path does>.service`; different folders, different units."""
    data = str(event.resolve()).strip("/").encode("utf-8", "surrogateescape")
    plain = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_."
    parts = ["-" if byte == 0x2F else chr(byte) if byte in plain else f"\\x{byte:02x}" for byte in data]
    name = f"safelight-{''.join(parts)}.service"
    if len(name) > 255:
        raise UsageError(reason=f"The path {event} is too long for a service's name: move the event up a few folders.")
    return name


def quoted(word: str) -> str:
    """One word of ExecStart as systemd.service reads it back: quotes, backslashes, %, $ and control characters."""
    if any(ord(letter) < 32 or ord(letter) == 127 or "\ud800" <= letter <= "\udfff" for letter in word):
        raise UsageError(reason=f"{word!a} cannot stand in a service: rename the folder without such characters.")
    for letter, escape in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(letter, escape)
    return f'"{word}"'


def command(python: str, event: Path) -> list[str]:
    """What the service runs."""
    return [python, "-m", "safelight.cli", "--event", str(event.resolve()), "watch", "--log", "json"]


def unit_text(python: str, event: Path, memory: str = MEMORY, cache: str = "") -> str:
    """The unit. `memory` is systemd's way to say a size (4G) and the limit for the watch with its children; `cache` a folder.

    A stop goes to the watch alone, which ends its children; a child that the memory limit ends costs one step. A folder
    that is not there yet (a share that comes later) is tried again; damage is not.
    """
    if not memory.rstrip("KMGT").isdigit() or len(memory.lstrip("0123456789")) > 1 or int(memory.rstrip("KMGT")) == 0:
        raise UsageError(reason=f"“{memory}” is no amount of memory: say 4G or 800M.")
    program, *words = command(python, event)
    # the program itself knows no $$: systemd takes variables out of the words behind it only
    line = " ".join([quoted(program).replace("$$", "$"), *map(quoted, words)])
    kept = "\nEnvironment=" + quoted(f"{CACHE}={cache}").replace("$$", "$") if cache else ""
    return f"""[Unit]
Description=Safelight watches {event.resolve().name.replace("%", "%%").replace(chr(92), "/")}
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={line}
Environment=PYTHONUNBUFFERED=1{kept}
WatchdogSec={SILENCE}
TimeoutStartSec={START}
TimeoutStopSec=120
Restart=on-failure
RestartSec=30
RestartPreventExitStatus=4
KillMode=mixed
OOMPolicy=continue
MemoryMax={memory}
Nice=5

[Install]
WantedBy=default.target
"""


def folder_of(environment: Mapping[str, str]) -> Path:
    """Where this user's units lie."""
    base = environment.get("XDG_CONFIG_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".config") / "systemd" / "user"


def install(event: Path, python: str, environment: Mapping[str, str], memory: str = MEMORY) -> Path:
    """Write the unit, start it now and with every session; returns its file. Raises NoService, CannotWork."""
    text, name = unit_text(python, event, memory, environment.get(CACHE, "")), unit_name(event)
    _require(event, python)
    path = folder_of(environment) / name
    write_through(path, text.encode())
    for words in (("daemon-reload",), ("enable", "--now", name)):
        _must(words)
    return path


def uninstall(event: Path, python: str, environment: Mapping[str, str]) -> Path:
    """Stop it and take the unit away; the event itself is not touched. Raises NoService, CannotWork."""
    _require(event, python)
    path = folder_of(environment) / unit_name(event)
    if path.exists():
        _must(("disable", "--now", path.name))
        path.unlink()
        _must(("daemon-reload",))
    return path


def _require(event: Path, python: str) -> None:
    done = _systemctl(("show-environment",))
    if isinstance(done, str) or done.returncode:
        told = done if isinstance(done, str) else (done.stderr.strip().splitlines() or ["it does not answer"])[0]
        raise NoService(reason=told, command=shlex.join(command(python, event)))


def _must(words: tuple[str, ...]) -> None:
    done = _systemctl(words)
    if isinstance(done, str) or done.returncode:
        raise CannotWork(reason=f"systemctl {words[0]}: {done if isinstance(done, str) else done.stderr.strip()}")


def _systemctl(words: tuple[str, ...]) -> subprocess.CompletedProcess[str] | str:
    try:
        return subprocess.run(["systemctl", "--user", *words], capture_output=True, text=True, check=False, timeout=180)
    except (OSError, subprocess.TimeoutExpired) as fault:
        return fault.strerror or "?" if isinstance(fault, OSError) else "it does not answer"
