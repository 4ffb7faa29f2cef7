"""Fetching from a real server and from folders: begun downloads go on, wrong bytes never get in place, errors are told."""

from __future__ import annotations

import fcntl
import socket
from pathlib import Path
from typing import NamedTuple

import pytest

import models_world as world
from safelight.stages.models import fetching, transfer
from safelight.stages.models.entries import Entry
from safelight.stages.models.errors import (
    BeingFetched,
    BrokenOff,
    CannotWrite,
    ModelError,
    NoNetwork,
    NoRoom,
    NotInFolder,
    Refused,
    Unpinned,
    WrongDigest,
)
from safelight.stages.models.places import Places
from safelight.stages.models.transfer import Net

DATA = world.bytes_of(700_000)


class Told:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int, int]] = []
        self.waited: list[float] = []

    def file(self, file: str, done: int, total: int) -> None:
        """Bytes came."""
        self.heard.append((file, done, total))


def net(address: str, told: Told | None = None, **settings: object) -> Net:
    """A way to the test's server that never really waits."""
    told = told or Told()
    return Net(address, told.file, told.waited.append, **{"timeout": 5.0, "pauses": (1.0, 2.0), **settings})  # type: ignore[arg-type]


def fetched(entry: Entry, tmp_path: Path) -> bytes:
    """The bytes in place."""
    return (tmp_path / entry.name / entry.files[0].name).read_bytes()


def nothing_left(tmp_path: Path) -> bool:
    """No part of anything is left behind."""
    return not list((tmp_path / fetching.PARTS).glob("*"))


def test_a_whole_file(tmp_path: Path) -> None:
    """The file is in place with its bytes, progress ends at its size, no part is left."""
    told = Told()
    with world.serving({"/one.onnx": DATA}) as server:
        entry = world.single(server.address, DATA)
        made = fetching.from_net(entry, Places(tmp_path), net(server.address, told))
    assert fetched(entry, tmp_path) == DATA
    assert made.folder == tmp_path / "one"
    assert made.bytes == len(DATA)
    assert told.heard[-1] == ("one.onnx", len(DATA), len(DATA))
    assert nothing_left(tmp_path)
    assert Places(tmp_path).find(entry) == tmp_path / "one"


def test_what_is_in_place_is_not_fetched_again(tmp_path: Path) -> None:
    """A second fetch asks nobody; a changed file in place is fetched anew."""
    with world.serving({"/one.onnx": DATA}) as server:
        entry = world.single(server.address, DATA)
        fetching.from_net(entry, Places(tmp_path), net(server.address))
        asked = len(server.asked)
        assert fetching.from_net(entry, Places(tmp_path), net(server.address)).bytes == 0
        assert len(server.asked) == asked
        (tmp_path / "one" / "one.onnx").write_bytes(DATA[:-1] + b"?")
        fetching.from_net(entry, Places(tmp_path), net(server.address))
    assert fetched(entry, tmp_path) == DATA


def test_a_broken_connection_goes_on_where_it_broke(tmp_path: Path) -> None:
    """Two cuts: three requests, each for the rest only, after growing pauses."""
    told = Told()
    with world.serving({"/one.onnx": DATA}, cuts=[300_000, 1]) as server:
        entry = world.single(server.address, DATA)
        fetching.from_net(entry, Places(tmp_path), net(server.address, told))
        assert [span for _, _, span in server.asked] == ["", "bytes=300000-", "bytes=300001-"]
    assert fetched(entry, tmp_path) == DATA
    assert told.waited == [1.0, 2.0]


def test_a_download_that_broke_off_goes_on_next_time(tmp_path: Path) -> None:
    """Cut too often: told with what came, which is kept; the next fetch asks for the rest only."""
    with world.serving({"/one.onnx": DATA}, cuts=[100_000, 100_000, 100_000]) as server:
        entry = world.single(server.address, DATA)
        with pytest.raises(BrokenOff) as fault:
            fetching.from_net(entry, Places(tmp_path), net(server.address))
        assert "300 kB of 700 kB" in fault.value.say("en")
        assert "300 ko sur 700 ko" in fault.value.say("fr")
        assert fetching.begun(entry, Places(tmp_path)) == 300_000
        assert Places(tmp_path).find(entry) is None
        server.asked.clear()
        fetching.from_net(entry, Places(tmp_path), net(server.address))
        assert [span for _, _, span in server.asked] == ["bytes=300000-"]
    assert fetched(entry, tmp_path) == DATA


