"""The page in a real browser: choosing a picture, the slider, uploading, keyboard, phone, both languages; and what goes wrong.

The desk runs as its own process, as it does for people. Wherever the browser refuses something by the policy, a test fails.
"""

from __future__ import annotations

import base64
import io
import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from browser import CHROMIUM, MISSING, Browser, Page, running
from desk_world import bomb, camvid, saved, started, street
from safelight.desk.words import SCRIPT, WORDS

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
READY = "document.querySelectorAll('.classes tbody tr').length && document.querySelectorAll('img.mask').length === 2"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The printed address of a desk with two datasets."""
    folder = tmp_path_factory.mktemp("desk")
    street_data, other = camvid(folder / "street", test=70), camvid(folder / "other", test=1, train=1)
    with started(folder, "--data", f"street={street_data}", "--data", f"other={other}") as (_, line):
        yield line


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all."""
    with running(tmp_path_factory.mktemp("chromium")) as made:
        yield made


@pytest.fixture
def page(desk: str, chromium: Browser) -> Iterator[Page]:
    """A fresh page that opened the printed address; nothing may have been refused or thrown when the test ends."""
    with chromium.page() as made:
        made.size(1366, 768)
        made.open(desk)
        yield made
        assert [line for line in made.log if "favicon" not in line] == []


def at(page: Page, desk: str, place: str) -> None:
    """Go to a place behind the # and wait until something of it is there."""
    page.open("about:blank")
    page.open(desk.split("/?", maxsplit=1)[0] + place)


@needs_browser
def test_the_token_leaves_the_address(page: Page, desk: str) -> None:
    """The printed address opens the page; what then stands in the address, and in the history, holds no token."""
    page.until(READY)
    assert "token" not in page.run("location.href")
    assert page.run("document.cookie") == ""
    entries = page.do("Page.getNavigationHistory")["entries"]
    assert not [entry for entry in entries if "token" in entry["url"]]
    assert "token" in desk


@needs_browser
def test_choosing_a_picture_shows_three_and_the_agreement(page: Page) -> None:
    """Picture, true mask, predicted mask, IoU of every class; another choice changes all of it."""
    page.until(READY)
    first = page.text(".over h1")
    assert first == "test_0_é#?%"
    assert page.count(".thumbs a") == 60
    page.click(".thumbs li:nth-child(3) a")
    page.until("document.querySelector('.over h1').innerText === 'test_2_é#?%'")
    page.until(READY)
    assert page.count(".pane") == 3
    page.until("[...document.querySelectorAll('.stage img')].every(i => i.naturalWidth)")
    sources = page.run("[...document.querySelectorAll('.stage img')].map(i => [i.className, i.src, i.naturalWidth])")
    assert [name for name, _, _ in sources] == ["photo", "photo", "mask", "photo", "mask"]
    assert all(width == 96 for _, _, width in sources)
    assert "/mask?" in sources[2][1]
    assert sources[4][1].startswith("blob:")
    told = page.run(
        "fetch('/api/datasets/street/images/test_2_%C3%A9%23%3F%25/prediction?categories=8', {headers: {Accept:"
        " 'application/json'}}).then(r => r.json())"
    )
    rows = page.run(
        "[...document.querySelectorAll('.classes tbody tr')].map(r => [r.dataset.name, r.querySelector('.iou').innerText])"
    )
    assert rows == [[row["name"], f"{round(row['iou'] * 100)}%"] for row in told["compared"]["classes"]]
    assert page.text("[data-sum=miou]") == f"{round(told['compared']['miou'] * 100)}%"


