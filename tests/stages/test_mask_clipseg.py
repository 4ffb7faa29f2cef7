"""CLIPSeg as a mask backend: real classes with tiny random weights, loaded from files as the fetched ones are."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from safelight.model.errors import BackendUnavailable, NeedsModel
from safelight.pictures import encode
from safelight.stages import catalog, masking
from safelight.stages.base import Image
from safelight.stages.mask import clipseg
from safelight.stages.mask.clipseg import ClipSeg, believed, levelled, phrases
from safelight.stages.models import selftest
from safelight.stages.models.registry import MODELS
from safelight.stages.perform import Job, perform
from tiny_models import clipseg as tiny
from tiny_models import no_models

MODEL = clipseg.MODEL


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model, written once."""
    return tiny(tmp_path_factory.mktemp("tiny") / "clipseg")


@pytest.fixture
def fetched(files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache into which it was fetched; its folder."""
    folder = no_models(tmp_path, monkeypatch) / "clipseg"
    shutil.copytree(files, folder)
    return folder


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache without models; the folder in which they would lie."""
    return no_models(tmp_path, monkeypatch)


def picture(height: int = 120, width: int = 180) -> Image:
    """Green beside noise."""
    image = np.random.default_rng(3).integers(0, 255, (height, width, 3)).astype(np.uint8)
    image[:, : width // 2] = (20, 160, 60)
    return image


# --- the network -------------------------------------------------------------------------------------------------


def test_one_encoding_says_what_full_runs_say(fetched: Path) -> None:
    """Encoding once and decoding all phrases gives, bit by bit, the mean of the library's own full runs."""
    import torch

    image = picture()
    mine = clipseg.chances(image, "green post")
    model, processor = clipseg._loaded(fetched, MODEL.stamps(fetched), "cpu")
    words = list(phrases("green post"))
    inputs = processor(text=words, images=[image] * len(words), padding=True, return_tensors="pt")
    with torch.inference_mode():
        full = torch.sigmoid(model(**inputs).logits).mean(0).numpy()
    assert mine.shape == (352, 352)
    assert np.abs(mine - full).max() < 1e-6
    assert np.ptp(mine) > 0.05


def test_a_picture_is_encoded_once_for_all_words(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four words cost one run of the encoder; another picture costs another."""
    model, _ = clipseg._loaded(fetched, MODEL.stamps(fetched), "cpu")
    runs = []
    real = model.clip.get_image_features
    monkeypatch.setattr(model.clip, "get_image_features", lambda *a, **k: (runs.append(1), real(*a, **k))[1])
    monkeypatch.setattr(clipseg, "_last", None)
    for word in ("green post", "a flag", "advertising", "a kart"):
        clipseg.chances(picture(), word)
    assert len(runs) == 1
    clipseg.chances(picture(100, 100), "a flag")
    assert len(runs) == 2


def test_other_words_get_another_answer(fetched: Path) -> None:
    """The words reach the network, French ones of ours in English."""
    assert (clipseg.chances(picture(), "a flag") != clipseg.chances(picture(), "a crane")).any()
    assert phrases("advertising") == phrases("advertising")
    assert phrases("mur uni") == phrases("plain wall")
    assert all("green post" in phrase for phrase in phrases("green post"))
    assert len(set(phrases("green post"))) > 1


@pytest.mark.parametrize("words", ["x " * 900, "…!?", "кубок", "a 🏁 flag", "{0}"])
def test_any_words_are_asked_or_not_understood(fetched: Path, words: str) -> None:
    """Sentences longer than the network reads, other alphabets, signs and braces."""
    backend = ClipSeg()
    if backend.understands(words):
        assert clipseg.chances(picture(), words).shape == (352, 352)
    else:
        assert words == "…!?"


def test_no_words_are_not_understood() -> None:
    """An empty word is nobody's concept."""
    assert not ClipSeg().understands("")
    assert not ClipSeg().understands("  ")


# --- from chances to a mask ----------------------------------------------------------------------------------------


def spot(side: int, chance: float, ground: float = 0.1) -> np.ndarray:
    """A square of one chance on another."""
    field = np.full((352, 352), ground, np.float32)
    field[100 : 100 + side, 100 : 100 + side] = chance
    return field


@pytest.mark.parametrize(
    ("side", "chance", "threshold", "found", "doubt"),
    [
        (80, 0.9, 0.3, True, None),
        (80, 0.35, 0.3, True, "weak"),
        (80, 0.35, 0.5, False, None),
        (80, 0.35, 0.2, True, "weak"),
        (80, 0.2, 0.3, False, None),
        (4, 0.9, 0.3, False, None),
    ],
    ids=["sure", "weak", "below the rule's", "rule asks for less", "below ours", "too small"],
)
def test_threshold_size_and_doubt(
    fetched: Path,
    monkeypatch: pytest.MonkeyPatch,
    side: int,
    chance: float,
    threshold: float,
    found: bool,
    doubt: str | None,
) -> None:
    """What is likelier than the threshold and not tiny is found; hardly believed, it is doubtful."""
    monkeypatch.setattr(clipseg, "chances", lambda *_: spot(side, chance))
    answer = ClipSeg().mask(np.full((352, 352, 3), 90, np.uint8), "green post", threshold)
    assert answer.mask.any() == found
    assert answer.doubt == doubt


def test_edges_are_the_photos(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chance that misses the post's edge by some pixels gives a mask that follows the post, at full size."""
    image = np.full((900, 1200, 3), (90, 90, 95), np.uint8)
    image[200:700, 500:650] = (30, 150, 60)
    chance = np.full((352, 352), 0.05, np.float32)
    chance[round(190 / 900 * 352) : round(710 / 900 * 352), round(490 / 1200 * 352) : round(664 / 1200 * 352)] = 0.8
    monkeypatch.setattr(clipseg, "chances", lambda *_: chance)
    mask = ClipSeg().mask(image, "green post").mask >= 0.5
    truth = (image[..., 1] > 120) & (image[..., 0] < 60)
    before = cv2.resize((chance >= 0.3).astype(np.uint8), (1200, 900), interpolation=cv2.INTER_NEAREST) > 0
    assert (mask ^ truth).sum() < 0.7 * (before ^ truth).sum()


@settings(deadline=None, max_examples=60)
@given(arrays(np.float32, (24, 24), elements=st.floats(0, 1, width=32)), st.floats(0.01, 0.99))
def test_the_threshold_is_where_half_is(chance: np.ndarray, threshold: float) -> None:
    """Levelled, exactly what reached the threshold is at least .5; order is kept; pieces are among it."""
    level = levelled(chance, threshold)
    assert level.dtype == np.float32
    assert ((level >= 0.5) == (chance >= np.float32(threshold))).mean() > 0.99
    order = np.argsort(chance, axis=None, kind="stable")
    assert (np.diff(level.ravel()[order]) >= -1e-6).all()
    kept, belief = believed(chance, threshold)
    assert not (kept & (chance < threshold)).any()
    assert belief == 0 or belief >= threshold - 1e-6


# --- present, absent, damaged --------------------------------------------------------------------------------------


def job(**params: object) -> Job:
    """A mask step."""
    return Job("mask", {"image": "photo"}, {"mask": ["green post"], "keep": [], "grow": 0, **params})


def test_free_words_are_answered_when_it_is_there(fetched: Path) -> None:
    """A word that no engine of ours knows: the step is done by clipseg, trained, with its fingerprint."""
    data = encode.png(picture())
    made = perform(job(), lambda _: data)
    assert made.backend == "clipseg"
    assert made.trained
    assert made.model == MODEL.fingerprint() != ""
    assert made.used == {"mask:green post": "clipseg"}
    assert "area:green post" in made.facts


def test_a_rules_threshold_reaches_it(fetched: Path) -> None:
    """A higher threshold never finds more."""
    data = encode.png(picture())
    areas = [float(perform(job(threshold=least), lambda _: data).facts["area"]) for least in (0.1, 0.5, 0.9)]
    assert areas[0] > areas[2]


def test_our_own_engines_come_first(fetched: Path) -> None:
    """Advertising, cars and faces stay with our engines."""
    for concept in ("advertising", "car", "face", "text"):
        assert masking.finder_for(concept).name != "clipseg"
    assert masking.finder_for("green post").name == "clipseg"


def test_without_it_the_photo_is_held_with_what_to_do(nothing: Path) -> None:
    """The refusal names the command, in both languages, and the words that work without."""
    data = encode.png(picture())
    with pytest.raises(NeedsModel) as caught:
        perform(job(), lambda _: data)
    for language in ("en", "fr"):
        said = caught.value.say(language)
        assert "safelight models fetch clipseg" in said
        assert "green post" in said
    assert "advertising" in caught.value.say("en")
    with pytest.raises(BackendUnavailable, match="models fetch clipseg"):
        catalog.usable("mask", "clipseg")


@pytest.mark.parametrize("fault", ["cut off", "other shape", "no safetensors", "lacks tensors", "gone", "not a model"])
def test_damaged_weights_hold_the_photo(fetched: Path, fault: str) -> None:
    """Never a guess of half a network: BackendUnavailable with a reason, and no pickle is read in its place."""
    weights = fetched / "model.safetensors"
    if fault == "cut off":
        weights.write_bytes(weights.read_bytes()[:-2000])
    elif fault == "other shape":
        config = json.loads((fetched / "config.json").read_text())
        config["reduce_dim"] = 16
        (fetched / "config.json").write_text(json.dumps(config))
    elif fault == "no safetensors":
        weights.rename(fetched / "pytorch_model.bin")
    elif fault == "lacks tensors":
        from safetensors.torch import load_file, save_file

        tensors = load_file(weights)
        tensors.pop("decoder.film_mul.weight")
        save_file(tensors, weights, {"format": "pt"})
    elif fault == "gone":
        shutil.rmtree(fetched)
    else:
        (fetched / "config.json").write_text("[]")
    with pytest.raises((BackendUnavailable, NeedsModel)) as caught:
        perform(job(), lambda _: encode.png(picture()))
    assert "models" in caught.value.say("en")


def test_bytes_that_are_not_the_pinned_ones_are_refused(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole model, but another: the digest decides before anything is loaded."""
    entry = MODELS["clipseg"]
    files = tuple(replace(file, sha256="0" * 64) if file.name == "config.json" else file for file in entry.files)
    monkeypatch.setitem(MODELS, "clipseg", replace(entry, files=files))
    with pytest.raises(BackendUnavailable, match="not the file that is meant"):
        perform(job(), lambda _: encode.png(picture()))


def test_the_self_test_answers(fetched: Path) -> None:
    """Random weights do not pass it, and it says so in both languages."""
    truth = {"car": np.zeros((120, 180), np.float32)}
    truth["car"][20:60, 20:60] = 1
    told = selftest.run(MODELS["clipseg"], selftest.Scene(picture(), truth))
    assert not told.passed
    assert told.en != told.fr


def test_new_files_are_loaded_anew(fetched: Path, tmp_path: Path) -> None:
    """A model replaced while the watch runs answers from then on, with another fingerprint."""
    before, first = clipseg.chances(picture(), "a flag"), MODEL.fingerprint()
    tiny(fetched, seed=5)
    assert MODEL.fingerprint() != first
    assert (clipseg.chances(picture(), "a flag") != before).any()


def test_the_hubs_cache_counts_at_the_pinned_revision_only(nothing: Path, files: Path, tmp_path: Path) -> None:
    """What another program fetched is used if it is this revision."""
    snapshots = tmp_path / "hub" / "hub" / "models--CIDAS--clipseg-rd64-refined" / "snapshots"
    shutil.copytree(files, snapshots / "0123456789012345678901234567890123456789")
    assert MODEL.folder() is None
    shutil.copytree(files, snapshots / MODELS[MODEL.name].hub.revision)
    assert MODEL.folder() == snapshots / MODELS[MODEL.name].hub.revision


def test_a_long_panorama_stays_small(fetched: Path) -> None:
    """20,000 pixels: the network sees 352, the mask has the photo's size."""
    image = np.zeros((600, 20_000, 3), np.uint8)
    image[:, 9_000:] = 120
    assert ClipSeg().mask(image, "a flag").mask.shape == (600, 20_000)