def test_a_server_without_ranges_starts_again(tmp_path: Path) -> None:
    """The whole file instead of the rest: nothing is appended twice."""
    with world.serving({"/one.onnx": DATA}, cuts=[400_000], ranges=False) as server:
        entry = world.single(server.address, DATA)
        fetching.from_net(entry, Places(tmp_path), net(server.address))
    assert fetched(entry, tmp_path) == DATA


@pytest.mark.parametrize("kept", [1000, 700_000, 900_000])
def test_a_part_of_something_else_is_thrown_away(tmp_path: Path, kept: int) -> None:
    """A part with other bytes (short, as long, too long) gives a wrong digest: begun anew once, and right."""
    with world.serving({"/one.onnx": DATA}) as server:
        entry = world.single(server.address, DATA)
        part = tmp_path / fetching.PARTS / "one" / "one.onnx.part"
        part.parent.mkdir(parents=True)
        part.write_bytes(world.bytes_of(kept, seed=2))
        fetching.from_net(entry, Places(tmp_path), net(server.address))
    assert fetched(entry, tmp_path) == DATA


@pytest.mark.parametrize("served", [DATA[:-1] + b"?", DATA + b"more", DATA[:-10]])
def test_wrong_bytes_never_get_in_place(tmp_path: Path, served: bytes) -> None:
    """Changed, longer or shorter than what is meant: an error that names digests or what is missing; nothing in place."""
    with world.serving({"/one.onnx": served}) as server:
        entry = world.single(server.address, DATA)
        with pytest.raises((WrongDigest, BrokenOff)) as fault:
            fetching.from_net(entry, Places(tmp_path), net(server.address))
    assert fault.value.exit_status == 3
    assert not (tmp_path / "one").exists()


def test_an_endless_answer_is_stopped(tmp_path: Path) -> None:
    """More than the file can have is not written: the disk never fills with what cannot be the file."""
    with world.serving({"/one.onnx": world.bytes_of(5_000_000)}) as server:
        entry = world.single(server.address, b"tiny")
        with pytest.raises(WrongDigest):
            fetching.from_net(entry, Places(tmp_path), net(server.address))
        told = Told()
        with pytest.raises(WrongDigest):
            fetching.from_net(entry, Places(tmp_path), net(server.address, told))
    assert max(done for _, done, _ in told.heard) <= transfer.CHUNK


def test_a_hub_file_of_unknown_digest_is_proven_by_the_hub(tmp_path: Path) -> None:
    """Small texts by git's id, large files by the SHA-256 told before the redirect to where the bytes lie."""
    small, large = b'{"a": 1}', world.bytes_of(90_000, 3)
    with world.serving({world.hub_path("config.json"): small, "/elsewhere": large}) as server:
        server.moved[world.hub_path("big.safetensors")] = f"{server.address}/elsewhere"
        server.headers[world.hub_path("config.json")] = {
            "ETag": f'"{world.git_id(small)}"',
            "X-Repo-Commit": world.REVISION,
        }
        server.headers[world.hub_path("big.safetensors")] = {
            "X-Linked-Etag": f'"{world.sha256(large)}"',
            "X-Linked-Size": "90000",
        }
        entry = world.hub({}, ("config.json", "big.safetensors"))
        fetching.from_net(entry, Places(tmp_path), net(server.address))
        assert (tmp_path / "two" / "config.json").read_bytes() == small
        assert (tmp_path / "two" / "big.safetensors").read_bytes() == large
        fetching.remove(entry, Places(tmp_path))
        server.headers[world.hub_path("config.json")]["ETag"] = f'"{world.git_id(b"{}")}"'
        with pytest.raises(WrongDigest):
            fetching.from_net(entry, Places(tmp_path), net(server.address))


