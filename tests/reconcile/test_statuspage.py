"""The status page: complete in both languages, nothing breaks out of it, and it turns red by itself in a real browser."""

import os
import re
import shutil
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.files import write_through
from safelight.reconcile.event import Event
from safelight.reconcile.shelf import Shelf
from safelight.reconcile.statuspage import TEXT, Card, Told, cards_of, page
from safelight.reconcile.tally import Tally

NOW = datetime(2026, 6, 21, 19, 4, 10, tzinfo=UTC)
COUNTS = Tally(ignored=1, duplicates=2, needs_you=3, waiting=4, in_book=50, not_chosen=6)


class Seen(HTMLParser):
    """Tags with their attributes, and the text of table cells."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Remember it."""
        self.words.append(data)

    def of(self, attribute: str) -> list[str]:
        """What this attribute is, wherever it stands."""
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]


@given(*[st.integers(0, 10**6)] * 6)
@settings(deadline=None, max_examples=50)
def test_the_total_is_the_sum(a: int, b: int, c: int, d: int, e: int, f: int) -> None:
    """The six numbers shown add up to the seventh, whatever they are."""
    text = page(Told(Tally(a, b, c, d, e, f), running=True), "en", NOW).decode()
    *parts, total = map(int, re.findall(r"<td>(\d+)</td>", text))
    assert len(parts) == 6
    assert sum(parts) == total


NAMES = st.text(st.characters(codec=None), min_size=1, max_size=30)  # type: ignore[arg-type]


@given(NAMES)
@settings(deadline=None)
def test_no_name_breaks_out(name: str) -> None:
    """Whatever a file is called: the same tags, the name as text, the link back to the very file."""
    name = name.replace("\r", "_").replace("\0", "_")
    picture = f"need-you/{name}"
    plain = Seen(page(Told(COUNTS, running=True, cards=(Card("x", "need-you/x", "need-you/x.why.txt"),)), "en", NOW))
    odd = Seen(page(Told(COUNTS, running=True, cards=(Card(name, picture, picture + ".why.txt"),)), "en", NOW))
    assert [tag for tag, _ in odd.tags] == [tag for tag, _ in plain.tags]
    (source,) = odd.of("src")
    assert source.startswith("need-you/")
    assert unquote(source) == picture.encode("utf-8", "replace").decode()
    assert name.encode("utf-8", "replace").decode() in odd.words


def test_a_name_like_a_script_is_text() -> None:
    """The plainest attack, by itself: no such tag, and quotes do not end an attribute."""
    bad = '"><script>alert(1)</script>'
    text = page(Told(COUNTS, running=True, cards=(Card(bad, "need-you/" + bad),)), "en", NOW).decode()
    assert "<script>alert" not in text
    assert text.count("<script>") == 1


@pytest.mark.parametrize("running", [True, False])
def test_both_languages_say_everything(running: bool) -> None:
    """Every word stands in both languages; French has its spaces; the state without a script is never green."""
    told = Told(COUNTS, running, (), "book/book.pdf", "book/html/index.html")
    english, french = (page(told, language, NOW).decode() for language in ("en", "fr"))
    assert all(one and other for one, other in TEXT.values())
    assert 'lang="en"' in english
    assert 'lang="fr"' in french
    assert "4\u00a0are\u00a0waiting, 3\u00a0need\u00a0you." in english
    assert "Safelight est en marche\u202f; 4\u00a0en\u00a0attente, 3\u00a0ont besoin de\u00a0vous." in french
    assert "allumé\u202f?" in french
    for text in (english, french):
        assert f'data-state="{"look" if running else "off"}"' in text
        assert 'href="book/book.pdf"' in text
        assert 'href="book/html/index.html"' in text
        assert "http-equiv=" not in text  # a page that loads itself anew ends in the browser's error page
        assert "//" not in "".join(Seen(text.encode()).of("src") + Seen(text.encode()).of("href"))


def test_ten_cards_and_the_rest_counted() -> None:
    """Ten pictures at most; what is not shown is counted; without a book no link to one."""
    many = tuple(Card(f"IMG_{n}", f"need-you/IMG_{n}.jpg", f"need-you/IMG_{n}.jpg.why.txt") for n in range(14))
    seen = Seen(page(Told(Tally(needs_you=14), running=True, cards=many), "en", NOW))
    assert len(seen.of("src")) == 10
    assert "4 more: in the folder " in seen.words
    assert not [link for link in seen.of("href") if link.startswith("book/")]
    assert "<section class=" not in page(Told(Tally(), running=True), "en", NOW).decode()


