"""Sorting by words: CLIP's real code with tiny random weights, loaded from files as the fetched ones are."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.errors import BackendUnavailable
from safelight.model.signals import CLASSES, Signals
from safelight.stages import catalog
from safelight.stages.classify import zeroshot
from safelight.stages.classify.head import FLOOR
from safelight.stages.classify.zeroshot import SOFTER, WORDS, ZeroShot, grouped, shares
from safelight.stages.models.registry import MODELS
from safelight.stages.models.selftest import Scene
from tiny_models import clip as tiny
from tiny_models import no_models

IMAGE = np.random.default_rng(2).integers(0, 256, (120, 180, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model, written once."""
    return tiny(tmp_path_factory.mktemp("tiny") / "clip")


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache without models; the folder in which they would lie."""
    return no_models(tmp_path, monkeypatch)


@pytest.fixture
def fetched(files: Path, nothing: Path) -> Path:
    """A cache into which it was fetched; its folder."""
    folder = nothing / "clip"
    shutil.copytree(files, folder)
    return folder


def test_it_says_what_the_library_says(fetched: Path) -> None:
    """Sentences weighed as CLIPModel itself weighs picture and words, a sentence a class; a second picture differs."""
    words = {"dark": ("a dark picture",), "light": ("a light picture",), "odd": ("something odd",)}
    mine = shares(IMAGE, words, softer=1.0)
    model, processor = zeroshot._loaded(fetched, zeroshot.MODEL.stamps(fetched))
    inputs = processor(text=[told for (told,) in words.values()], images=IMAGE, padding=True, return_tensors="pt")
    with torch.inference_mode():
        theirs = model(**inputs).logits_per_image.softmax(1).numpy()[0]
    assert np.allclose(mine, theirs, atol=1e-5) and mine.sum() == pytest.approx(1)
    assert not np.allclose(mine, shares(255 - IMAGE, words, softer=1.0), atol=1e-4)


def test_a_verdict_of_the_three_classes(fetched: Path) -> None:
    """Each at least the floor, sum 1, no reasons; the same twice; another wording changes it."""
    backend = ZeroShot()
    verdict = backend.classify(IMAGE, Signals({}))
    assert set(verdict.probabilities) == set(CLASSES) == set(WORDS) and not verdict.reasons
    assert sum(verdict.probabilities.values()) == pytest.approx(1) and min(verdict.probabilities.values()) >= FLOOR
    assert verdict == backend.classify(IMAGE, Signals({"car_area": 0.3}))
    assert len(backend.fingerprint()) == 64
    other = shares(IMAGE, {**WORDS, "ok": ("a cat",)})
    assert not np.allclose(other, shares(IMAGE, WORDS), atol=1e-6)


def test_without_its_weights_it_says_how_to_get_them(nothing: Path) -> None:
    """Unavailable with the command; never chosen by itself then; asked nonetheless it refuses."""
    backend = ZeroShot()
    assert backend.unavailable() == "its weights are not here: `safelight models fetch clip`"
    assert "zeroshot" not in [found.name for found in catalog.available("classify")]
    assert catalog.names("classify")[-1] == "zeroshot" and backend.fingerprint() == ""
    with pytest.raises(BackendUnavailable, match="models fetch clip"):
        backend.classify(IMAGE, Signals({}))


def test_damaged_files_are_refused(fetched: Path) -> None:
    """Weights cut short, of another size, or not those that were pinned."""
    whole = (fetched / "model.safetensors").read_bytes()
    (fetched / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BackendUnavailable, match="models remove clip"):
        ZeroShot().classify(IMAGE, Signals({}))
    (fetched / "model.safetensors").write_bytes(whole)
    entry = MODELS["clip"]
    pinned = tuple(replace(file, sha256="0" * 64) if file.name == "vocab.json" else file for file in entry.files)
    MODELS["clip"] = replace(entry, files=pinned)
    with pytest.raises(BackendUnavailable, match=r"vocab\.json is not the file"):
        ZeroShot().classify(IMAGE, Signals({}))


def test_its_selftest_runs(fetched: Path) -> None:
    """A verdict with a figure in both languages; random weights may fail it."""
    found = zeroshot.selftest(Scene(IMAGE, {}))
    assert "above 0.50" in found.en and "au-dessus de 0,50" in found.fr and "." not in found.fr


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(-50, 50), min_size=1, max_size=4), min_size=2, max_size=4), st.floats(-20, 20))
def test_classes_weigh_their_sentences_alike(rows: list[list[float]], shift: float) -> None:
    """Sum 1; saying a sentence twice, or everything louder by the same, changes nothing."""

    def level(told: list[list[float]]) -> np.ndarray:
        return grouped(np.array([value for row in told for value in row]), [len(row) for row in told])

    found = level(rows)
    assert found.sum() == pytest.approx(1) and (found >= 0).all()
    assert np.allclose(found, level([row * 2 for row in rows]), atol=1e-9)
    assert np.allclose(found, level([[value + shift for value in row] for row in rows]), atol=1e-9)


def test_what_it_is_asked_is_told_in_english() -> None:
    """Every class has sentences, none twice, none too long for the network; softened."""
    told = [sentence for sentences in WORDS.values() for sentence in sentences]
    assert len(told) == len(set(told)) and all(len(sentence) < 77 and sentence.isascii() for sentence in told)
    assert SOFTER > 1
