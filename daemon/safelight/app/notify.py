"""Messages to a web address when something needs a person: `notify:` in event.yaml.

`due` (pure) decides: at once when something is red (share away, disk full, rules refused), not again for the same within
the hour, an all-clear when it is over; for photos that wait for a person at most one message an hour. `Sender` posts from
a thread of its own; an address that does not answer never disturbs the work. The address is a secret (it often carries
a key) and is never written anywhere.

The body suits the common receivers: `text` (Slack, Mattermost), `content` (Discord), and the plain values.
"""

from __future__ import annotations

import json
import queue
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from safelight.model.errors import UsageError

HOUR = 3600.0
LIMIT = 10.0
"""Seconds an address may take to answer."""
PAUSES = (2.0, 10.0, 60.0)
"""Seconds before another try; after the last the message is given up."""

WORDS = {
    "away": ("the folder cannot be reached", "le dossier est inaccessible"),
    "full": ("the disk is full", "le disque est plein"),
    "rules": ("a rule file is not accepted", "un fichier de règles n'est pas accepté"),
}


@dataclass(frozen=True)
class Situation:
    """What a message can be about: red codes of WORDS, and how many pictures wait for a person."""

    red: frozenset[str]
    needs_you: int


@dataclass(frozen=True)
class Memory:
    """What was told: when each red code was (monotonic seconds), which of them still is, when and how many waited."""

    red_at: tuple[tuple[str, float], ...] = ()
    active: frozenset[str] = frozenset()
    waited_at: float = -1e9
    waited: int = 0


@dataclass(frozen=True)
class Message:
    """`kind` is red, clear or waiting; `codes` those of WORDS it is about."""

    kind: str
    codes: tuple[str, ...] = ()
    needs_you: int = 0

    def say(self, event: str, language: str) -> str:
        """One sentence for people."""
        french = language == "fr"
        what = ", ".join(WORDS[code][french] for code in self.codes)
        colon = "\u00a0:" if french else ":"
        if self.kind == "red":
            return f"{event}{colon} {what}."
        if self.kind == "clear":
            return f"{event}{colon} {'tout est rentré dans l’ordre' if french else 'all is well again'}."
        if french:
            told = "1 image a besoin de vous" if self.needs_you == 1 else f"{self.needs_you} images ont besoin de vous"
        else:
            told = "1 picture needs you" if self.needs_you == 1 else f"{self.needs_you} pictures need you"
        return f"{event}{colon} {told} (library/need-you)."


def due(now: float, situation: Situation, memory: Memory) -> tuple[tuple[Message, ...], Memory]:
    """What is to be told now (monotonic seconds), and what was told then."""
    red_at = dict(memory.red_at)
    new = sorted(code for code in situation.red - memory.active if now - red_at.get(code, -1e9) >= HOUR)
    messages: list[Message] = []
    if new:
        messages.append(Message("red", tuple(new)))
        red_at.update(dict.fromkeys(new, now))
    told = (memory.active & situation.red) | frozenset(new)
    if memory.active and not situation.red:
        messages.append(Message("clear"))
    memory = replace(memory, red_at=tuple(sorted(red_at.items())), active=told)
    if situation.needs_you > memory.waited and now - memory.waited_at >= HOUR:
        messages.append(Message("waiting", (), situation.needs_you))
        memory = replace(memory, waited_at=now, waited=situation.needs_you)
    elif situation.needs_you < memory.waited:
        memory = replace(memory, waited=situation.needs_you)  # what was done and comes anew is news
    return tuple(messages), memory


def checked(address: str) -> str:
    """The address, when it is one that can be posted to; raises UsageError, which does not repeat it."""
    try:
        parts = urlsplit(address)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise UsageError(reason="notify: in event.yaml is no web address (https://…).")
    return address


class Sender:
    """Posts messages one after the other. `fail` is told once when an address does not answer, and never the address."""

    def __init__(self, address: str, fail: Callable[[str], None], pauses: tuple[float, ...] = PAUSES) -> None:
        self._address, self._fail, self._pauses = checked(address), fail, pauses
        self._waiting: queue.Queue[bytes | None] = queue.Queue(20)
        self._stop = threading.Event()
        self._failed = False
        # only web addresses, also when the answer sends us elsewhere
        self._opener = urllib.request.OpenerDirector()
        for handler in (urllib.request.HTTPHandler, urllib.request.HTTPSHandler, urllib.request.HTTPErrorProcessor,
                        urllib.request.HTTPDefaultErrorHandler):  # fmt: skip
            self._opener.add_handler(handler())
        self._thread = threading.Thread(target=self._work, name="notify", daemon=True)
        self._thread.start()

    def post(self, message: Message, event: str, language: str) -> None:
        """Hand a message over; when the address lags far behind, the message is dropped: newer ones will follow."""
        text = message.say(event, language)
        body = {
            "text": text, "content": text, "event": event, "kind": message.kind, "codes": list(message.codes),
            "needs_you": message.needs_you,
        }  # fmt: skip
        try:
            self._waiting.put_nowait(json.dumps(body, ensure_ascii=False).encode())
        except queue.Full:
            self._tell("too many messages wait for the notify address")

    def close(self, patience: float = 3.0) -> None:
        """End; a message on its way gets so many seconds."""
        try:
            self._waiting.put_nowait(None)
        except queue.Full:
            self._stop.set()
        self._thread.join(patience)
        self._stop.set()

    def _work(self) -> None:
        while (body := self._waiting.get()) is not None:
            for pause in (0.0, *self._pauses):
                if self._stop.wait(pause):
                    return
                if self._once(body):
                    self._failed = False
                    break

    def _once(self, body: bytes) -> bool:
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            self._address, data=body, headers={"Content-Type": "application/json", "User-Agent": "Safelight"}
        )
        try:
            with self._opener.open(request, timeout=LIMIT):
                return True
        except Exception as fault:  # noqa: BLE001 - whatever an address answers, the race goes on
            code = getattr(fault, "code", None)
            self._tell(f"the notify address does not take messages ({code or type(fault).__name__})")
            return False

    def _tell(self, text: str) -> None:
        if not self._failed:
            self._failed = True
            self._fail(text)


class Notifier:
    """What `watch` calls once a cycle: looks at the situation, posts what is due, follows the address in the rules."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._address = ""
        self._sender: Sender | None = None
        self._memory = Memory()

    def look(self, now: float, address: str, situation: Situation, event: str, language: str) -> None:
        """Post what is due; an address that changed is used from now on, a wrong one is told once."""
        if address != self._address:
            self.close()
            self._address = address
            try:
                self._sender = Sender(address, self._tell) if address else None
            except UsageError as fault:
                self._tell(fault.say(language))
        messages, self._memory = due(now, situation, self._memory)
        for message in messages:
            if self._sender is not None:
                self._sender.post(message, event, language)

    def close(self) -> None:
        """Give up the address."""
        if self._sender is not None:
            self._sender.close()
            self._sender = None
