"""The rules folder: reading the files, keeping the last good version, telling problems beside the file.

A broken file never stops the others, nor the work: the version last accepted (its bytes are in the store, its name in
the ledger) stays in force until the file is right again. Problems stand in `<file> - 2 PROBLEMS.txt` and go away by
themselves. A file that vanished leaves its part empty: photos wait.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from safelight import defaults
from safelight.files import write_through
from safelight.model.digests import ObjectId, object_id
from safelight.model.recipe import Recipe, StyleImage, StyleRules
from safelight.model.records import Accepted, Fact
from safelight.reconcile.event import Event, World
from safelight.reconcile.names import junk, stem_of
from safelight.rulebook.compile import Compiled, Seen, compile_rules, file_key
from safelight.stages import prompts

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")
LARGEST = 1_000_000
"""Bytes of a rule file that are read at all; a person's rules are a thousandth of this."""


@dataclass(frozen=True)
class InForce:
    """The recipe to work by, what is wrong with the files as they stand, and which versions to record as accepted."""

    recipe: Recipe
    compiled: Compiled
    accept: tuple[tuple[str, bytes], ...]
    texts: Mapping[str, str]
    bad_styles: tuple[str, ...] = ()


def fingerprint(event: Event) -> str:
    """Changes whenever a rule file or a style does (name, size, time): cheap enough for every scan."""
    rows = []
    for folder in (event.rules, event.rules / "styles", event.rules / "texts"):
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if "PROBL" in entry.name or entry.name.startswith("."):
                continue
            try:
                stat = entry.stat()
            except OSError:  # an editor's temporary file that is gone already
                continue
            rows.append(f"{entry.name}:{stat.st_size}:{stat.st_mtime_ns}")
    return "|".join(rows)


def read_files(event: Event) -> dict[str, bytes]:
    """The rule files as they are; a missing one is absent. Only names of the five files are looked at."""
    files: dict[str, bytes] = {}
    try:
        names = sorted(os.listdir(event.rules))
    except OSError:
        return files
    for name in names:
        key, path = file_key(name), event.rules / name
        if key is not None and key not in files:
            try:
                with path.open("rb") as file:
                    files[key] = file.read(LARGEST)
            except OSError:
                continue
    return files


def style_files(folder: Path) -> list[Path]:
    """The pictures of a styles folder, by name."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    return [folder / name for name in names if name.lower().endswith(PICTURES) and not junk(name)]


def sample_styles() -> frozenset[str]:
    """Digests of the styles that come with the package: they count only while no other style is there."""
    return frozenset(object_id(path.read_bytes()) for path in style_files(defaults.folder("rules") / "styles"))


def styles(
    event: Event, keep: Callable[[bytes], ObjectId], usable: Callable[[ObjectId], bool]
) -> tuple[tuple[StyleImage, ...], tuple[str, ...]]:
    """The styles in force and the files that are none. `keep` stores bytes, `usable` says whether they are a picture."""
    found, bad = [], []
    for path in style_files(event.rules / "styles"):
        try:
            name = keep(path.read_bytes())
        except OSError:
            continue
        if usable(name):
            found.append(StyleImage(stem_of(path.name), name))
        else:
            bad.append(path.name)
    ours = sample_styles()
    own = [style for style in found if style.object not in ours]
    return tuple(own or found), tuple(bad)


def seen_in(world: World) -> Seen:
    """What the event has seen and what the own engines know, for warnings in rule files."""
    details = [world.of(photo) for photo in world.state.photos]
    photographers = sorted({detail.photographer for detail in details if detail.photographer})
    return Seen(photographers=tuple(photographers), prompts=frozenset(prompts.KNOWN))


def in_force(world: World, pool: tuple[StyleImage, ...], files: Mapping[str, bytes], seen: Seen) -> InForce:
    """Compile the files; where one is broken fall back to the version the ledger last accepted."""
    compiled = compile_rules(files, pool, seen)
    usable = dict(files)
    for name in compiled.problems:
        known = world.state.rules.get(name)
        if known is not None:
            usable[name] = world.event.store.get(known[0].object)
        else:
            usable.pop(name, None)
    fallback = compile_rules(usable, pool, seen) if compiled.problems else compiled
    recipe = fallback.recipe
    if recipe.style is not None:
        recipe = Recipe(recipe.event, recipe.sort, recipe.retouch, StyleRules(recipe.style.rules, pool), recipe.book)
    accept = tuple(
        (name, data)
        for name, data in files.items()
        if name not in compiled.problems and _accepted(world, name) != object_id(data)
    )
    language = recipe.event.language
    texts = {name: compiled.text(name, language, _since(world, name)) for name in compiled.problems}
    return InForce(recipe, compiled, accept, texts)


def _since(world: World, name: str) -> str:
    """When the version still in force was accepted; empty when there is none."""
    known = world.state.rules.get(name)
    return known[1].replace("T", " ").removesuffix("Z") if known else ""


def _accepted(world: World, name: str) -> str:
    known = world.state.rules.get(name)
    return known[0].object if known else ""


def accept(world: World, forced: InForce, append: Callable[[Fact], object]) -> None:
    """Record the versions that came into force, their bytes kept in the store and in `rules/.history/`."""
    for name, data in forced.accept:
        known = world.state.rules.get(name)
        version = known[0].version + 1 if known else 1
        append(Accepted(name, world.event.store.put(data), version))
        write_through(world.event.rules / ".history" / f"{version:04d} {name}", data)


def tell_problems(event: Event, texts: Mapping[str, str], counts: Mapping[str, int], language: str) -> None:
    """Write `<file> - 2 PROBLEMS.txt` beside each broken file and remove the notes of mended ones."""
    word = ("PROBLEM", "PROBLEMS") if language == "en" else ("PROBLÈME", "PROBLÈMES")
    wanted = {f"{name} - {counts[name]} {word[counts[name] > 1]}.txt": text for name, text in texts.items()}
    for name in os.listdir(event.rules):
        if " - " in name and name.endswith(".txt") and ("PROBLEM" in name or "PROBLÈM" in name) and name not in wanted:
            (event.rules / name).unlink(missing_ok=True)
    for name, text in wanted.items():
        data = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() + b"\r\n"
        path = event.rules / name
        if not path.exists() or path.read_bytes() != data:
            write_through(path, data)