@needs_browser
def test_classes_instead_of_categories(page: Page) -> None:
    """The network's and the data's own classes by one press, with a legend where the table does not name them all; kept."""
    page.until(READY)
    assert "flat" in page.text(".classes")
    page.click(".choice:nth-child(2)")
    page.until("document.querySelector('.classes')?.innerText.includes('road')")
    page.until(READY)
    assert page.run("[...document.querySelectorAll('img.mask')].every(i => i.src.startsWith('blob:'))")
    page.click(".thumbs li:nth-child(2) a")
    page.until("document.querySelector('.over h1').innerText === 'test_1_é#?%'")
    page.until(READY)
    assert "road" in page.text(".classes")
    assert page.run("document.querySelectorAll('.choice')[1].getAttribute('aria-pressed')") == "true"


@needs_browser
def test_the_slider_fades_every_mask(page: Page) -> None:
    """Both masks at once, told in percent, kept for the next picture; by keyboard as well."""
    page.until(READY)
    page.run("document.getElementById('opacity').focus()")
    for _ in range(3):
        page.press("ArrowRight")
    assert page.run("[...document.querySelectorAll('img.mask')].map(i => i.style.opacity)") == ["0.75", "0.75"]
    assert page.text("output") == "75%"
    page.click(".thumbs li:nth-child(2) a")
    page.until("document.querySelector('.over h1').innerText === 'test_1_é#?%'")
    page.until(READY)
    assert page.run("[...document.querySelectorAll('img.mask')].map(i => i.style.opacity)") == ["0.75", "0.75"]
    # what is seen is the mask over the picture: at nought the pane is the picture itself
    page.run(
        "(() => { const s = document.getElementById('opacity'); s.value = 0; s.dispatchEvent(new Event('input')); })()"
    )
    assert page.run("getComputedStyle(document.querySelector('img.mask')).opacity") == "0"


@needs_browser
def test_the_list_grows_and_is_searched(page: Page) -> None:
    """The rest comes at its end; a search asks the desk, not only what is loaded; parts and datasets are one click."""
    page.until(READY)
    page.run("document.querySelector('.thumbs').scrollTo(0, 1e6)")
    page.until("document.querySelectorAll('.thumbs a').length === 70")
    page.run(
        "(() => { const s = document.getElementById('search'); s.value = 'TEST_69'; s.dispatchEvent(new Event('input')); })()"
    )
    page.until("document.querySelectorAll('.thumbs a').length === 1")
    assert page.text(".count") == "1 picture"
    page.click(".parts a:nth-child(2)")
    page.until("document.querySelector('.over h1')?.innerText === 'train_0_é#?%'")
    assert "flatters" in page.text(".note") or "flatter" in page.text(".note")
    page.run(
        "(() => { const s = document.getElementById('dataset'); s.value = 'other'; s.dispatchEvent(new Event('change')); })()"
    )
    page.until("document.querySelectorAll('.thumbs a').length === 1")
    page.until(READY)


@needs_browser
def test_the_keyboard_is_enough(page: Page, desk: str) -> None:
    """Tab reaches the list, arrows walk it, Enter opens, Enter on a picture enlarges it; Back goes back."""
    page.until(READY)
    page.run("document.activeElement.blur()")
    for _ in range(30):
        page.press("Tab")
        if page.run("document.activeElement.closest('.thumbs') !== null"):
            break
    page.press("ArrowDown")
    page.press("ArrowDown")
    page.press("Enter")
    page.until("document.querySelector('.over h1').innerText === 'test_2_é#?%'")
    page.until(READY)
    page.run("document.querySelectorAll('.open')[2].focus()")
    page.press("Enter")
    page.until("document.querySelector('.pane.large')?.dataset.kind === 'prediction'")
    large = page.run(
        "(() => { const b = document.querySelector('.pane.large .stage').getBoundingClientRect(); return [b.width, b.height]; })()"
    )
    assert large[0] > 700
    assert large[1] < 768 - 100
    page.press("Enter")
    page.until("document.querySelector('.pane.large') === null")
    page.run("history.back()")
    page.until("document.querySelector('.over h1').innerText === 'test_0_é#?%'")


