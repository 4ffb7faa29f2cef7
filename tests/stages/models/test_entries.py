"""The registry holds only what is pinned; names are found, near ones named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import models_world as world
from safelight.model.errors import WRONG
from safelight.stages.fetched import CLIPSEG, SD2, Fetched
from safelight.stages.models.entries import Entry, File, Hub, named, table
from safelight.stages.models.errors import UnknownModel
from safelight.stages.models.registry import MODELS

DIGEST = "0" * 64


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../up", "a/../../b", ".hidden"])
def test_a_file_lies_below_its_folder(name: str) -> None:
    """Nothing that a registry says can reach outside the model's folder."""
    with pytest.raises(ValueError, match="not a path"):
        File(name, 1, DIGEST)


@pytest.mark.parametrize(
    "make",
    [
        lambda: File("a", 1, "abc"),
        lambda: File("a", 1, DIGEST.upper().replace("0", "A")),
        lambda: File("a", 1, "", "https://example.org/a"),
        lambda: File("a", -1, DIGEST),
        lambda: Hub("of/two", "main"),
        lambda: Entry("x", ("", ""), ("", ""), "", (File("a", 1, DIGEST),)),
        lambda: Entry("x", ("", ""), ("", ""), "", ()),
        lambda: Entry("X/Y", ("", ""), ("", ""), "", (File("a", 1, DIGEST, "https://e.org"),)),
        lambda: Entry("x", ("", ""), ("", ""), "", (File("a", 1, DIGEST, "https://e.org"),) * 2),
    ],
)
def test_what_is_not_pinned_is_no_entry(make: Any) -> None:
    """A short digest, a web address without one, a branch, no source, no files, a name twice: refused at once."""
    with pytest.raises(ValueError, match=r"."):
        make()


def test_addresses() -> None:
    """A web address as it stands; a hub's file at its commit, at the endpoint that is asked for."""
    entry = world.hub({"a b/c.json": b"{}"})
    assert entry.address(entry.files[0], "https://hub/") == f"https://hub/of/two/resolve/{world.REVISION}/a%20b/c.json"
    alone = world.single("https://e.org", b"x")
    assert alone.address(alone.files[0], "https://hub") == "https://e.org/one.onnx"


def test_fingerprint_tells_contents_apart() -> None:
    """One file: its own digest. Several: another when any digest, name or commit is another."""
    assert world.single("https://e.org", b"x").fingerprint == world.sha256(b"x")
    prints = {
        world.hub({"a": b"1", "b": b"2"}).fingerprint,
        world.hub({"a": b"1", "b": b"3"}).fingerprint,
        world.hub({"a": b"1", "c": b"2"}).fingerprint,
        world.hub({"a": b"1", "b": b"2"}, ("d",)).fingerprint,
    }
    assert len(prints) == 4


def test_unknown_names_tell_the_nearest_first() -> None:
    """A slip of the finger is answered with the right name before all others; status 2."""
    with pytest.raises(UnknownModel) as fault:
        named("yolo_nano", MODELS)
    assert fault.value.exit_status == WRONG
    assert "Known are: yolox_nano, " in fault.value.say("en")
    assert "«\u202fyolo_nano\u202f»" in fault.value.say("fr")


def test_no_name_twice() -> None:
    """Two models of one name would hide each other."""
    one = world.single("https://e.org", b"x")
    with pytest.raises(ValueError, match="two models"):
        table((one, world.single("https://e.org", b"y")))


def test_registry_is_told_in_both_languages_and_over_https() -> None:
    """Every model says what it is for and its licence in English and French; every source is https."""
    assert {"yolox_nano", "face-rfb-320", "clipseg", "sd2-inpainting"} <= set(MODELS)
    for entry in MODELS.values():
        assert all(entry.use) and all(entry.licence) and entry.use[0] != entry.use[1]
        assert all(entry.address(file).startswith("https://") for file in entry.files)
        weights = [file for file in entry.files if not file.name.endswith((".json", ".txt"))]
        assert weights and all(file.sha256 and file.bytes for file in weights)
        assert all(file.name.endswith((".onnx", ".safetensors")) for file in weights)


@pytest.mark.shared
def test_registry_says_what_the_sources_say(shared: Path) -> None:
    """Bytes, digests and commits of the small models are those of the trial data's own list."""
    told = (shared / "weights" / "SOURCES.md").read_text("utf-8")
    for name in ("yolox_nano", "face-rfb-320"):
        file = MODELS[name].files[0]
        assert f"| {file.name} | {file.bytes} | {file.sha256} |" in told
        commit = re.search(r"/([0-9a-f]{40})/", file.url)
        assert commit and commit[1] in told


@pytest.mark.parametrize("model", [CLIPSEG, SD2], ids=lambda model: model.name)
def test_backends_find_what_is_fetched(model: Fetched) -> None:
    """What a backend loads is among the files that fetch brings."""
    entry = MODELS[model.name]
    assert set(model.files) <= {file.name for file in entry.files}