@pytest.mark.parametrize("headers", [{}, {"ETag": '"abc"'}, {"ETag": '"' + "c" * 40 + '"', "X-Repo-Commit": "b" * 40}])
def test_a_hub_that_does_not_say_what_its_file_is(tmp_path: Path, headers: dict[str, str]) -> None:
    """No digest, or another commit: nothing is fetched."""
    with world.serving({world.hub_path("config.json"): b"{}"}) as server:
        server.headers[world.hub_path("config.json")] = headers
        with pytest.raises(Unpinned):
            fetching.from_net(world.hub({}, ("config.json",)), Places(tmp_path), net(server.address))
        assert [method for method, _, _ in server.asked] == ["HEAD"]


@pytest.mark.parametrize("status", [401, 404])
def test_a_server_that_says_no(tmp_path: Path, status: int) -> None:
    """Told once, with the answer; not tried again."""
    with world.serving({"/one.onnx": DATA}, statuses=[status]) as server:
        with pytest.raises(Refused) as fault:
            fetching.from_net(world.single(server.address, DATA), Places(tmp_path), net(server.address))
        assert len(server.asked) == 1
    assert str(status) in fault.value.say("fr")


def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    """An answer that means "not now" passes."""
    with world.serving({"/one.onnx": DATA}, statuses=[503, 429]) as server:
        entry = world.single(server.address, DATA)
        fetching.from_net(entry, Places(tmp_path), net(server.address))
    assert fetched(entry, tmp_path) == DATA


def test_no_network(tmp_path: Path) -> None:
    """Nobody answers: told with the host and what to do, in both languages; begun bytes stay."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(NoNetwork) as fault:
        fetching.from_net(world.single(address, DATA), Places(tmp_path), net(address))
    assert "--from DIR" in fault.value.say("en")
    assert "connexion refusée" in fault.value.say("fr")
    nowhere = "http://no-such-host.invalid"
    with pytest.raises(NoNetwork):
        fetching.from_net(world.single(nowhere, DATA), Places(tmp_path), net(nowhere))


def test_no_redirect_from_https_to_http() -> None:
    """What was meant to come over a safe line does not come over another."""
    import urllib.error
    import urllib.request

    asked = urllib.request.Request("https://e.org/a")
    with pytest.raises(urllib.error.URLError, match="insecure"):
        transfer._First().redirect_request(asked, None, 302, "Found", {}, "http://e.org/a")


class Usage(NamedTuple):
    """What the system says of a disk."""

    total: int
    used: int
    free: int


def test_a_full_disk_is_told_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little room: told with what is needed and what is free, before anybody is asked for bytes."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(0, 0, 100_500_000))
    with world.serving({"/one.onnx": DATA}) as server:
        with pytest.raises(NoRoom) as fault:
            fetching.from_net(world.single(server.address, DATA), Places(tmp_path), net(server.address))
        assert server.asked == []
    assert "101 MB" in fault.value.say("en")
    assert "101 Mo" in fault.value.say("fr")
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "x").write_bytes(DATA)
    with pytest.raises(NoRoom):
        fetching.from_folder(world.single("https://e.org", DATA), Places(tmp_path), tmp_path / "stick", Told().file)


def test_a_disk_that_fills_up_meanwhile(tmp_path: Path) -> None:
    """/dev/full says what a full disk says: an error for people, not a traceback."""
    with world.serving({"/one.onnx": DATA}) as server:
        entry = world.single(server.address, DATA)
        part = tmp_path / fetching.PARTS / "one" / "one.onnx.part"
        part.parent.mkdir(parents=True)
        part.symlink_to("/dev/full")
        with pytest.raises(NoRoom):
            fetching.from_net(entry, Places(tmp_path), net(server.address))
    assert not (tmp_path / "one").exists()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A file where the folder should be: told."""
    (tmp_path / "models").write_bytes(b"")
    with pytest.raises(CannotWrite) as fault:
        fetching.from_net(world.single("http://127.0.0.1:9", DATA), Places(tmp_path / "models"), net(""))
    assert "models" in fault.value.say("fr")


