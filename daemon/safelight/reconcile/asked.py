"""Requests become records: each waiting request exactly one, whoever asked and however often a crash interrupts."""

from __future__ import annotations

from collections.abc import Iterator

from safelight.model.digests import PhotoId
from safelight.model.records import Adopted, Decided, Fact, Noted, Redo, Word
from safelight.reconcile.event import CLASS_FOLDERS, asked_again
from safelight.reconcile.planning import rules_digest
from safelight.reconcile.work import Work
from safelight.stages.classify.adopted import checked


def record_requests(work: Work) -> None:
    """All waiting requests; one that is in the ledger already only loses its file."""
    requests = work.event.requests
    for request in requests.waiting():
        if request.name not in work.owner.state.requests:
            try:
                facts = list(_facts(work, request.kind, request.body, request.name))
            except (KeyError, TypeError, ValueError, AttributeError, AssertionError):
                facts = [Noted(request.name, "unknown_request")]
            for fact in facts:
                work.owner.append(fact)
            work.at("request recorded")
        requests.done(request.name)
        work.at("request removed")


def _adopted(work: Work, head: str, name: str) -> Fact:
    """A trained head for this event, or the shipped ones again (empty); what is no head of this version changes nothing."""
    data = head.encode()
    if head:
        try:
            checked(data)
        except ValueError:
            return Noted(name, "bad_head")
    return Adopted(work.event.store.put(data) if head else "", name)


def _facts(work: Work, kind: str, body: dict[str, object], name: str) -> Iterator[Fact]:
    if kind == "decide" and body.get("photo") in work.owner.state.photos and body.get("verdict") in CLASS_FOLDERS:
        by = "desk" if body.get("by") == "desk" else "command"
        yield Decided(PhotoId(str(body["photo"])), str(body["verdict"]), by, name)
    elif kind == "redo":
        photos = body.get("photos")
        chosen = tuple(PhotoId(str(photo)) for photo in photos) if isinstance(photos, list) else ()
        yield Redo(str(body["stage"]), chosen, name)
    elif kind == "word" and work.recipe is not None and body.get("part") in {"sort", "retouch", "style"}:
        part = str(body["part"])
        yield Word(part, str(body.get("rules") or rules_digest(work.recipe, part)), name)
    elif kind == "fact" and isinstance(body.get("body"), dict):
        yield asked_again(body, name)
    elif kind == "adopt":
        yield _adopted(work, str(body["head"]), name)
    elif kind == "book":
        work.book_wanted = name
        yield Noted(name, "book")
    else:
        yield Noted(name, "unknown_request")
