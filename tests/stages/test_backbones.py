"""Backbones: only weights that are known are read, what is refused says why, the same picture gives the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from safelight.model.errors import BackendUnavailable
from safelight.stages.models import places
from safelight.stages.networks import backbones, bodies
from safelight.stages.networks.backbones import Source


def picture(seed: int = 1) -> np.ndarray:
    """Soft noise, 60 x 90."""
    return np.random.default_rng(seed).integers(0, 256, (60, 90, 3)).astype(np.uint8)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """SqueezeNet with drawn weights, known as if its authors had made them."""
    torch.manual_seed(3)
    net = bodies.bare("squeezenet1_1")
    path = tmp_path / "models" / "squeezenet1_1" / "drawn.pth"
    path.parent.mkdir(parents=True)
    torch.save({f"features.{key}": value for key, value in net.net.state_dict().items()}, path)
    source = Source("squeezenet1_1", path)
    monkeypatch.setitem(bodies.KNOWN, "squeezenet1_1", (backbones.fingerprint(source),))
    return source


def test_a_picture_becomes_the_same_row_again(own: Source) -> None:
    """512 numbers, equal for a picture and its mirror image, others for another picture."""
    row = backbones.features(own, picture())
    assert row.shape == (512,) and row.dtype == np.float32
    np.testing.assert_allclose(row, backbones.features(own, np.ascontiguousarray(picture()[:, ::-1])), atol=1e-5)
    np.testing.assert_array_equal(row, backbones.features(own, picture()))
    assert not np.allclose(row, backbones.features(own, picture(2)))


def test_weights_are_found_by_the_name_of_their_folder(own: Source, tmp_path: Path) -> None:
    """models/NAME/ of the cache or the event; without one, the sentence names the folder."""
    try:
        places.use(places.Places(tmp_path / "models"))
        assert backbones.find("squeezenet1_1") == own
        assert backbones.missing("squeezenet1_1") is None
        assert str(tmp_path / "models" / "vgg16") in str(backbones.missing("vgg16"))
    finally:
        places.use(None)


@pytest.mark.parametrize("fault", ["absent", "unknown bytes", "no name", "no maps", "no weights"])
def test_what_cannot_be_used_is_refused(own: Source, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absent, changed, of a network nobody knows, of one that ends in no maps, damaged though known: never other numbers."""
    source = own
    if fault == "absent":
        own.path.unlink()
    if fault in {"unknown bytes", "no weights"}:
        own.path.write_bytes(b"something else")
    if fault == "no weights":
        monkeypatch.setitem(bodies.KNOWN, "squeezenet1_1", (backbones.fingerprint(own),))
    if fault in {"no name", "no maps"}:
        source = Source("nonet" if fault == "no name" else "vit_b_16", own.path)
    with pytest.raises(BackendUnavailable):
        backbones.body(source)


@pytest.mark.shared
def test_the_real_weights_are_known(shared: Path) -> None:
    """SqueezeNet by its authors loads by digest."""
    found = Source("squeezenet1_1", shared / "weights" / "squeezenet1_1_caffe-95788d64.pth")
    row = backbones.features(found, picture())
    assert np.isfinite(row).all() and (row >= 0).all() and row.max() > 0
