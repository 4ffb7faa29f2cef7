"""POST /api/segment: what comes back of a picture, and that no input whatever takes the service down."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from desk_world import BEARER, COOKIE, SETTINGS, bomb, client, saved, street
from safelight.app import Studio
from safelight.desk.build import build
from safelight.model.kinds import CATEGORIES
from safelight.stages.networks.regions import CLASSES

GOOD = saved(street(), quality=95)


def sent(program: TestClient, data: bytes = GOOD, query: str = "", name: str = "photo.jpg", **headers: str):
    """The answer to an upload."""
    return program.post(f"/api/segment{query}", files={"picture": (name, data)}, headers=headers)


def opened(data: bytes) -> Image.Image:
    """A file as picture."""
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(("query", "names"), [("", CLASSES), ("?categories=8", CATEGORIES)])
def test_a_picture_comes_back_as_areas_and_files(program: TestClient, query: str, names: tuple[str, ...]) -> None:
    """Every class with its share in percent; the label map as large as the picture, its values and colours as told."""
    answer = sent(program, query=query)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["width"], told["height"]) == (96, 72)
    assert [row["name"] for row in told["classes"]] == list(names)
    assert sum(row["percent"] for row in told["classes"]) == pytest.approx(100, abs=0.1)
    labels = opened(base64.b64decode(told["labels"]["base64"]))
    assert (labels.mode, labels.size) == ("P", (96, 72))
    values = np.asarray(labels)
    palette = labels.getpalette("RGB")
    for row in told["classes"]:
        assert float((values == row["index"]).mean() * 100) == pytest.approx(row["percent"], abs=0.01)
        colour = "#" + bytes(palette[3 * row["index"] : 3 * row["index"] + 3]).hex()
        assert colour == row["colour"]
    assert opened(base64.b64decode(told["overlay"]["base64"])).size == (96, 72)
    assert "preview" not in told
    assert len(told["network"]["sha256"]) == 64
    assert answer.headers["cache-control"] == "no-store"


# factors: what `answer` says x what Accept says; `answer` comes first, JSON where both are silent
@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", "*/*", "application/json"),
        ("", "application/json", "application/json"),
        ("", "image/png", "image/png"),
        ("", "image/jpeg", "image/jpeg"),
        ("", "image/*", "image/png"),
        ("", "text/html, image/png;q=0.9, application/json;q=0.8", "image/png"),
        ("", "image/png;q=0.1, */*;q=0.5", "application/json"),
        ("", "image/png;q=0, application/json", "application/json"),
        ("?answer=labels", "application/json", "image/png"),
        ("?answer=overlay", "image/png", "image/jpeg"),
        ("?answer=json", "image/png", "application/json"),
    ],
)
def test_the_file_itself_can_be_asked_for(program: TestClient, query: str, accept: str, kind: str) -> None:
    """Label map and overlay come directly by word or by Accept."""
    answer = sent(program, query=query, Accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    if kind != "application/json":
        assert opened(answer.content).size == (96, 72)


def test_only_the_parts_asked_for_are_inside(program: TestClient) -> None:
    """The page asks for the label map and a preview that every browser can show."""
    told = sent(program, query="?parts=labels,preview").json()
    assert "overlay" not in told
    assert opened(base64.b64decode(told["preview"]["base64"])).format == "JPEG"
    assert {"labels", "overlay", "preview"}.isdisjoint(sent(program, query="?parts=").json())


def turned() -> bytes:
    """A picture that EXIF says to turn by a quarter."""
    exif = Image.Exif()
    exif[274] = 6
    return saved(street(), exif=exif)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (saved(street(), "PNG"), (96, 72)),
        (saved(street(), "WEBP"), (96, 72)),
        (saved(street(), "TIFF"), (96, 72)),
        (saved(street(), "GIF"), (96, 72)),
        (saved(street()[..., 0], "PNG"), (96, 72)),
        (saved(street(size=(1, 1)), "PNG"), (1, 1)),
        (saved(street(size=(400, 3)), "PNG"), (400, 3)),
        (turned(), (72, 96)),
    ],
    ids=["png", "webp", "tiff", "gif", "grey", "one pixel", "a strip", "turned"],
)
def test_every_kind_of_picture_is_taken(program: TestClient, data: bytes, size: tuple[int, int]) -> None:
    """By content, not by name; the label map is upright."""
    assert opened(sent(program, data, "?answer=labels", name="x.bin").content).size == size


BAD = {
    "text": (b"Dear Sir or Madam", 415, "not_a_picture"),
    "empty": (b"", 422, "empty_file"),
    "cut off": (GOOD[: len(GOOD) // 2], 422, "cut_off"),
    "padded with zeros": (GOOD[:700] + bytes(len(GOOD) - 700), 422, "cut_off"),
    "bomb": (bomb(), 413, "too_many_pixels"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\xc8mdat" + b"x" * 192, 415, "not_yet_supported"),
    "script": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", 415, "not_a_picture"),
    "pdf": (b"%PDF-1.7\n" + bytes(100), 415, "not_a_picture"),
    "broken png": (saved(street(), "PNG")[:60] + b"\xff" * 40 + saved(street(), "PNG")[100:], 422, "undecodable"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_bad_file_is_told_and_the_next_one_works(program: TestClient, name: str, language: str) -> None:
    """4xx in the one shape with words for an upload, never about the inbox; the service goes on."""
    data, status, code = BAD[name]
    answer = sent(program, data, **{"Accept-Language": language})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    error = answer.json()["error"]
    assert error["what_to_do"]
    assert "inbox" not in answer.text
    assert error["where"] == "POST /api/segment"
    assert "'" not in error["message"] + error["what_to_do"] or language == "en"
    assert sent(program).status_code == 200


def form(*parts: bytes, boundary: bytes = b"x") -> bytes:
    """A multipart body by hand."""
    return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


FILE = b'Content-Disposition: form-data; name="picture"; filename="a.jpg"\r\n\r\n' + GOOD
MULTI = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("application/json", b"{}", 415, "not_multipart"),
        ("application/x-www-form-urlencoded", b"picture=1", 415, "not_multipart"),
        ("", GOOD, 415, "not_multipart"),
        ("multipart/form-data", form(FILE), 400, "bad_request"),
        (MULTI, b"", 422, "wrong_value"),
        (MULTI, b"--y\r\nnothing of a form", 400, "bad_request"),
        (MULTI, form(FILE)[:-40], 422, "wrong_value"),
        (MULTI, form(FILE, FILE), 400, "bad_request"),
        (MULTI, form(FILE.replace(b"picture", b"image")), 422, "wrong_value"),
        (MULTI, form(b'Content-Disposition: form-data; name="picture"\r\n\r\nwords'), 422, "wrong_value"),
        (MULTI, form(*[b'Content-Disposition: form-data; name="a"\r\n\r\n1'] * 20), 400, "bad_request"),
        (MULTI, form(b'Content-Disposition: form-data; name="a"\r\n\r\n' + bytes(2 << 20)), 400, "bad_request"),
        (MULTI, form(b"Content-Disposition: attachment\r\n\r\n1"), 400, "bad_request"),
    ],
    ids=[
        "json",
        "urlencoded",
        "raw",
        "no boundary",
        "nothing",
        "no form",
        "no end",
        "two files",
        "other field",
        "no file",
        "many fields",
        "a long field",
        "no field",
    ],
)
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # the parser drops the file of an unended form
def test_a_bad_form_is_told(program: TestClient, kind: str, body: bytes, status: int, code: str) -> None:
    """Whatever the form: 4xx in the one shape."""
    answer = program.post("/api/segment", content=body, headers={"Content-Type": kind} if kind else {})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text


@pytest.mark.parametrize(
    ("query", "where"),
    [("?categories=9", "query categories"), ("?answer=x", "query answer"), ("?parts=x", "query parts")],
)
def test_a_wrong_word_is_named(program: TestClient, query: str, where: str) -> None:
    """422, and which value is meant."""
    answer = sent(program, query=query)
    assert (answer.status_code, answer.json()["error"]["where"]) == (422, where)


def test_what_nobody_can_answer(program: TestClient) -> None:
    """An Accept header without any kind there is."""
    answer = sent(program, Accept="text/plain")
    assert (answer.status_code, answer.json()["error"]["code"]) == (406, "not_acceptable")


def test_a_huge_body_without_length_is_stopped(studio: Studio) -> None:
    """It is not read to its end: what came is dropped as soon as it is too much."""
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        yield b'--x\r\nContent-Disposition: form-data; name="picture"; filename="a.jpg"\r\n\r\n'
        while given < 50 << 20:
            given += 1 << 16
            yield bytes(1 << 16)

    small = client(replace(SETTINGS, body=1 << 20), studio)
    small.headers.update(BEARER)
    answer = small.post("/api/segment", content=endless(), headers={"Content-Type": MULTI})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")
    assert sent(small).status_code == 200


def test_a_change_by_cookie_needs_the_own_page(studio: Studio) -> None:
    """Another site cannot make a browser upload in somebody's name."""
    browser = client(SETTINGS, studio)
    browser.cookies.update(COOKIE)
    there = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = browser.post("/api/segment", files={"picture": ("a.jpg", GOOD)}, headers=there)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "from_elsewhere")
    here = {"Origin": "http://127.0.0.1:8731", "Sec-Fetch-Site": "same-origin"}
    assert browser.post("/api/segment", files={"picture": ("a.jpg", GOOD)}, headers=here).status_code == 200