@needs_browser
def test_every_control_has_a_name_and_can_be_seen_to_have_focus(page: Page, desk: str) -> None:
    """What a screen reader would say of links, buttons and fields; none is empty."""
    for place in ("/#/data/street", "/#/own", "/api"):
        at(page, desk, place)
        page.until("document.querySelector('main').innerText.length > 40")
        tree = page.do("Accessibility.getFullAXTree")["nodes"]
        nameless = [
            node["role"]["value"]
            for node in tree
            if not node.get("ignored")
            and node.get("role", {}).get("value") in {"link", "button", "slider", "combobox", "searchbox", "textbox"}
            and not node.get("name", {}).get("value")
        ]
        assert nameless == [], place
        assert page.run("document.querySelectorAll('h1').length") == 1
        assert page.run("document.documentElement.lang") == "en"


def upload(page: Page, desk: str, path: Path) -> None:
    """Choose a file on the upload page."""
    at(page, desk, "/#/own")
    page.until("document.getElementById('file') !== null")
    page.choose("#file", path)


@needs_browser
def test_a_picture_of_ones_own(page: Page, desk: str, tmp_path: Path) -> None:
    """Its mask over it, a legend with areas, and the mask as PNG to keep: the very label map that the interface gives."""
    path = tmp_path / "My photo.jpg"
    path.write_bytes(saved(street(7, (400, 300)), quality=95))
    upload(page, desk, path)
    page.until("document.querySelectorAll('.areas tbody tr').length >= 2")
    assert page.text("h1") == "Mask of My photo.jpg"
    shown = page.run("[...document.querySelectorAll('.areas tr')].slice(1).map(r => r.querySelector('.iou').innerText)")
    assert sum(float(text.rstrip("%")) for text in shown) == pytest.approx(100, abs=0.5)
    assert page.run("document.querySelector('.actions a').download") == "My photo mask.png"
    page.do("Page.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path / "down"))
    page.click(".actions a")
    mask = opened(downloaded(tmp_path / "down", "My photo mask.png"))
    assert (mask.mode, mask.size) == ("P", (400, 300))
    assert set(np.unique(np.asarray(mask))) <= set(range(8))
    page.click(".actions button")
    assert opened(downloaded(tmp_path / "down", "My photo overlay.png")).size == (400, 300)


def opened(path: Path) -> Image.Image:
    """A picture file, read whole."""
    return Image.open(io.BytesIO(path.read_bytes()))


def downloaded(folder: Path, name: str) -> Path:
    """The file once the browser has written all of it."""
    for _ in range(600):
        if (folder / name).is_file() and (folder / name).stat().st_size:
            return folder / name
        time.sleep(0.05)
    raise AssertionError(list(folder.glob("*")))


@needs_browser
def test_a_picture_is_dropped(page: Page, desk: str) -> None:
    """Anywhere on the page; the place lights up while it hovers."""
    at(page, desk, "/#/own")
    page.until("document.querySelector('.drop') !== null")
    data = base64.b64encode(saved(street(3), "PNG")).decode()
    page.run(
        f"""window.carried = new DataTransfer();
        carried.items.add(new File([Uint8Array.from(atob({json.dumps(data)}), c => c.charCodeAt(0))], 'drop.png', {{type: 'image/png'}}));
        window.fire = (kind) => document.body.dispatchEvent(new DragEvent(kind, {{dataTransfer: carried, bubbles: true, cancelable: true}}));
        fire('dragenter'); 1"""
    )
    assert page.run("document.querySelector('.drop').classList.contains('over')")
    assert page.run("fire('dragover')") is False  # taken, not opened by the browser
    page.run("fire('drop'); 1")
    page.until("document.querySelectorAll('.areas tbody tr').length >= 1")
    assert page.text("h1") == "Mask of drop.png"


@needs_browser
@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("letter.txt", b"Dear Sir", "This file is not a picture. Choose a JPEG"),
        ("half.jpg", saved(street())[:900], "This picture looks cut off"),
        ("bomb.png", bomb(), "too large: 300 million pixels"),
        ("empty.jpg", b"", "This file is empty"),
    ],
)
def test_a_bad_file_is_told_and_the_next_can_be_chosen(
    page: Page, desk: str, tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    """A sentence and what to do, read out to those who do not see it; the page is ready for another file."""
    (tmp_path / name).write_bytes(data)
    upload(page, desk, tmp_path / name)
    page.until("document.querySelector('#alert').innerText.length > 0")
    assert words in page.text("#alert")
    assert page.run("document.getElementById('alert').getAttribute('role')") == "alert"
    gap = page.run(
        "document.querySelector('.fault').getBoundingClientRect().top - document.querySelector('.drop').getBoundingClientRect().bottom"
    )
    assert 0 <= gap < 60
    page.log[:] = [line for line in page.log if "Failed to load resource" not in line]
    (tmp_path / "good.png").write_bytes(saved(street(), "PNG"))
    page.choose("#file", tmp_path / "good.png")
    page.until("document.querySelectorAll('.areas tbody tr').length >= 1")
    assert page.text("#alert") == ""


@needs_browser
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (768, 1024), (1366, 768)])
def test_nothing_sticks_out(page: Page, desk: str, language: str, width: int, height: int) -> None:
    """On phone, tablet and laptop, in both languages: no sideways scrolling, every picture inside the window."""
    page.size(width, height, language=language)
    for place, wait in (
        ("/#/data/street", READY),
        ("/#/own", "document.querySelector('.drop') !== null"),
        ("/api", "true"),
        ("/nothing", "true"),
    ):
        at(page, desk, place)
        page.until(wait)
        assert page.run("document.documentElement.lang") == language
        assert page.run("document.documentElement.scrollWidth") <= width, place
        widest = page.run(
            "Math.max(...[...document.querySelectorAll('main > *, .pane, .drop, .top > *')].map(e => e.getBoundingClientRect().right))"
        )
        assert widest <= width + 0.5, place
    page.log.clear()  # /nothing is a 404


