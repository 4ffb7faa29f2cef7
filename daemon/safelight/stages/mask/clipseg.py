"""Masks of anything that English words can name: CLIPSeg, fitted to the photo's edges. Its weights are fetched, not shipped.

CLIPSeg (Lüddecke, Ecker 2022; CIDAS/clipseg-rd64-refined) answers with a chance for each of 352 x 352 places of the photo
squeezed to a square. The photo is encoded once whatever the number of words asked; for each word several phrasings are
decoded at once and their chances averaged. What lies above the threshold is cleared of small pieces, carried to the edges
of the full picture by a guided filter, and handed on with the doubt "weak" where it is hardly believed.
Words of ours in French are asked in English; other words as they are, and the network reads English only.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
import numpy.typing as npt

from safelight.stages import devices, machine, prompts
from safelight.stages.base import Found, Image, Mask, Masker
from safelight.stages.fetched import CLIPSEG, Stamps, pretrained, reading
from safelight.stages.mask.guided import guided
from safelight.stages.mask.regions import steep
from safelight.stages.models.selftest import Result, Scene

MODEL = CLIPSEG
THRESHOLD = 0.3
"""The chance above which a place belongs to the mask, where the rule does not say another."""
SURE = 0.45
"""A find whose mean chance is less than this is weak."""
SMALLEST_SHARE = 0.0005
"""Pieces below this share of the picture are dropped: half a patch of the network."""
PHRASES = ("a photo of {}", "a cropped photo of {}", "{}")
WORDS: dict[str, str] = {
    "advertising": "an advertising board", "person": "a person", "face": "a human face", "car": "a car",
    "sign": "a traffic sign", "text": "writing", "vegetation": "trees and grass", "building": "a building",
    "road": "a road", "sky": "the sky",
}  # fmt: skip
"""What is asked for our own concepts."""
LONGEST = 200
"""Characters of a phrase that are read: the network sees 77 tokens."""

Chances = npt.NDArray[np.float32]


class ClipSeg(Masker):
    """The `clipseg` backend: any words."""

    name = "clipseg"
    version = 1
    trained = True
    concepts: ClassVar[frozenset[str]] = frozenset()

    def understands(self, concept: str) -> bool:
        """Any words at all."""
        return any(character.isalnum() for character in concept)

    def unavailable(self) -> str | None:
        """Absent files; damaged ones show when they are loaded."""
        return MODEL.missing()

    def fingerprint(self) -> str:
        """SHA-256 over the model's files."""
        return MODEL.fingerprint()

    def _find(self, image: Image, concept: str) -> Found:
        return self._find_above(image, concept, THRESHOLD)

    def _find_above(self, image: Image, concept: str, threshold: float) -> Found:
        chance = chances(image, concept)
        pieces, belief = believed(chance, threshold)
        if not pieces.any():
            return Found(np.zeros(image.shape[:2], np.float32), None, {"belief": 0.0})
        # The chance is kept a little around each piece: the edge lies where the filter will find it.
        around = cv2.dilate(pieces.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        mask = guided(image, np.where(around, levelled(chance, threshold), 0).astype(np.float32))
        return Found(steep(mask), None if belief >= SURE else "weak", {"belief": round(belief, 4)})


def phrases(concept: str) -> tuple[str, ...]:
    """What the network is asked for a concept or free words."""
    words = WORDS.get(concept) or prompts.english(concept)
    return tuple(phrase.format(words[:LONGEST]) for phrase in PHRASES)


def levelled(chance: Chances, threshold: float) -> Mask:
    """The chance with the threshold moved to .5, 0-1: what the filter and whoever reads the mask take for the edge."""
    below, above = chance / max(threshold, 1e-6), (chance - threshold) / max(1 - threshold, 1e-6)
    return np.where(chance < threshold, 0.5 * below, 0.5 + 0.5 * above).clip(0, 1).astype(np.float32)


def believed(chance: Chances, threshold: float) -> tuple[npt.NDArray[np.bool_], float]:
    """Where the pieces above the threshold are that are large enough, and their mean chance."""
    above = chance >= threshold
    count, parts, stats, _ = cv2.connectedComponentsWithStats(above.astype(np.uint8), connectivity=8)
    large = [index for index in range(1, count) if stats[index, cv2.CC_STAT_AREA] >= SMALLEST_SHARE * chance.size]
    kept = np.isin(parts, large)
    return kept, float(chance[kept].mean()) if kept.any() else 0.0


def selftest(scene: Scene) -> Result:
    """Cars, people and boards of a painted scene are likelier where they are than beside: by .15 in the mean."""
    gaps = []
    for concept in ("car", "person", "advertising"):
        truth = scene.truth.get(concept)
        if truth is None or not truth.any():
            continue
        chance = chances(scene.image, concept)
        there = cv2.resize(truth, chance.shape[::-1], interpolation=cv2.INTER_AREA) >= 0.5
        if there.any() and not there.all():
            gaps.append(float(chance[there].mean() - chance[~there].mean()))
    gap = sum(gaps) / max(1, len(gaps))
    said = f"{len(gaps)} × {gap:+.2f}"
    return Result(
        gap >= 0.15,
        f"what was asked for is likelier where it is ({said}, at least +0.15)",
        f"ce qui est demandé est plus probable là où il se trouve ({said}, au moins +0,15)",
    )


# --- the network ---------------------------------------------------------------------------------------------------


def chances(image: Image, concept: str) -> Chances:
    """(h, w) in 0-1 at the network's size: the chance of `concept`. Raises BackendUnavailable (absent or damaged files)."""
    import torch

    folder, device = MODEL.there(), devices.torch_device()
    stamps = MODEL.stamps(folder)
    model, processor = _loaded(folder, stamps, device)
    with machine.torch_threads(1), torch.inference_mode():
        seen = _seen(model, processor, image, stamps)
        asked = _asked(folder, stamps, device, phrases(concept))
        logits = model.decoder([layer.expand(len(asked), -1, -1) for layer in seen], asked).logits
        mean: Chances = torch.sigmoid(logits.reshape(len(asked), *logits.shape[-2:])).mean(0).float().cpu().numpy()
    return mean


def _seen(model: Any, processor: Any, image: Image, stamps: Stamps) -> list[Any]:
    """What the decoder reads of a picture; kept for the further words of the same one."""
    global _last
    pixels = processor.image_processor(images=image, input_data_format="channels_last", return_tensors="pt")[
        "pixel_values"
    ]
    key = hashlib.sha256(
        repr((stamps, str(model.device), tuple(pixels.shape))).encode() + pixels.numpy().tobytes()
    ).digest()
    if _last is None or _last[0] != key:
        states = model.clip.get_image_features(
            pixel_values=pixels.to(model.device), interpolate_pos_encoding=True, output_hidden_states=True
        ).hidden_states
        _last = key, [states[index + 1] for index in model.extract_layers]
    return _last[1]


_last: tuple[bytes, list[Any]] | None = None
"""The picture encoded last (digest of what the network saw) and its activations."""


@lru_cache(maxsize=64)
def _asked(folder: Path, stamps: Stamps, device: str, words: tuple[str, ...]) -> Any:
    """(phrases, projection) the embedding of each phrase."""
    model, processor = _loaded(folder, stamps, device)
    tokens = processor.tokenizer(list(words), padding=True, truncation=True, max_length=77, return_tensors="pt")
    tokens = tokens.to(device)
    return model.get_conditional_embeddings(
        batch_size=len(words), input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]
    )


@lru_cache(maxsize=1)
def _loaded(folder: Path, stamps: Stamps, device: str) -> tuple[Any, Any]:
    """The network and its processor, kept while the files stay the same."""
    del stamps
    from transformers import CLIPSegForImageSegmentation, CLIPSegProcessor

    model, processor = pretrained(MODEL, folder, CLIPSegForImageSegmentation, CLIPSegProcessor)
    with reading(MODEL):
        return model.to(device), processor
