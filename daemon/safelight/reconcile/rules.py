"""From the rules folder's files to the recipe in force, and the history of what was in force.

A broken file never stops the others, nor the work: the version last accepted (its bytes are in the store, its name in
the ledger) stays in force until the file is right again. A vanished file of rules leaves its part empty: photos wait,
never "no rules, so everything passes". The event's and the book's form keep their last version: losing the language or
the race's hours helps nobody.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path

from safelight import defaults
from safelight.files import write_through
from safelight.model.digests import ObjectId, object_id
from safelight.model.errors import DamagedObject
from safelight.model.moments import moment
from safelight.model.recipe import Recipe, StyleImage
from safelight.model.records import Accepted, Fact, Record
from safelight.reconcile.event import Event, World
from safelight.reconcile.names import junk, stem_of
from safelight.reconcile.promises import Promises
from safelight.rulebook.compile import Compiled, Seen, compile_rules, file_key
from safelight.stages import fetched, prompts

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
    found: dict[str, ObjectId] = {}
    for path in style_files(event.rules / "styles"):
        with contextlib.suppress(OSError):
            found[path.name] = keep(path.read_bytes())
    return pool_of(found, usable)


def pool_of(
    files: Mapping[str, ObjectId], usable: Callable[[ObjectId], bool]
) -> tuple[tuple[StyleImage, ...], tuple[str, ...]]:
    """The styles in force of these pictures (file name → object), and the files that are no pictures."""
    found, bad = [], []
    for name, stored in sorted(files.items()):
        if usable(stored):
            found.append(StyleImage(stem_of(name), stored))
        else:
            bad.append(name)
    ours = sample_styles()
    own = [style for style in found if style.object not in ours]
    return tuple(own or found), tuple(bad)


def seen_in(world: World) -> Seen:
    """What the event has seen and what the own engines know, for warnings in rule files."""
    details = [world.of(photo) for photo in world.state.photos]
    photographers = sorted({detail.photographer for detail in details if detail.photographer})
    promises = Promises()
    promises.learn(world)
    answers = promises.answers(world.state.sorting) if world.state.sorting else None
    return Seen(tuple(photographers), known_prompts(), answers, known_concepts())


def known_prompts() -> frozenset[str] | None:
    """What the own engines can paint; None where Stable Diffusion is there and paints any words."""
    return None if fetched.SD2.folder() else frozenset(prompts.KNOWN)


def known_concepts() -> frozenset[str] | None:
    """What something here can find in a photo; None where CLIPSeg is there and looks for any words."""
    return None if fetched.CLIPSEG.folder() else frozenset(prompts.CONCEPTS)


PARTS = {
    "event.yaml": "event", "sort.yaml": "sort", "retouch.yaml": "retouch", "style.yaml": "style", "book.yaml": "book",
}  # fmt: skip
"""What each file fills of a recipe."""
FORMS = ("event.yaml", "book.yaml")


def in_force(
    world: World,
    pool: tuple[StyleImage, ...],
    files: Mapping[str, bytes],
    seen: Seen,
    zone: tzinfo | None = None,
) -> InForce:
    """Compile the files; where one is broken (or a form is gone) fall back to the version the ledger last accepted."""
    compiled = compile_rules(files, pool, seen)
    usable = dict(files)
    for name in (*compiled.problems, *(form for form in FORMS if form not in files)):
        last = last_good(world, name)
        if last is not None:
            usable[name] = last
        else:
            usable.pop(name, None)
    fallback = compile_rules(usable, pool, seen) if usable != dict(files) else compiled
    recipe = fallback.recipe
    accept = tuple(
        (name, data)
        for name, data in files.items()
        if name not in compiled.problems and _accepted(world, name) != object_id(data)
    )
    language = recipe.event.language
    texts = {name: compiled.text(name, language, _since(world, name, language, zone)) for name in compiled.problems}
    return InForce(recipe, compiled, accept, texts)


def last_good(world: World, name: str) -> bytes | None:
    """The bytes of the version of a file that the ledger accepted last; None where there is none or they are lost."""
    known = world.state.rules.get(name)
    if known is None:
        return None
    try:
        return world.event.store.get(known[0].object)
    except (DamagedObject, OSError):
        return None


def all_last_good(world: World, back: int = 0) -> dict[str, bytes]:
    """The versions of all files that the ledger accepted last, or so many versions `back` where there are as many."""
    versions: dict[str, list[ObjectId]] = {}
    for accepted, _ in world.state.accepted:
        versions.setdefault(accepted.file, []).append(accepted.object)
    found = {}
    for name, (fact, _) in world.state.rules.items():
        with contextlib.suppress(DamagedObject, OSError):
            found[name] = world.event.store.get(([fact.object] * (back + 1) + versions.get(name, []))[-1 - back])
    return found


def kept_parts(recipe: Recipe, before: Recipe | None, broken: Iterable[str]) -> Recipe:
    """What is in force of a broken file whose last version cannot count any more (its style picture is gone, say)."""
    parts = {PARTS[name]: getattr(recipe, PARTS[name]) for name in broken}
    kept = {part: getattr(before, part) for part, value in parts.items() if value is None and before is not None}
    return replace(recipe, **kept)


def _since(world: World, name: str, language: str, zone: tzinfo | None) -> str:
    """When the version still in force was accepted; empty when there is none."""
    known = world.state.rules.get(name)
    return moment(known[1], language, zone) if known else ""


def _accepted(world: World, name: str) -> str:
    known = world.state.rules.get(name)
    return known[0].object if known else ""


def accept(world: World, forced: InForce, append: Callable[[Fact], Record]) -> list[tuple[str, int]]:
    """Record the versions that came into force, their bytes kept in the store; returns (file, version) of each."""
    accepted = []
    for name, data in forced.accept:
        known = world.state.rules.get(name)
        version = known[0].version + 1 if known else 1
        append(Accepted(name, world.event.store.put(data), version))
        accepted.append((name, version))
    return accepted


def history_name(fact: Accepted, time: str) -> str:
    """`retouch 0007 (2026-06-13 16.00 UTC).yaml`: number and time for people, the ending for their editor."""
    stem, _, ending = fact.file.partition(".")
    return f"{stem} {fact.version:04d} ({time[:10]} {time[11:16].replace(':', '.')} UTC).{ending}"


def keep_history(world: World, accepted: Iterable[tuple[Accepted, str]]) -> None:
    """Put versions (with the time of their record) into `rules/.history/` where they are not there yet.

    Copying one of them over the file brings its meaning back. A folder that cannot be written costs the copies only:
    the store has every version.
    """
    folder = world.event.rules / ".history"
    for fact, time in accepted:
        target = folder / history_name(fact, time)
        with contextlib.suppress(OSError, DamagedObject):
            if not target.exists():
                write_through(target, world.event.store.get(fact.object))
