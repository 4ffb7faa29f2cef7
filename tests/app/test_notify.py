"""Messages to a web address: at once for red, once an hour for what waits, never disturbing, never telling the address."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from safelight.app.notify import Memory, Message, Notifier, Sender, Situation, due
from safelight.model.errors import UsageError


def told(*steps: tuple[float, set[str], int]) -> list[list[str]]:
    """What is told at each (time, red codes, pictures that need a person)."""
    memory, found = Memory(), []
    for now, red, needs in steps:
        messages, memory = due(now, Situation(frozenset(red), needs), memory)
        found.append([f"{message.kind}{'/'.join(message.codes)}{message.needs_you or ''}" for message in messages])
    return found


@pytest.mark.parametrize(
    ("steps", "messages"),
    [
        ([(0, set(), 0)], [[]]),
        ([(0, {"away"}, 0), (1, {"away"}, 0), (4000, {"away"}, 0)], [["redaway"], [], []]),
        ([(0, {"away"}, 0), (9, {"away", "full"}, 0), (20, set(), 0)], [["redaway"], ["redfull"], ["clear"]]),
        # flapping: the same red is told once an hour, and its end only when it was told
        ([(0, {"away"}, 0), (5, set(), 0), (10, {"away"}, 0), (15, set(), 0)], [["redaway"], ["clear"], [], []]),
        ([(0, {"away"}, 0), (5, set(), 0), (3700, {"away"}, 0)], [["redaway"], ["clear"], ["redaway"]]),
        ([(0, set(), 2), (10, set(), 5), (3599, set(), 6), (3601, set(), 7)], [["waiting2"], [], [], ["waiting7"]]),
        # unchanged after an hour is no news; done and new again is
        ([(0, set(), 2), (4000, set(), 2)], [["waiting2"], []]),
        ([(0, set(), 2), (10, set(), 0), (4000, set(), 1)], [["waiting2"], [], ["waiting1"]]),
        ([(0, {"rules"}, 3)], [["redrules", "waiting3"]]),
    ],
)
def test_when_something_is_told(steps: list[tuple[float, set[str], int]], messages: list[list[str]]) -> None:
    """The decision table: red at once and once an hour, what waits at most once an hour, an all-clear."""
    assert told(*steps) == messages


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("message", [Message("red", ("away", "full", "rules")), Message("clear"), Message("waiting", (), 1), Message("waiting", (), 4)])  # fmt: skip
def test_every_message_is_a_sentence(message: Message, language: str) -> None:
    """In both languages, with the event's name, without an unfilled word."""
    text = message.say("24 h", language)
    assert text.startswith("24 h") and text.endswith(".") and "{" not in text


class Receiver:
    """A real web server on this machine that answers with given statuses, or not at all."""

    def __init__(self, *statuses: int) -> None:
        self.got: list[dict[str, object]] = []
        self.came = threading.Event()
        statuses_left = list(statuses)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                status = statuses_left.pop(0) if len(statuses_left) > 1 else statuses_left[0]
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "file:///etc/hostname")
                self.end_headers()
                if status == 200:
                    outer.came.set()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/secret-key"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server that takes everything after one refusal."""
    made = Receiver(500, 200)
    yield made
    made.close()


def test_a_message_arrives_also_after_a_refusal(receiver: Receiver) -> None:
    """500 is tried again; the trouble is told once, without the address; the body suits the common receivers."""
    faults: list[str] = []
    sender = Sender(receiver.url, faults.append, pauses=(0.05,))
    sender.post(Message("waiting", (), 2), "24 h", "en")
    assert receiver.came.wait(20)
    sender.close()
    assert [row["text"] for row in receiver.got] == ["24 h: 2 pictures need you (library/need-you)."] * 2
    assert receiver.got[0]["content"] == receiver.got[0]["text"] and receiver.got[0]["needs_you"] == 2
    assert len(faults) == 1 and "500" in faults[0] and "secret" not in faults[0]


def test_an_answer_that_sends_us_elsewhere_is_no_success(receiver: Receiver) -> None:
    """A redirect is not followed, least of all to a file."""
    faults: list[str] = []
    other = Receiver(302)
    sender = Sender(other.url, faults.append, pauses=())
    sender.post(Message("clear"), "24 h", "en")
    sender.close(10)
    other.close()
    assert len(other.got) == 1 and "302" in faults[0]


def test_an_address_that_hangs_or_is_nobody_never_disturbs() -> None:
    """Refused, or silent for ever: posting returns at once, the trouble is told once, the end does not wait."""
    with socket.socket() as silent, socket.socket() as free:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        free.bind(("127.0.0.1", 0))
        refused = f"http://127.0.0.1:{free.getsockname()[1]}/secret"
        free.close()
        faults: list[str] = []
        nobody = Sender(refused, faults.append, pauses=(0.01, 0.01))
        hanging = Sender(f"http://127.0.0.1:{silent.getsockname()[1]}/", faults.append)
        for _ in range(50):
            nobody.post(Message("clear"), "24 h", "fr")
            hanging.post(Message("clear"), "24 h", "fr")
        nobody.close(10)
        hanging.close(0.1)
        assert faults and all("secret" not in fault for fault in faults)


@pytest.mark.parametrize("address", ["ftp://x/y", "file:///etc/passwd", "no address", "http://", "http://[broken"])
def test_what_is_no_web_address_is_refused_without_repeating_it(address: str) -> None:
    """Only http and https, and the message does not show what stood there."""
    with pytest.raises(UsageError) as fault:
        Sender(address, print)
    assert address not in fault.value.say("en")


def test_the_address_may_change_while_watching(receiver: Receiver) -> None:
    """A wrong one is told once, a right one used from then on, none at all is fine."""
    said: list[str] = []
    notifier = Notifier(said.append)
    for now in (0.0, 1.0):
        notifier.look(now, "no address", Situation(frozenset(), 0), "24 h", "en")
    notifier.look(2.0, "", Situation(frozenset(), 0), "24 h", "en")
    notifier.look(3.0, receiver.url, Situation(frozenset({"full"}), 0), "24 h", "en")
    assert receiver.came.wait(20)
    notifier.close()
    assert len([text for text in said if "no web address" in text]) == 1
