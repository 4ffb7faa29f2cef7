"""A real Chromium for tests, spoken to over a pipe by its own DevTools protocol: no library, no open port.

Messages are JSON ended by a zero byte, commands on the child's descriptor 3, answers and events on 4. Waiting is always
for something to become true on the page, never for a time.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "no Chromium here: scripts/system.sh installs it where it may, elsewhere install chromium"
PATIENCE = 60.0
"""Seconds after which something that does not come true has failed."""


class Page:
    """One tab. `log` collects what the page wrote to its console, threw, or had refused by its policy."""

    def __init__(self, browser: _Pipe, session: str) -> None:
        self._browser, self._session = browser, session
        browser.log.clear()
        self.log = browser.log
        for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
            self.do(f"{domain}.enable")

    def do(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol."""
        return self._browser.do(method, params, self._session)

    def open(self, url: str) -> None:
        """Go there and wait until it is loaded."""
        self.do("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        """The value of an expression on the page; promises are waited for."""
        told = self.do("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in told:
            raise AssertionError(told["exceptionDetails"])
        return told["result"].get("value")

    def until(self, script: str) -> Any:
        """Wait until an expression is true; returns its value."""
        end, value = time.monotonic() + PATIENCE, None
        while time.monotonic() < end:
            try:
                value = self.run(script)
            except (AssertionError, KeyError):  # between two documents
                value = None
            if value or value == {}:  # an element arrives as an empty object
                return value
            time.sleep(0.05)
        raise AssertionError(f"never true: {script}\n{self.run('document.body.innerText')}\n{self.log}")

    def text(self, selector: str = "body") -> str:
        """What can be read there."""
        return str(self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def count(self, selector: str) -> int:
        """How many there are."""
        return int(self.run(f"document.querySelectorAll({json.dumps(selector)}).length"))

    def click(self, selector: str) -> None:
        """A real press of the mouse in its middle."""
        box = self.until(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); if (!e) return null;"
            "e.scrollIntoView({block: 'center'}); const b = e.getBoundingClientRect();"
            "return b.width && {x: b.x + b.width / 2, y: b.y + b.height / 2}; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.do("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **box)

    def press(self, key: str, code: int = 0) -> None:
        """A key, by its name."""
        code = (
            code or {"Tab": 9, "Enter": 13, "ArrowDown": 40, "ArrowRight": 39, "ArrowUp": 38, "End": 35, " ": 32}[key]
        )
        text = {"Enter": "\r", " ": " "}.get(key, "")
        more = {"text": text} if text else {}
        self.do("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, **more)
        self.do("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def choose(self, selector: str, path: Path) -> None:
        """A file chosen in a file field."""
        root = self.do("DOM.getDocument")["root"]["nodeId"]
        node = self.do("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.do("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def size(self, width: int, height: int, *, dark: bool = False, language: str = "en") -> None:
        """The window, the system's mode, the browser's language."""
        self.do(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        mode = "dark" if dark else "light"
        self.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": mode}])
        self.do("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})

    def shot(self, path: Path, *, whole: bool = False) -> None:
        """A picture of the window, or of the whole page."""
        told = self.do("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(told["data"]))


class _Pipe:
    def __init__(self, process: subprocess.Popen[bytes], commands: int, answers: int) -> None:
        self._process, self._commands, self._answers = process, commands, answers
        self._number, self._read = 0, b""
        self.log: list[str] = []

    def do(self, method: str, params: dict[str, Any], session: str = "") -> dict[str, Any]:
        self._number += 1
        message = {
            "id": self._number,
            "method": method,
            "params": params,
            **({"sessionId": session} if session else {}),
        }
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == self._number:
                if "error" in told:
                    raise KeyError(told["error"]["message"])
                return dict(told["result"])
            self._hear(told)

    def _hear(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        match event.get("method"):
            case "Runtime.consoleAPICalled":
                self.log.append(" ".join(str(part.get("value", part.get("description"))) for part in params["args"]))
            case "Runtime.exceptionThrown":
                self.log.append(json.dumps(params["exceptionDetails"])[:600])
            case "Log.entryAdded":
                self.log.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._answers], [], [], PATIENCE)
            part = os.read(self._answers, 1 << 20) if ready else b""
            if not part:
                raise AssertionError(f"the browser went silent (status {self._process.poll()})")
            self._read += part
        line, _, self._read = self._read.partition(b"\0")
        return dict(json.loads(line))


class Browser:
    """A running browser; each page has cookies and storage of its own."""

    def __init__(self, pipe: _Pipe) -> None:
        self._pipe = pipe

    @contextmanager
    def page(self) -> Iterator[Page]:
        """A fresh page, as if nobody had ever used this browser. One at a time."""
        context = self._pipe.do("Target.createBrowserContext", {})["browserContextId"]
        target = self._pipe.do("Target.createTarget", {"url": "about:blank", "browserContextId": context})["targetId"]
        session = self._pipe.do("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        try:
            yield Page(self._pipe, session)
        finally:
            self._pipe.do("Target.disposeBrowserContext", {"browserContextId": context})


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """A browser with one page; its profile lies in `folder`."""
    with running(folder) as made, made.page() as page:
        yield page


@contextmanager
def running(folder: Path) -> Iterator[Browser]:
    """A browser; its profile lies in `folder`."""
    assert CHROMIUM, MISSING
    (their_in, commands), (answers, their_out) = os.pipe(), os.pipe()
    # descriptors 3 and 4 are the pipe's by definition: the shell puts ours there, whatever their numbers are
    program = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions",
               "--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}", "about:blank"]  # fmt: skip
    process = subprocess.Popen(
        ["bash", "-c", f'exec "$@" 3<&{their_in} 4>&{their_out}', "chromium", *program],
        pass_fds=(their_in, their_out),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(their_in)
    os.close(their_out)
    pipe = _Pipe(process, commands, answers)
    try:
        yield Browser(pipe)
    finally:
        with contextlib.suppress(AssertionError, OSError, KeyError, subprocess.TimeoutExpired):
            pipe.do("Browser.close", {})  # so that its helpers end and write nothing any more
            process.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(commands)
        os.close(answers)