@needs_browser
def test_the_switch_keeps_the_place(page: Page, desk: str) -> None:
    """The other language at the same picture, remembered from then on."""
    page.until(READY)
    page.click(".thumbs li:nth-child(2) a")
    page.until("document.querySelector('.over h1').innerText === 'test_1_é#?%'")
    page.click("[data-language]")
    page.until("document.documentElement.lang === 'fr'")
    page.until(READY)
    assert page.text(".over h1") == "test_1_é#?%"
    assert "À quel point ils concordent" in page.text(".result")
    assert re.search(r"\d+\s%", page.text("[data-sum=miou]"))
    assert "voies" in page.text(".classes")
    at(page, desk, "/#/own")
    page.until("document.querySelector('.drop') !== null")
    assert page.run("document.documentElement.lang") == "fr"


@pytest.fixture
def elsewhere(desk: str) -> Iterator[str]:
    """A page of another site (`localhost` is another name than 127.0.0.1) with links and a form to the desk."""
    base = desk.split("/?", maxsplit=1)[0]

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = f"""<!doctype html><title>elsewhere</title><a id="with" href="{desk}">with</a>
            <a id="without" href="{base}/#/own">without</a><img src="{base}/api/datasets/street/images/test_0_%C3%A9%23%3F%25">
            <form id="f" method="post" enctype="multipart/form-data" action="{base}/api/segment"><input name="picture"></form>"""
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@needs_browser
def test_links_from_another_site_lead_in_and_its_scripts_do_not(page: Page, desk: str, elsewhere: str) -> None:
    """A link in a chat opens the desk, with the token, and later without; the other site reads and changes nothing."""
    base = desk.split("/?", maxsplit=1)[0]
    page.do("Network.clearBrowserCookies")
    page.open(elsewhere)
    page.click("#with")
    page.until(READY)
    assert "token" not in page.run("location.href")
    page.open(elsewhere)
    page.click("#without")
    page.until("document.querySelector('.drop') !== null")
    assert page.run("location.href") == f"{base}/#/own"
    page.open(elsewhere)
    assert page.run("document.images[0].complete && document.images[0].naturalWidth") == 0
    read = f"fetch('{base}/api/datasets', {{credentials: 'include'}}).then(r => r.status, () => 'refused')"
    assert page.run(read) == "refused"
    page.run("document.getElementById('f').submit()")
    page.until(f"location.href.startsWith('{base}')")
    assert page.run("JSON.parse(document.body.innerText).error.code") in {"no_token", "from_elsewhere"}
    page.log.clear()


