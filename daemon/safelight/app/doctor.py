"""`doctor`: what there is on this machine and in this folder, and what is missing. Reads only."""

from __future__ import annotations

import os
import platform
import shutil
from importlib import metadata
from typing import Any

from safelight import __version__, defaults
from safelight.app.around import Surroundings
from safelight.app.files import Bench
from safelight.app.looking import peek
from safelight.model.errors import NoSuchDevice, SafelightError
from safelight.model.recipe import Recipe
from safelight.reconcile.event import Event, World, look_at
from safelight.reconcile.promises import Promises

PACKAGES = (
    "torch", "torchvision", "transformers", "diffusers", "weasyprint", "pillow", "numpy", "numba",
    "opencv-python-headless", "onnxruntime", "rapidocr", "watchdog",
)  # fmt: skip
ENOUGH = 10_000_000_000
"""Bytes of free disk below which a day's cards may not fit."""


def doctor(event: Event, around: Surroundings) -> dict[str, Any]:
    """Versions, backends with reasons, fonts of the designs, disk, rights of the folder, and a list of problems."""
    problems: list[str] = []
    with Bench(around) as bench:
        try:
            facts = bench.do("backends", {}, cards=True)["facts"]
            rows, cards = facts["backends"], facts["cards"]
        except SafelightError as fault:
            rows, cards = [], {}
            problems.append(fault.say())
    backends = [
        dict(zip(("stage", "name", "version", "trained", "unavailable", "model"), row, strict=True)) for row in rows
    ]
    fonts = sorted(path.name for path in defaults.folder("templates").rglob("*.[ot]tf"))
    if not fonts:
        problems.append("the fonts of the book's designs are missing")
    free = shutil.disk_usage(event.root).free
    if free < ENOUGH:
        problems.append(f"only {free / 1e9:.1f} GB free")
    rights = _rights(event, problems)
    world = _read(event) if event.rules.is_dir() else None
    recipe = _peeked(world) if world else None
    wish = recipe.event.device if recipe and rights == "an event" else "auto"
    problems += [
        NoSuchDevice(device=wish, library=library).say()
        for library, names in cards.items()
        if wish not in {"auto", "cpu", *names}
    ]
    promise = _promise(world, recipe, backends)
    machine = {
        **({"promise": promise} if promise else {}),
        "processors": around.processors,
        "machine": f"{platform.system()} {platform.machine()}",
        "free disk": f"{free / 1e9:.1f} GB",
        "fonts": ", ".join(fonts),
        "folder": rights,
        "graphics cards": "; ".join(f"{library}: {', '.join(names) or 'none'}" for library, names in cards.items()),
        "cache": str(around.cache),
    }
    return {"versions": _versions(), "backends": backends, "machine": machine, "problems": problems}


def _read(event: Event) -> World | None:
    """The event's ledger; one that cannot be read has other troubles to tell."""
    try:
        return look_at(event)
    except (SafelightError, OSError):
        return None


def _peeked(world: World) -> Recipe | None:
    """The rules as they are now."""
    try:
        return peek(world)
    except (SafelightError, OSError):
        return None


def _promise(world: World | None, recipe: Recipe | None, backends: list[dict[str, Any]]) -> str:
    """What the model that would sort here can promise, for the promise of the rules (5 % where they name none)."""
    here = [row["model"] for row in backends if row["stage"] == "classify" and not row["unavailable"]]
    if not here:
        return ""
    wanted = recipe.sort.promise if recipe and recipe.sort else None
    promises, model = Promises(), str(here[0])
    if world is not None and recipe is not None:
        promises.learn(world)
        model = world.state.adopted or model
    return promises.of(model, wanted or 0.05).say(recipe.event.language if recipe else "en")


def _versions() -> dict[str, str]:
    versions = {"safelight": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "missing"
    return versions


def _rights(event: Event, problems: list[str]) -> str:
    """Whether this folder is an event and may be written."""
    if not (event.inbox.is_dir() and event.rules.is_dir()):
        return "not an event"
    folders = (event.inbox, event.library, event.rules)
    problems.extend(f"{folder} cannot be written" for folder in folders if not os.access(folder, os.W_OK | os.X_OK))
    return "an event"
