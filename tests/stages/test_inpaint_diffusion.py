"""Stable Diffusion inpainting as a backend: the real pipeline with tiny random weights, loaded from files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from safelight.model.errors import BackendUnavailable, NeedsModel, NothingToCopy, StageError
from safelight.pictures import decode, encode, masks
from safelight.stages import catalog, machine, progress
from safelight.stages.base import Image, Mask
from safelight.stages.inpaint import crops, diffusion
from safelight.stages.inpaint.diffusion import Diffusion, words
from safelight.stages.models import selftest
from safelight.stages.models.registry import MODELS
from safelight.stages.perform import Job, perform
from tiny_models import no_models
from tiny_models import sd2 as tiny

MODEL = diffusion.MODEL


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model, written once."""
    return tiny(tmp_path_factory.mktemp("tiny") / "sd2")


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache without models; the folder where this one would be."""
    return no_models(tmp_path, monkeypatch) / MODEL.name


@pytest.fixture
def fetched(files: Path, nothing: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache into which it was fetched; its folder. Four steps are enough to try."""
    shutil.copytree(files, nothing)
    monkeypatch.setattr(diffusion, "STEPS", 4)
    return nothing


def photo(height: int = 160, width: int = 240) -> tuple[Image, Mask]:
    """A grainy wall with a board, and the board's mask."""
    image = np.random.default_rng(2).normal(128, 4, (height, width, 3)).clip(0, 255).astype(np.uint8)
    mask = np.zeros((height, width), np.float32)
    mask[height // 3 : height // 2, width // 6 : width // 2] = 1
    image[mask > 0] = (20, 60, 170)
    return image, mask


def step(prompt: str = "a cartoon kart", image: Image | None = None, **more: Any) -> tuple[Job, Any]:
    """An inpainting step, and how its objects are read."""
    there, mask = photo()
    objects = {"photo": encode.png(there if image is None else image), "mask": encode.mask_png(mask)}
    return Job("inpaint", {"image": "photo", "mask": "mask"}, {"with": prompt}, 7, **more), objects.__getitem__


# --- what it paints ------------------------------------------------------------------------------------------------


def test_outside_nothing_changes_and_inside_it_is_painted(fetched: Path) -> None:
    """Bit-identical outside the returned mask, which is the given one and at most the rim; all of the inside is new."""
    image, mask = photo()
    result, wide = Diffusion().inpaint(image, mask, "a cartoon kart", 3)
    assert (result[wide == 0] == image[wide == 0]).all()
    assert (wide >= mask).all()
    assert (result[mask > 0] != image[mask > 0]).any(axis=1).mean() > 0.98


def test_the_seed_decides_and_nothing_else(fetched: Path) -> None:
    """Same seed, same bytes, also after another photo; another seed or other words, another picture."""
    image, mask = photo()
    backend = Diffusion()
    first = backend.inpaint(image, mask, "a kart", 3)[0]
    backend.inpaint(*photo(100, 100), "a kart", 9)
    assert (backend.inpaint(image, mask, "a kart", 3)[0] == first).all()
    assert (backend.inpaint(image, mask, "a kart", 4)[0] != first).any()
    assert (backend.inpaint(image, mask, "a flag", 3)[0] != first).any()


def test_a_large_mask_is_tiled_without_gaps(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A board five windows long: every pixel painted, and each window was shown what the one before it painted."""
    left: list[int] = []
    real = diffusion.Painter.paint
    monkeypatch.setattr(
        diffusion.Painter, "paint",
        lambda self, known, hole, *rest: (left.append(int(hole.sum())), real(self, known, hole, *rest))[1],
    )  # fmt: skip
    image, mask = photo(120, 600)
    mask[40:80, 20:580] = 1
    image[mask > 0] = (20, 60, 170)
    result, _ = Diffusion().inpaint(image, mask, "a wall of straw", 3)
    hole = mask > 0
    given = [int(hole[window.slices].sum()) for window in crops.windows(hole, 64)]
    assert left[0] == given[0]
    assert all(now < whole for now, whole in zip(left[1:], given[1:], strict=True))
    assert (result[mask > 0] != image[mask > 0]).any(axis=1).mean() > 0.98


def test_the_network_never_sees_what_is_to_go(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was written on the board, the painted picture is the same."""
    image, mask = photo()
    other = image.copy()
    other[mask > 0] = np.random.default_rng(8).integers(0, 255, (int(mask.sum()), 3))
    monkeypatch.setattr(Diffusion, "rim", 0)
    first, second = (Diffusion().inpaint(shown, mask, "a kart", 3)[0] for shown in (image, other))
    assert (first == second).all()


def test_progress_is_told_step_by_step(fetched: Path) -> None:
    """Steps of all windows together, rising to the end."""
    heard: list[tuple[int, int]] = []
    image, mask = photo(120, 600)
    mask[40:80, 20:580] = 1
    with progress.listening(lambda done, total: heard.append((done, total))):
        Diffusion().inpaint(image, mask, "a kart", 3)
    assert len({total for _, total in heard}) == 1
    assert [done for done, _ in heard] == list(range(1, heard[0][1] + 1))


@pytest.mark.parametrize(
    ("prompt", "known"),
    [("a cartoon kart", True), ("mur uni", True), ("plain board", True), ("", False), ("  ", False), ("?!", False),
     ("nothing", False), ("rien", False)],
)  # fmt: skip
def test_words_it_understands(prompt: str, known: bool) -> None:
    """All but none at all and "nothing", for which a network invents things."""
    assert Diffusion().understands(prompt) == known


def test_our_words_are_asked_in_english_and_free_ones_as_they_are() -> None:
    """French and English words of ours are the same request; free words go through untouched, with nothing to avoid."""
    assert words("mur uni") == words("plain wall")
    assert "mur" not in words("mur uni")[0]
    assert words("a  Cartoon kart") == ("a Cartoon kart", "")


# --- bad input -----------------------------------------------------------------------------------------------------


def test_empty_and_whole_masks(fetched: Path) -> None:
    """Nothing to do gives the photo back; everything masked is refused, for there is nothing to fit to."""
    image, mask = photo()
    assert (Diffusion().inpaint(image, mask * 0, "a kart", 3)[0] == image).all()
    with pytest.raises(NothingToCopy):
        Diffusion().inpaint(image, mask * 0 + 1, "a kart", 3)
    with pytest.raises(StageError):
        Diffusion().inpaint(image, mask, " ", 3)


def test_a_panoramas_windows_stay_small(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """20,000 pixels: the network is given at most its own size, and too many windows are refused before the first."""
    shapes = []
    real = diffusion.Painter.paint
    monkeypatch.setattr(
        diffusion.Painter, "paint", lambda self, known, *rest: (shapes.append(known.shape), real(self, known, *rest))[1]
    )
    image = np.full((300, 20_000, 3), 128, np.uint8)
    mask = np.zeros(image.shape[:2], np.float32)
    mask[100:150, 9000:9100] = 1
    Diffusion().inpaint(image, mask, "a kart", 3)
    assert shapes
    assert max(max(shape[:2]) for shape in shapes) <= 128
    mask[100:200, 100:19_000] = 1
    shapes.clear()
    with pytest.raises(StageError, match="at most"):
        Diffusion().inpaint(image, mask, "a kart", 3)
    assert not shapes


@pytest.mark.parametrize("failures", [1, 2, 3])
def test_out_of_memory_takes_smaller_windows_then_gives_way(
    fetched: Path, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    """Twice smaller, then BackendUnavailable; what was painted before the fault leaves no trace."""
    sizes: list[int] = []
    real = crops.windows

    def watched(hole: Any, native: int) -> Any:
        sizes.append(native)
        return real(hole, native)

    def poor(self: Any, known: Image, *rest: Any) -> Any:
        if len(sizes) <= failures:
            raise RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory")
        return paint(self, known, *rest)

    paint = diffusion.Painter.paint
    monkeypatch.setattr(crops, "windows", watched)
    monkeypatch.setattr(diffusion.Painter, "paint", poor)
    image, mask = photo()
    if failures < 3:
        assert (Diffusion().inpaint(image, mask, "a kart", 3)[0] != image).any()
        assert sizes == sorted(sizes, reverse=True)
        assert len(sizes) == failures + 1
    else:
        with pytest.raises(BackendUnavailable, match="memory"):
            Diffusion().inpaint(image, mask, "a kart", 3)


def test_another_fault_is_no_lack_of_memory(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is raised as it is, at once."""
    monkeypatch.setattr(diffusion.Painter, "paint", lambda *_: (_ for _ in ()).throw(RuntimeError("mat1 and mat2")))
    with pytest.raises(RuntimeError, match="mat1"):
        Diffusion().inpaint(*photo(), "a kart", 3)


def test_too_little_memory_is_seen_before_loading(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Better asked than killed: the next backend does what it can, and the record says so."""
    monkeypatch.setattr(machine, "memory_left", lambda: 900_000_000)
    job, read = step("plain wall")
    made = perform(job, read)
    assert made.backend == "neutral"
    assert made.tried == ("sd2: backend_unavailable",)


def test_numbers_that_are_no_picture_are_refused(fetched: Path, files: Path) -> None:
    """Weights of not-a-number never become black pixels."""
    from safetensors.torch import load_file, save_file

    weights = fetched / "vae" / "diffusion_pytorch_model.fp16.safetensors"
    tensors = load_file(weights)
    tensors["decoder.conv_out.bias"][:] = float("nan")
    save_file(tensors, weights, {"format": "pt"})
    with pytest.raises(StageError, match="no picture"):
        Diffusion().inpaint(*photo(), "a kart", 3)


# --- present, absent, damaged --------------------------------------------------------------------------------------


def test_it_is_taken_first_where_it_is_there(fetched: Path) -> None:
    """Free words and walls are painted by it; the record names it, its weights, and that they are trained."""
    for prompt in ("a cartoon kart", "mur uni"):
        job, read = step(prompt)
        made = perform(job, read)
        assert (made.backend, made.trained, made.model) == ("sd2", True, MODEL.fingerprint())
        assert masks.read_mask(made.outputs["mask"]).any()
        assert decode.decode(made.outputs["image"]).image.shape == photo()[0].shape


def test_the_rule_and_the_event_decide(fetched: Path) -> None:
    """A pinned engine and one the event has settled on come before it; "nothing" goes to our own."""
    job, read = step("plain wall", backend="neutral")
    assert perform(job, read).backend == "neutral"
    job, read = step("plain wall", preferred={"inpaint:wall": "texture"})
    assert perform(job, read).backend != "sd2"
    job, read = step("nothing")
    assert perform(job, read).backend == "patches"


def test_without_it_free_words_hold_the_photo(nothing: Path) -> None:
    """The refusal names the command in both languages; walls are painted by our own as ever."""
    job, read = step()
    with pytest.raises(NeedsModel) as caught:
        perform(job, read)
    for language in ("en", "fr"):
        assert "safelight models fetch sd2-inpainting" in caught.value.say(language)
    job, read = step("plain wall")
    assert perform(job, read).backend == "neutral"
    with pytest.raises(BackendUnavailable, match="models fetch"):
        catalog.usable("inpaint", "sd2")


@pytest.mark.parametrize("fault", ["cut off", "other shape", "lacks tensors", "pickle", "not a model", "gone"])
@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder"])
def test_damaged_weights_give_way(fetched: Path, part: str, fault: str) -> None:
    """A wall is then painted by our own engine and the record says what was tried; free words hold the photo."""
    (weights,) = (fetched / part).glob("*.safetensors")
    if fault == "cut off":
        weights.write_bytes(weights.read_bytes()[:-3000])
    elif fault in {"other shape", "lacks tensors"}:
        from safetensors.torch import load_file, save_file

        tensors = load_file(weights)
        name = next(key for key in sorted(tensors) if key.endswith("weight") and tensors[key].ndim > 1)
        lost = tensors.pop(name)
        if fault == "other shape":
            tensors[name] = lost[:-1].contiguous()
        save_file(tensors, weights, {"format": "pt"})
    elif fault == "pickle":
        weights.rename(weights.with_suffix(".bin"))
    elif fault == "not a model":
        (fetched / part / "config.json").write_text(json.dumps(["x"]))
    else:
        shutil.rmtree(fetched / part)
    job, read = step("plain wall")
    made = perform(job, read)
    assert made.backend == "neutral"
    assert made.tried == (() if fault in {"pickle", "gone"} else ("sd2: backend_unavailable",))
    job, read = step()
    with pytest.raises((BackendUnavailable, NeedsModel)) as caught:
        perform(job, read)
    assert "safelight models" in caught.value.say("en")


def test_a_model_that_goes_meanwhile_holds_nothing_up(fetched: Path) -> None:
    """Removed after it was loaded: the next wall is painted by our own."""
    job, read = step("plain wall")
    assert perform(job, read).backend == "sd2"
    shutil.rmtree(fetched)
    assert perform(job, read).backend == "neutral"


def test_no_safety_checker_is_made(fetched: Path) -> None:
    """It would answer with black pictures, and nobody asked for them."""
    pipe = diffusion.loaded(fetched, "float32")
    assert pipe.safety_checker is None
    assert type(pipe.unet).__name__ == "UNet2DConditionModel"


def test_the_self_test_answers(fetched: Path) -> None:
    """It paints, nothing beside it changes, and random weights give noise or a wall; both are told in both languages."""
    told = selftest.run(MODELS[MODEL.name], selftest.Scene(photo()[0], {}))
    assert "yes" in told.en
    assert "oui" in told.fr