@needs_browser
def test_a_locked_browser_sees_how_to_get_in(page: Page, desk: str, tmp_path: Path) -> None:
    """Without the cookie: one sentence, no picture."""
    page.do("Network.clearBrowserCookies")
    at(page, desk, "/")
    assert "This desk is locked" in page.text("h1")
    assert page.count("img") == 0
    page.log.clear()  # 401


@needs_browser
def test_a_desk_that_went_away_is_told(page: Page, desk: str) -> None:
    """The page says so and offers to try again; trying again works when it is back."""
    page.until(READY)
    page.do("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1)
    page.click(".thumbs li:nth-child(5) a")
    page.until("document.querySelector('#alert').innerText.includes('does not answer')")
    page.do("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
    page.click("#alert button")
    page.until(READY)
    page.log.clear()


@needs_browser
def test_what_is_seen_is_the_mask(page: Page, tmp_path: Path) -> None:
    """Pixels of the screen: at full opacity the true mask's pane shows the palette's own colours."""
    page.until(READY)
    page.run(
        "(() => { const s = document.getElementById('opacity'); s.value = 100; s.dispatchEvent(new Event('input')); })()"
    )
    box = page.run(
        "(() => { const b = document.querySelector('[data-kind=truth] .stage').getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })()"
    )
    page.until("[...document.querySelectorAll('.stage img')].every(i => i.complete)")
    page.shot(tmp_path / "shot.png")
    seen = np.asarray(opened(tmp_path / "shot.png").convert("RGB")).astype(int)
    x, y, width, height = box
    sky, road = (seen[round(y + part * height), round(x + 0.5 * width)] for part in (0.25, 0.75))
    assert np.abs(sky - (140, 212, 250)).max() <= 3
    assert np.abs(road - (86, 50, 132)).max() <= 3


def test_every_word_has_its_french() -> None:
    """Nothing left in English by mistake, equal fields, and no key asked for that is not there."""
    fields = re.compile(r"\{(\w+)\}")
    for key, (english, french) in {**WORDS, **SCRIPT}.items():
        assert english
        assert french
        assert sorted(fields.findall(english)) == sorted(fields.findall(french)), key
    folder = Path(__file__).parents[2] / "daemon" / "safelight" / "desk"
    scripts = "".join(path.read_text("utf-8") for path in (folder / "static" / "js").glob("*.js"))
    pages = "".join(path.read_text("utf-8") for path in (folder / "templates").glob("*.html"))
    assert set(re.findall(r'say\("(\w+)"', scripts)) <= set(SCRIPT)
    assert set(re.findall(r'say\("(\w+)"', pages)) <= set(WORDS)
    unused = {key for key in SCRIPT if f'"{key}"' not in scripts}
    assert unused == {"part_test", "part_train", "part_val", "words_categories", "words_classes"}  # put together there


def test_no_page_holds_a_script_or_a_style() -> None:
    """What the policy would refuse is not even written: no inline script, no style attribute, nothing from elsewhere."""
    folder = Path(__file__).parents[2] / "daemon" / "safelight" / "desk"
    for path in (folder / "templates").glob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?://", text), path.name
    for path in (folder / "static" / "js").glob("*.js"):
        text = path.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?://", text), (
            path.name
        )
