"""Segmenters: every architecture keeps one contract, has the size it is said to have, and starts as it should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.errors import BackendUnavailable, UsageError
from safelight.stages.networks.segmenters import ARCHITECTURES, build, parameters, squeeze

NARROW = {"unet": 4, "separable": 4, "residual": 4, "squeeze": 8}
SIZES = {"unet": 7_763_371, "separable": 924_656, "residual": 2_362_510, "squeeze": 2_307_558}
"""Learnt numbers with 11 classes at their own width."""


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_parameter_counts(name: str) -> None:
    """As many learnt numbers as the documentation says, and never more than eight million."""
    assert parameters(build(name, 11)) == SIZES[name] < 8_000_000


@pytest.mark.parametrize("name", ARCHITECTURES)
@settings(deadline=None, max_examples=6)
@given(height=st.integers(1, 70), width=st.integers(1, 70), classes=st.integers(1, 5))
def test_any_size_is_answered_at_its_own_size(name: str, height: int, width: int, classes: int) -> None:
    """(N, 3, H, W) of any H and W gives (N, classes, H, W), all numbers finite."""
    net = build(name, classes, NARROW[name]).eval()
    with torch.inference_mode():
        answer = net(torch.rand(2, 3, height, width))
    assert answer.shape == (2, classes, height, width)
    assert bool(answer.isfinite().all())


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_parameter_learns(name: str) -> None:
    """While training, main and auxiliary answers together send a gradient to every parameter; asking gives no extra answers."""
    net = build(name, 3, NARROW[name], dropout=0.1).train()
    heads = net.heads(torch.rand(2, 3, 64, 96))
    assert heads[0].shape == (2, 3, 64, 96)
    sum(head.square().mean() for head in heads).backward()
    assert [key for key, value in net.named_parameters() if value.grad is None] == []
    assert len(net.eval().heads(torch.rand(1, 3, 64, 96))) == 1


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_padding_is_invisible(name: str) -> None:
    """A picture whose sides are no multiples of the stride is answered as if its last line went on."""
    net = build(name, 2, NARROW[name]).eval()
    x = torch.rand(1, 3, 50, 70)
    longer = torch.nn.functional.pad(x, (0, -70 % net.stride, 0, -50 % net.stride), mode="replicate")
    with torch.inference_mode():
        assert torch.allclose(net(x), net(longer)[..., :50, :70], atol=1e-5)


def test_unknown_names_and_widths_are_refused() -> None:
    """An unknown network is told with the ones there are; senseless numbers are a programmer's mistake."""
    with pytest.raises(UsageError, match="unet, separable, residual, squeeze"):
        build("transformer", 3)
    with pytest.raises(ValueError, match="classes 0"):
        build("unet", 0)


def test_pretrained_weights_only_where_known(tmp_path: Path) -> None:
    """Only squeeze takes weights, only from a file that is there and whose digest is known."""
    with pytest.raises(UsageError, match="takes no pretrained weights"):
        build("unet", 2, 4, pretrained=tmp_path / "x.pth")
    with pytest.raises(BackendUnavailable, match="there is no file"):
        build("squeeze", 2, 8, pretrained=tmp_path / "x.pth")
    torch.save({"features.0.weight": torch.zeros(1)}, tmp_path / "x.pth")
    with pytest.raises(BackendUnavailable, match="none of the known ones"):
        build("squeeze", 2, 8, pretrained=tmp_path / "x.pth")


def test_pretrained_weights_fill_the_encoder(shared: Path) -> None:
    """The real ImageNet weights fit and are what the encoder then holds; the decoder starts from nothing."""
    path = shared / "weights" / "squeezenet1_1_caffe-95788d64.pth"
    state = torch.load(path, weights_only=True)
    net = build("squeeze", 2, 8, pretrained=path)
    assert isinstance(net, squeeze.Squeeze)
    held = net.encoder.state_dict()
    assert held.keys() == {key.removeprefix("features.") for key in state if key.startswith("features.")}
    assert all(torch.equal(value, state[f"features.{key}"]) for key, value in held.items())


def test_naming_architectures_loads_no_torch() -> None:
    """What there is can be listed (help, errors) without loading a network runtime."""
    code = "import sys, safelight.stages.networks.segmenters as s; print(len(s.ARCHITECTURES), 'torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["4", "False"]