def test_more_than_may_be_at_work_are_told_to_come_again(studio: Studio) -> None:
    """429 with Retry-After while one is inside; the place is free again afterwards."""
    one = client(replace(SETTINGS, at_once=1), studio)
    one.headers.update(BEARER)
    with one:
        # the client hands a body over whole and waits, so the place is held by hand where the application counts
        one.app._app.state.works.inside = 1  # type: ignore[attr-defined]
        answer = sent(one)
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "busy")
        assert int(answer.headers["retry-after"]) > 0
        one.app._app.state.works.inside = 0  # type: ignore[attr-defined]
        assert sent(one).status_code == 200
        assert one.app._app.state.works.inside == 0  # type: ignore[attr-defined]


def test_a_killed_child_costs_one_answer(program: TestClient, studio: Studio) -> None:
    """503, worth trying again, and trying again works: a new child is there."""
    assert sent(program).status_code == 200
    child = studio._lanes._children[-1]._process
    os.kill(child.pid, signal.SIGSTOP)
    answers: list[tuple[int, str]] = []

    def ask() -> None:
        answer = sent(program)
        answers.append((answer.status_code, answer.headers.get("retry-after", "")))

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join(0.5)
    os.kill(child.pid, signal.SIGKILL)
    asking.join(60)
    assert answers == [(503, "10")]
    assert sent(program).status_code == 200