def test_two_at_once(tmp_path: Path) -> None:
    """While one process fetches a model another is told so."""
    entry = world.single("http://127.0.0.1:9", DATA)
    parts = tmp_path / fetching.PARTS / "one"
    parts.mkdir(parents=True)
    with (parts / "held").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)  # even one who only reads is somebody
        with pytest.raises(BeingFetched):
            fetching.from_net(entry, Places(tmp_path), net(""))


def test_from_a_folder_by_content(tmp_path: Path) -> None:
    """Whatever their names and depth, files are found by digest; small texts without one by their path, and told."""
    weights, text = world.bytes_of(50_000), b"{}"
    entry = world.hub({"unet/w.safetensors": weights}, ("unet/config.json",))
    stick = tmp_path / "stick"
    (stick / "download" / "unet").mkdir(parents=True)
    (stick / "blob (1)").write_bytes(weights)
    (stick / "other").write_bytes(world.bytes_of(50_000, 2))
    (stick / "download" / "unet" / "config.json").write_bytes(text)
    (stick / "config.json").write_bytes(b"[]")
    made = fetching.from_folder(entry, Places(tmp_path / "m"), stick, Told().file)
    assert (made.folder / "unet" / "w.safetensors").read_bytes() == weights
    assert (made.folder / "unet" / "config.json").read_bytes() == text
    assert made.unproven == ("unet/config.json",)
    assert nothing_left(tmp_path / "m")


def test_a_folder_that_lacks_files(tmp_path: Path) -> None:
    """All that is missing is named, nothing is put in place; a file that only has the name is none."""
    entry = world.hub({"a.safetensors": b"aaaa", "b.safetensors": b"bbbb"})
    (tmp_path / "a.safetensors").write_bytes(b"aaaa")
    (tmp_path / "b.safetensors").write_bytes(b"bbb?")
    with pytest.raises(NotInFolder) as fault:
        fetching.from_folder(entry, Places(tmp_path / "m"), tmp_path, Told().file)
    assert ": b.safetensors." in fault.value.say("en")
    assert "https://example.org/two" in fault.value.say("fr")
    assert Places(tmp_path / "m").find(entry) is None


def test_a_text_is_known_by_its_whole_name(tmp_path: Path) -> None:
    """A file whose name only ends alike is another one."""
    (tmp_path / "my-config.json").write_bytes(b"{}")
    entry = world.hub({"a.safetensors": b"aaaa"}, ("config.json",))
    (tmp_path / "a").write_bytes(b"aaaa")
    with pytest.raises(NotInFolder, match=r": config\.json\."):
        fetching.from_folder(entry, Places(tmp_path / "m"), tmp_path, Told().file)


def test_a_file_that_changes_while_it_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts are the bytes that were copied, not those that were looked at."""
    (tmp_path / "a").write_bytes(b"bbbb")
    monkeypatch.setattr(fetching, "gather", lambda *_: {"a.safetensors": tmp_path / "a"})
    with pytest.raises(WrongDigest):
        fetching.from_folder(world.hub({"a.safetensors": b"aaaa"}), Places(tmp_path / "m"), tmp_path, Told().file)
    assert not (tmp_path / "m" / "two").exists()


def test_removing(tmp_path: Path) -> None:
    """The model and what was begun go; the bytes are counted; nothing else is touched."""
    with world.serving({"/one.onnx": DATA}, cuts=[1000] * 3) as server:
        entry = world.single(server.address, DATA)
        with pytest.raises(BrokenOff):
            fetching.from_net(entry, Places(tmp_path), net(server.address))
        assert fetching.remove(entry, Places(tmp_path)) == 3000
        fetching.from_net(entry, Places(tmp_path), net(server.address))
    (tmp_path / "mine").write_bytes(b"")
    assert fetching.remove(entry, Places(tmp_path)) == len(DATA)
    assert fetching.remove(entry, Places(tmp_path)) == 0
    assert (tmp_path / "mine").exists()


def test_every_error_speaks_both_languages() -> None:
    """Each says something else in French than in English, and none of its fields is left unfilled by accident."""
    for kind in ModelError.__subclasses__():
        assert kind.en != kind.fr
        assert kind.exit_status in {2, 3}
        assert set(kind.code) <= set("abcdefghijklmnopqrstuvwxyz_")
