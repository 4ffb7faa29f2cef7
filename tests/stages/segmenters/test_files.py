"""Weight files: what is written comes back; whatever else a file may be is told in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from safelight.stages.networks.segmenters import ARCHITECTURES, build
from safelight.stages.networks.segmenters import files as weights
from safelight.stages.networks.segmenters.files import About, BadWeights

ABOUT = About("residual", 4, ("road", "voiture"), ((1, 2, 3), (250, 0, 9)), 96, {"data": "é"}, {"miou": 0.5})


def saved(folder: Path) -> Path:
    """A small network in a file."""
    torch.manual_seed(1)
    weights.save(build("residual", 2, 4), ABOUT, folder / "w.safetensors")
    return folder / "w.safetensors"


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_network_comes_back(name: str, tmp_path: Path) -> None:
    """In 16 bit, with its metadata, answering as before but for rounding; loading disturbs nobody's chance."""
    torch.manual_seed(1)
    net = build(name, 2, 8).eval()
    about = About(name, 8, ABOUT.classes, ABOUT.colours, 0)
    size = weights.save(net, about, tmp_path / "w.safetensors")
    assert size == (tmp_path / "w.safetensors").stat().st_size
    assert {value.dtype for value in load_file(tmp_path / "w.safetensors").values()} == {torch.float16}
    before = torch.get_rng_state()
    loaded = weights.load(tmp_path / "w.safetensors")
    assert torch.equal(before, torch.get_rng_state())
    assert loaded.about == about == weights.read_about(tmp_path / "w.safetensors")
    x = torch.rand(1, 3, 40, 56)
    with torch.inference_mode():
        assert torch.allclose(loaded.net(x), net(x), atol=5e-2)


def test_numbers_too_large_for_16_bit_come_back(tmp_path: Path) -> None:
    """A variance of 200,000, as behind SqueezeNet's features, is kept; the rest of the file stays in 16 bit."""
    net = build("squeeze", 2, 4).eval()
    variance = net.get_buffer("context.mix.1.running_var")
    variance.fill_(200_000.0)
    weights.save(net, About("squeeze", 4, ABOUT.classes, ABOUT.colours, 0), tmp_path / "net.safetensors")
    loaded = weights.load(tmp_path / "net.safetensors")
    assert torch.equal(loaded.net.get_buffer("context.mix.1.running_var"), variance)
    kinds = {
        value.dtype for name, value in load_file(tmp_path / "net.safetensors").items() if "running_var" not in name
    }
    assert kinds == {torch.float16}


def test_what_it_says_of_itself_comes_back(tmp_path: Path) -> None:
    """Names with accents, colours, training and scores survive the file."""
    assert weights.load(saved(tmp_path)).about == ABOUT


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"network": "nobody"}, "does not say what it is"),
        ({"width": 100_000}, "does not say what it is"),
        ({"colours": [[1, 2]]}, "does not say what it is"),
        ({"width": 8}, "do not fit"),
        ({"network": "separable"}, "do not fit"),
    ],
)
def test_claims_that_do_not_hold_are_refused(tmp_path: Path, change: dict[str, object], told: str) -> None:
    """Metadata that is nonsense, or not that of these numbers."""
    path = saved(tmp_path)
    about = json.dumps({**ABOUT.to_json(), **change})
    save_file(load_file(path), path, {"form": weights.FORM, "about": about})
    with pytest.raises(BadWeights, match=told):
        weights.load(path)


def test_spoilt_numbers_are_refused(tmp_path: Path) -> None:
    """A missing tensor, one too many, and one that holds no numbers."""
    path = saved(tmp_path)
    tensors, about = load_file(path), {"form": weights.FORM, "about": json.dumps(ABOUT.to_json())}
    first = next(iter(tensors))
    save_file({key: value for key, value in tensors.items() if key != first}, path, about)
    with pytest.raises(BadWeights, match="missing"):
        weights.load(path)
    save_file({**tensors, "more": tensors[first].clone()}, path, about)
    with pytest.raises(BadWeights, match="there are others"):
        weights.load(path)
    save_file({**tensors, first: torch.full_like(tensors[first], torch.nan)}, path, about)
    with pytest.raises(BadWeights, match="no numbers"):
        weights.load(path)


@settings(deadline=None, max_examples=30)
@given(st.binary(max_size=200), st.integers(0, 10_000))
def test_other_files_are_told_not_raised(tmp_path_factory: pytest.TempPathFactory, noise: bytes, cut: int) -> None:
    """Any bytes, and a weight file cut anywhere: BadWeights with the file's name, in both languages."""
    folder = tmp_path_factory.mktemp("w")
    whole = saved(folder).read_bytes()
    for data in (noise, whole[: cut % len(whole)]):
        (folder / "x.safetensors").write_bytes(data)
        with pytest.raises(BadWeights) as caught:
            weights.load(folder / "x.safetensors")
        assert "x.safetensors" in caught.value.say("en")
        assert "inutilisable" in caught.value.say("fr")


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    """There is no such file."""
    with pytest.raises(BadWeights, match="no such file"):
        weights.read_about(tmp_path / "nothing")


def test_colours_make_a_palette() -> None:
    """The colours written are numbers of a byte, so a palette can be made of them."""
    assert np.array(ABOUT.colours).max() < 256
