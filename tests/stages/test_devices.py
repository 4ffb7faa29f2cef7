"""Where networks compute: what is asked for, what there is, and what is said when it is not."""

from __future__ import annotations

import numpy as np
import pytest

from safelight.model.errors import NoSuchDevice, UsageError
from safelight.pictures import encode
from safelight.stages import catalog, devices
from safelight.stages.base import Image, Inpainter, Mask
from safelight.stages.perform import Job, perform


@pytest.mark.parametrize(
    ("wish", "there", "used"),
    [
        ("auto", (), "cpu"),
        ("auto", ("cuda",), "cuda"),
        ("auto", ("cuda", "mps"), "cuda"),
        ("cpu", (), "cpu"),
        ("cpu", ("cuda",), "cpu"),
        ("cuda", ("cuda",), "cuda"),
        ("cuda", (), None),
        ("cuda", ("mps",), None),
        ("mps", ("cuda",), None),
    ],
)
def test_which_device(wish: str, there: tuple[str, ...], used: str | None) -> None:
    """`auto` takes what there is, cpu none of it, a name exactly that one or nothing."""
    if used is not None:
        assert devices.chosen(wish, there, "torch") == used
        return
    with pytest.raises(NoSuchDevice) as told:
        devices.chosen(wish, there, "torch")
    assert f"device: {wish}" in told.value.say("en")
    assert f"calcul: {wish}" in told.value.say("fr").replace("\u00a0", "")


def test_the_wish_ends_with_the_job() -> None:
    """One job's device is not the next one's, and an unknown word is refused."""
    with devices.asked("cpu") as told:
        assert devices.torch_device() == "cpu"
        assert devices.onnx_providers() == ["CPUExecutionProvider"]
    assert told.used == "cpu"
    with devices.asked("cuda"):
        assert devices._now.wish == "cuda"
    assert devices._now.wish == "auto"
    with pytest.raises(UsageError, match="tpu"), devices.asked("tpu"):
        pass


class Wanting(Inpainter):
    """Asks for a card as the fetched backends do, then paints grey."""

    name = "wanting"

    def understands(self, prompt: str) -> bool:
        """Any words."""
        return True

    def _fill(self, image: Image, mask: Mask, prompt: str, seed: int) -> tuple[Image, Mask]:
        devices.torch_device()
        return image // 2, mask


@pytest.fixture
def wanting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first backend that asks for a card, before all others."""
    there = catalog.load
    monkeypatch.setattr(catalog, "names", lambda stage: ("wanting", "neutral"))
    monkeypatch.setattr(catalog, "load", lambda stage, name: Wanting() if name == "wanting" else there(stage, name))


def _job(device: str) -> tuple[Job, dict[str, bytes]]:
    image = np.full((40, 60, 3), 120, np.uint8)
    mask = np.zeros((40, 60), np.float32)
    mask[10:20, 10:30] = 1
    inputs = {"grey": encode.png(image), "grey mask": encode.mask_png(mask)}
    return Job("inpaint", {"image": "grey", "mask": "grey mask"}, {"with": "plain wall"}, 1, device=device), inputs


@pytest.mark.usefixtures("wanting")
def test_a_card_asked_for_by_name_is_never_replaced_unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    """`device: cuda` without a card holds the photo; it is neither done by the processor nor by a lesser backend."""
    monkeypatch.setattr(devices, "torch_devices", lambda: ())
    job, objects = _job("cuda")
    with pytest.raises(NoSuchDevice):
        perform(job, objects.__getitem__)
    job, objects = _job("auto")
    product = perform(job, objects.__getitem__)
    assert (product.backend, product.device) == ("wanting", "cpu")


@pytest.mark.usefixtures("wanting")
def test_the_record_tells_where_it_was_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a card there, auto and cuda say cuda, and cpu says cpu."""
    monkeypatch.setattr(devices, "torch_devices", lambda: ("cuda",))
    for wish, used in (("auto", "cuda"), ("cuda", "cuda"), ("cpu", "cpu")):
        job, objects = _job(wish)
        assert perform(job, objects.__getitem__).device == used
