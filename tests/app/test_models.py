"""`safelight models`: listed, fetched only when told, removed, found, tried; both languages, JSON, never a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import models_world as world
from safelight.app.models import Shelf, fetch_model, list_models, remove_model
from safelight.app.models_words import WORDS, fetched_lines, models_lines, removed_lines, selftest_lines
from safelight.model.typography import typeset
from safelight.stages.models.entries import Entry
from safelight.stages.models.errors import NotFetched, Offline, UnknownModel
from safelight.stages.models.places import Places

DATA = world.bytes_of(600_000)


class Heard:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.told: list[str] = []

    def line(self, text: str) -> None:
        """Where things stand."""
        self.lines.append(text)

    def say(self, text: str) -> None:
        """A sentence."""
        self.told.append(text)


def shelf(tmp_path: Path, *entries: Entry) -> Shelf:
    """A shelf of the test's own models."""
    return Shelf(Places(tmp_path / "models"), {entry.name: entry for entry in entries})


def run(tmp_path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The real command line, with a cache of its own."""
    around = {**os.environ, "PYTHONPATH": str(Path("daemon").resolve()), "SAFELIGHT_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "safelight.cli", "--event", str(tmp_path), "models", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**around, **environment})


def test_licence_and_size_are_said_before_anything_comes(tmp_path: Path) -> None:
    """What it is, how large, its licence and source; then progress with time left; then where it is."""
    heard, ticks = Heard(), iter(range(1000))
    with world.serving({"/one.onnx": DATA}) as server:
        entry = world.single(server.address, DATA)
        told = fetch_model(
            "one",
            shelf(tmp_path, entry),
            {},
            heard,
            language="fr",
            clock=lambda: float(next(ticks)),
            pause=lambda _: None,
        )
    assert heard.told == [
        "one\u00a0: ne trouve rien. 600 ko.",
        "Licence\u00a0: MIT. Source\u00a0: https://example.org/one",
    ]
    assert heard.lines[0] == "one.onnx\u00a0: 262 ko"
    assert heard.lines[1] == "one.onnx\u00a0: 524 ko sur 600 ko, encore 0 s"
    assert fetched_lines(told, "fr") == [f"one est dans {tmp_path / 'models' / 'one'} (600 ko reçus)."]


@pytest.mark.parametrize("value", ["1", "ON", "yes", "True"])
def test_offline_means_offline(tmp_path: Path, value: str) -> None:
    """With HF_HUB_OFFLINE nothing is asked of anybody; a folder still works."""
    with world.serving({"/one.onnx": DATA}) as server:
        here = shelf(tmp_path, world.single(server.address, DATA))
        with pytest.raises(Offline) as fault:
            fetch_model("one", here, {"HF_HUB_OFFLINE": value}, Heard())
        assert "models fetch one --from" in fault.value.say("fr")
        (tmp_path / "stick").mkdir()
        (tmp_path / "stick" / "x.bin").write_bytes(DATA)
        fetch_model("one", here, {"HF_HUB_OFFLINE": value}, Heard(), source=tmp_path / "stick")
        assert server.asked == []
    assert here.folder("one") == tmp_path / "models" / "one"


def test_not_offline(tmp_path: Path) -> None:
    """Nought and nothing are no wish to stay offline; HF_ENDPOINT names another hub."""
    with world.serving({world.hub_path("a.onnx"): b"aaaa"}) as server:
        environment = {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": server.address}
        fetch_model("two", shelf(tmp_path, world.hub({"a.onnx": b"aaaa"})), environment, Heard())
    assert (tmp_path / "models" / "two" / "a.onnx").read_bytes() == b"aaaa"


def test_list_tells_what_is_here_and_what_was_begun(tmp_path: Path) -> None:
    """Three states, told in both languages with sizes."""
    with world.serving({"/one.onnx": DATA}, cuts=[250_000]) as server:
        here = shelf(tmp_path, world.single(server.address, DATA), world.hub({"a.onnx": b"aaaa"}))
        assert [row["here"] for row in list_models(here)] == [False, False]
        assert "not fetched" in models_lines(list_models(here))[0]
        part = tmp_path / "models" / ".parts" / "one" / "one.onnx.part"
        part.parent.mkdir(parents=True)
        part.write_bytes(DATA[:250_000])
        assert "250 ko reçus" in models_lines(list_models(here), "fr")[0]
        fetch_model("one", here, {}, Heard(), pause=lambda _: None)
    rows = list_models(here)
    assert rows[0]["here"] and rows[0]["folder"] == str(tmp_path / "models" / "one")
    assert models_lines(rows)[:2] == ["one  here           600 kB", "    Finds nothing. Licence: MIT"]


def test_remove(tmp_path: Path) -> None:
    """Gone, with the bytes that are free again; what lies elsewhere is told and stays; what is not here is an error."""
    entry = world.single("https://e.org", DATA)
    here = Shelf(Places(tmp_path / "models", (tmp_path / "event",)), {"one": entry})
    with pytest.raises(NotFetched):
        remove_model("one", here)
    for root in ("models", "event"):
        (tmp_path / root / "one").mkdir(parents=True)
        (tmp_path / root / "one" / "one.onnx").write_bytes(DATA)
    told = remove_model("one", here)
    assert told["bytes"] == len(DATA)
    assert removed_lines(told)[1].startswith(f"one still lies in {tmp_path / 'event' / 'one'}")
    assert (tmp_path / "event" / "one" / "one.onnx").exists()


def test_unknown_names_are_told_everywhere(tmp_path: Path) -> None:
    """Every use case answers a slip of the finger with the name that was meant."""
    here = shelf(tmp_path, world.single("https://e.org", DATA))
    for ask in (
        lambda: fetch_model("onee", here, {}, Heard()),
        lambda: remove_model("onee", here),
        lambda: here.folder("onee"),
    ):
        with pytest.raises(UnknownModel, match="Known are: one"):
            ask()


def test_every_sentence_is_french_in_french() -> None:
    """Each sentence has another in French, set as French print wants."""
    for english, french in WORDS.values():
        assert english != french or english.startswith("{")
        assert "'" not in typeset(french)
        assert set(_fields(english)) == set(_fields(french))
    assert selftest_lines([], "fr") == ["Aucun modèle n’est là pour être essayé."]
    row = {"name": "one", "passed": False, "en": "no", "fr": "non"}
    assert selftest_lines([row]) == ["one: FAILED, no"]
    assert selftest_lines([row | {"passed": True}], "fr") == ["one\u00a0: réussi, non"]


def test_what_models_say_is_set_as_french_print_wants() -> None:
    """Uses, licences and results of self-tests: no straight apostrophe, no plain space before a semicolon or per cent."""
    here = Shelf(Places(Path("/nowhere")))
    text = "\n".join(models_lines(list_models(here), "fr"))
    text += selftest_lines([{"name": "one", "passed": True, "en": "", "fr": "100 % d'or ; oui"}], "fr")[0]
    assert "'" not in text
    assert not re.search(r" [;!?%»]| : ", text)


def _fields(text: str) -> list[str]:
    return [part.split("}")[0] for part in text.split("{")[1:]]


def test_the_command_line(tmp_path: Path) -> None:
    """List as text and JSON, path and remove of what is not here, a wrong name, offline: sentences and exit statuses."""
    listed = run(tmp_path, "list")
    assert listed.returncode == 0, listed.stderr
    assert "yolox_nano" in listed.stdout
    assert "Open RAIL++-M" in listed.stdout
    told = json.loads(run(tmp_path, "list", "--json").stdout)
    assert all(not row["here"] for row in told["models"] if row["name"] == "yolox_nano")
    for words, status in ((("path", "yolox_nano"), 3), (("remove", "yolox_nano"), 3), (("path", "yolo"), 2)):
        done = run(tmp_path, *words)
        assert (done.returncode, done.stdout) == (status, "")
        assert "yolox_nano" in done.stderr
        assert "Traceback" not in done.stderr
    offline = run(tmp_path, "fetch", "yolox_nano", HF_HUB_OFFLINE="1")
    assert offline.returncode == 3
    assert "--from DIR" in offline.stderr
    empty = run(tmp_path, "fetch", "yolox_nano", "--from", str(tmp_path / "nowhere"), "--json")
    assert (empty.returncode, empty.stdout) == (2, "")
    assert "yolox_nano.onnx" in empty.stderr


@pytest.mark.shared
def test_the_real_files_from_a_folder(tmp_path: Path, shared: Path) -> None:
    """The small models come from the folder of trial data by their content, are found, and go again."""
    done = run(tmp_path, "fetch", "yolox_nano", "--from", str(shared / "weights"), "--json", HF_HUB_OFFLINE="1")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["bytes"] == 3660092
    assert "Apache-2.0" in done.stderr
    found = run(tmp_path, "path", "yolox_nano")
    assert found.stdout.strip() == told["folder"] == str(tmp_path / "cache" / "safelight" / "models" / "yolox_nano")
    assert run(tmp_path, "remove", "yolox_nano").returncode == 0
    assert not Path(told["folder"]).exists()