def test_only_small_pictures_are_shown() -> None:
    """A card's picture is small; a refused file may be huge or no picture: it is named, with its note, and not shown."""
    cards = cards_of(
        {
            "need-you/marie/a.jpg": "card", "need-you/marie/a.jpg.why.txt": "card", "need-you/b.tif": "arrival",
            "need-you/b.tif.why.txt": "", "need-you/c.jpg.why.txt": "card", "ok/d.jpg": "class",
        }
    )  # fmt: skip
    assert cards == (
        Card("b.tif", "", "need-you/b.tif.why.txt"),
        Card("c.jpg", "", "need-you/c.jpg.why.txt"),
        Card("marie/a.jpg", "need-you/marie/a.jpg", "need-you/marie/a.jpg.why.txt"),
    )


def test_the_name_of_the_status_waits(tmp_path: Path) -> None:
    """Changed at most every ten seconds and only when it differs; the end and a name deleted by people are at once."""
    event, now = Event(tmp_path), [100.0]
    event.library.mkdir()
    shelf = Shelf(event, lambda: now[0])

    def names(waiting: int, *, running: bool = True) -> str:
        shelf.status(Tally(waiting=waiting), "en", running=running)
        (path,) = event.library.glob("_STATUS *")
        return re.sub(r"\D", "", path.name)[:1] if running else path.name

    assert names(1) == "1"
    now[0] += 4
    assert names(2) == "1"
    assert not shelf.due()
    now[0] += 6
    assert shelf.due()
    assert names(2) == "2"
    assert not shelf.due()
    now[0] += 15
    assert shelf.due()
    assert names(2) == "2"
    now[0] += 10
    assert names(3) == "3"
    now[0] += 1
    next(event.library.glob("_STATUS *")).unlink()
    assert names(4) == "4"
    now[0] += 1
    assert names(5, running=False).startswith("_STATUS stopped")


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def browsed(folder: Path, budget: int) -> tuple[str, str]:
    """State and text of what the page has become after so many ms in a real browser (its own, hurried clock)."""
    assert CHROMIUM
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
        f"--virtual-time-budget={budget}", "--dump-dom", (folder / "_status.html").as_uri(),
    ]  # fmt: skip
    found = subprocess.run(command, capture_output=True, timeout=120, check=False, env={**os.environ, "TZ": "UTC"})
    states = re.findall(r'<html[^>]* data-state="(\w+)"', found.stdout.decode())
    assert states, found.stderr.decode()[-2000:]
    return str(states[0]), found.stdout.decode()


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: the page's colours are only judged in a real browser")
@pytest.mark.parametrize(
    ("running", "age", "budget", "state"),
    [
        (True, 0, 3_000, "on"),
        (True, 3600, 3_000, "look"),
        (True, 0, 70_000, "old"),
        (False, 3600, 70_000, "off"),
    ],
)
def test_a_file_that_never_changes_turns_red(tmp_path: Path, running: bool, age: int, budget: int, state: str) -> None:
    """Opened from a folder: fresh is green, one that the clocks doubt is amber, unchanged for a minute red, stopped grey."""
    (tmp_path / "_status.html").write_bytes(
        page(Told(COUNTS, running=running), "en", datetime.now(UTC) - timedelta(seconds=age))
    )
    assert browsed(tmp_path, budget)[0] == state


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: the page's colours are only judged in a real browser")
def test_a_file_that_moves_stays_green_and_shows_what_it_says(tmp_path: Path) -> None:
    """Written again and again with a clock an hour slow: green after 70 s, with the counts of a later file."""
    began, over = datetime.now(UTC) - timedelta(hours=1), threading.Event()

    def write(waiting: int) -> None:
        told = Told(Tally(waiting=waiting), running=True)
        write_through(tmp_path / "_status.html", page(told, "en", began + timedelta(seconds=waiting)))

    def move() -> None:
        count = 1
        while not over.wait(0.02):
            write(count := count + 1)

    write(1)
    mover = threading.Thread(target=move)
    mover.start()
    try:
        state, text = browsed(tmp_path, 70_000)
    finally:
        over.set()
        mover.join()
    token = re.search(r'<body data-token="([^"]+)"', text)
    waits = re.search(r"(\d+)(?:&nbsp;|\s)(?:is|are)(?:&nbsp;|\s)waiting", text)
    assert state == "on"
    assert token
    assert waits
    opened = (datetime.fromisoformat(token[1]) - began).seconds
    assert int(waits[1]) > opened