def test_nothing_of_an_upload_stays(program: TestClient, studio: Studio) -> None:
    """Good or bad: the scratch place is as empty afterwards as before."""
    sent(program)
    sent(program, BAD["cut off"][0])
    assert [path for path in studio._folder.rglob("*") if path.is_file()] == []


def test_an_upload_that_does_not_end_is_ended(studio: Studio) -> None:
    """408 after the time that an upload may take, and the place is free again; asked as the server would, piece by piece."""
    app = build(replace(SETTINGS, seconds=0.2, at_once=1), studio)
    headers = {"host": "localhost", "content-type": MULTI, **{key.lower(): value for key, value in BEARER.items()}}
    scope = {
        "type": "http", "method": "POST", "path": "/api/segment", "raw_path": b"/api/segment", "query_string": b"",
        "headers": [(key.encode(), value.encode()) for key, value in headers.items()], "http_version": "1.1",
        "scheme": "http", "server": ("localhost", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    sent_back: list[dict[str, object]] = []

    async def ask() -> None:
        pieces = [{"type": "http.request", "body": form(FILE)[:50], "more_body": True}]

        async def receive() -> dict[str, object]:
            if not pieces:
                await asyncio.sleep(3600)
            return pieces.pop()

        async def send(message: dict[str, object]) -> None:
            sent_back.append(message)

        await app(scope, receive, send)  # type: ignore[arg-type]

    for _ in range(2):  # the second finds the place free
        sent_back.clear()
        asyncio.run(ask())
        assert sent_back[0]["status"] == 408
        assert json.loads(sent_back[1]["body"])["error"]["code"] == "too_slow"  # type: ignore[arg-type]
