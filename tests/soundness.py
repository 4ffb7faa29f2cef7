"""One question asked after every fault: is the event sound? Nothing lost, nothing twice, no trace of the trouble.

`assert_sound` derives what must stand from the ledger by itself and compares it with the disk, so that it does not
repeat the code that wrote it. It is for an event at rest: nobody owns it, and a `run` or a settled watch came last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from safelight.app.looking import Overview, overview
from safelight.model.digests import object_id
from safelight.model.records import Dropped, Duplicate, Refused
from safelight.projection.state import PhotoState
from safelight.reconcile.event import CLASS_FOLDERS, Event
from safelight.reconcile.names import junk
from safelight.reconcile.verify import verify

VIEWS = (*CLASS_FOLDERS, "retouched", "stylized")


def assert_sound(event: Event, dropped: Iterable[bytes] = (), *, exactly: bool = True) -> Overview:
    """All of it; `dropped` are the bytes of every file ever dropped, one entry a drop. Returns the overview looked at.

    Without `exactly` more may have arrived than `dropped` tells (edits taken in, pictures put into class folders).
    """
    faults = list(unsound(event, dropped, exactly=exactly))
    assert not faults, "\n".join(faults)
    return overview(event)


def unsound(event: Event, dropped: Iterable[bytes] = (), *, exactly: bool = True) -> Iterator[str]:
    """Every way in which the event is not sound, in words."""
    found = verify(event)
    yield from found.damage
    look = overview(event)
    yield from _arrivals(look, dropped, exactly=exactly)
    yield from _sums(look)
    yield from _leftovers(event)
    yield from _views(look)


def _arrivals(look: Overview, dropped: Iterable[bytes], *, exactly: bool) -> Iterator[str]:
    """Every dropped byte sequence is in the store and is counted as often as it was dropped, neither more nor less."""
    event, wanted = look.world.event, Counter(object_id(data) for data in dropped)
    counted: Counter[str] = Counter()
    for record in look.world.ledger.records:
        match record.fact:
            case Dropped():
                counted[record.fact.photo] += 1
            case Refused():
                counted[record.fact.object] += 1
            case Duplicate():
                counted[getattr(record.fact, "object", "") or record.fact.photo] += 1
    for name, count in wanted.items():
        if not event.store.has(name):
            yield f"lost: {name[:12]} was dropped and is not in the store"
        if counted[name] < count or (exactly and counted[name] != count):
            yield f"{name[:12]} was dropped {count} times and recorded {counted[name]} times"
    if wanted and exactly and (more := set(counted) - set(wanted)):
        yield f"recorded and never dropped: {', '.join(name[:12] for name in sorted(more))}"


def _sums(look: Overview) -> Iterator[str]:
    """The counts shown to people add up to what the ledger says arrived and what lies in the inbox."""
    state, tally, event = look.world.state, look.tally, look.world.event
    lying = [path for path in event.inbox.rglob("*") if path.is_file() and path.name != ".gitkeep"]
    waiting = sum(not any(junk(part) for part in path.relative_to(event.inbox).parts) for path in lying)
    recorded = len(state.photos) + len(state.refused) + len(state.duplicates)
    if tally.arrived - tally.ignored != recorded + waiting:
        yield f"the counts say {tally.arrived - tally.ignored} arrived, ledger and inbox say {recorded} + {waiting}"
    shown = [entry.name for entry in event.library.iterdir() if entry.name.startswith("_STATUS")]
    if len(shown) != 1:
        yield f"status files: {shown}"


def _leftovers(event: Event) -> Iterator[str]:
    """No claim, no request and no temporary file is left over."""
    for folder in (event.claimed, event.requests.folder, event.store.root / "tmp"):
        if folder.is_dir():
            yield from (f"left over: {path.relative_to(event.root)}" for path in sorted(folder.iterdir()))
    for path in event.root.rglob(".*"):
        if path.name.endswith((".tmp", ".new", ".old")):
            yield f"left over: {path.relative_to(event.root)}"


def _views(look: Overview) -> Iterator[str]:
    """Each photo stands once, in the folder of its verdict; its results stand once; nothing of ours stands that should not."""
    event, state = look.world.event, look.world.state
    stands = _standing(event)
    previews = look.recipe.event.views == "preview"
    for photo in state.photos.values():
        plan = look.plans[photo.photo]
        if photo.leaving:
            yield f"{photo.photo[:12]} is still leaving {photo.leaving}"
        wanted = plan.verdict if plan.verdict in CLASS_FOLDERS else photo.placed
        if photo.decision is not None and wanted != photo.decision.verdict and plan.decided_by == "person":
            yield f"{photo.photo[:12]}: a person said {photo.decision.verdict}, the plan says {wanted}"
        if not previews and wanted and "class" not in getattr(photo, "left_out", ()):
            bytes_ = _shown(photo, "class", str(getattr(photo, "base", photo.photo)))
            where = [path.partition("/")[0] for path in stands.get(bytes_, [])]
            classes = [folder for folder in where if folder in CLASS_FOLDERS]
            if classes != [wanted]:
                yield f"{photo.photo[:12]} ({look.world.of(photo.photo).name}) stands in {classes}, expected {wanted}"
        for place, made in (("retouched", plan.retouched), ("stylized", plan.painted)):
            if made and place not in getattr(photo, "left_out", ()):
                there = [path for path in stands.get(_shown(photo, place, made), []) if path.startswith(place)]
                if not there:
                    yield f"{photo.photo[:12]}: its view in {place} is missing"
    gone = getattr(state, "dismissed", set())
    for arrival in state.refused:
        there = stands.get(getattr(arrival.fact, "object", ""), [])
        if arrival.sequence not in gone and not any(path.startswith("need-you/") for path in there):
            yield f"the refused file of record {arrival.sequence} is not in need-you"


def _shown(photo: PhotoState, place: str, made: str) -> str:
    in_view = getattr(photo, "in_view", None)
    return str(in_view(place, made)) if in_view else made


def _standing(event: Event) -> dict[str, list[str]]:
    """Digest → paths of everything that stands in the folders people see."""
    stands: dict[str, list[str]] = {}
    for folder in (*VIEWS, "need-you", "duplicates"):
        for path in sorted((event.library / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                name = object_id(path.read_bytes())
                stands.setdefault(name, []).append(path.relative_to(event.library).as_posix())
    return stands
