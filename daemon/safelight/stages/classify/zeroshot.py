"""Sorting by words alone: CLIP weighs a picture against English sentences for each class. Its weights are fetched, not shipped.

CLIP (Radford and others 2021; openai/clip-vit-base-patch32) was trained to tell which sentence belongs to which picture. Each
class has several sentences, since a class of ours is several sights (exclure: a crash, a crowd, no car at all): the chance of
a class is the mean chance of its sentences, each class counting alike. Nothing was learnt here, so nothing fits this race: it is
for whoever names it, and for class folders of which there are no examples yet.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from safelight.model.signals import CLASSES, Signals, Verdict
from safelight.stages import machine
from safelight.stages.base import Classifier, Image, check_image
from safelight.stages.classify.head import FLOOR
from safelight.stages.fetched import CLIP, Stamps, pretrained
from safelight.stages.models.selftest import Result, Scene

MODEL = CLIP
WORDS: dict[str, tuple[str, ...]] = {
    "ok": (
        "a sharp photo of a racing car on the track", "a photo of a racing car at night", "a panning shot of a racing car",
        "a photo of a race with trees and sky",
    ),
    "retoucher": (
        "a photo of a racing car in front of large advertising boards", "a photo of sponsors' logos beside the track",
        "a photo of people with recognisable faces", "a photo of traffic signs beside the track",
    ),
    "exclure": (
        "a blurred photo", "a photo of a crashed car", "a photo of a crowd in the stands", "a photo of a concert",
        "a photo without any car",
    ),
}  # fmt: skip
SOFTER = 3.0
"""CLIP's own loudness is for a thousand classes at once and far too sure for three: its scores are divided by this (a guess)."""
LONGEST = 200
"""Characters of a sentence that are read: the network sees 77 tokens."""

Shares = npt.NDArray[np.float64]


class ZeroShot(Classifier):
    """The `zeroshot` backend: classes by their words; signals are not looked at."""

    name: ClassVar[str] = "zeroshot"
    trained: ClassVar[bool] = True

    def unavailable(self) -> str | None:
        """Absent files; damaged ones show when they are loaded."""
        return MODEL.missing()

    def fingerprint(self) -> str:
        """SHA-256 over the model's files."""
        return MODEL.fingerprint()

    def classify(self, image: Image, signals: Signals) -> Verdict:  # noqa: ARG002 - the contract's shape
        """Probabilities (each at least FLOOR, sum 1); raises BackendUnavailable (absent or damaged files)."""
        check_image(image)
        found = shares(image, WORDS)
        bounded = FLOOR + (1 - FLOOR * len(CLASSES)) * found
        order = list(WORDS)
        return Verdict({name: float(bounded[order.index(name)]) for name in CLASSES})


def shares(image: Image, words: Mapping[str, Sequence[str]], softer: float = SOFTER) -> Shares:
    """(classes,) probabilities of any classes, each told by at least one English sentence; raises BackendUnavailable.

    (height, width, 3) uint8 sRGB in.
    """
    import torch

    folder = MODEL.there()
    stamps = MODEL.stamps(folder)
    model, processor = _loaded(folder, stamps)
    with machine.torch_threads(1), torch.inference_mode():
        pixels = processor.image_processor(images=image, input_data_format="channels_last", return_tensors="pt")
        seen = _unit(model.visual_projection(model.vision_model(**pixels).pooler_output))[0]
        asked = _asked(folder, stamps, tuple(sentence[:LONGEST] for told in words.values() for sentence in told))
        logits = (asked @ seen * model.logit_scale.exp() / softer).double().numpy()
    return grouped(logits, [len(told) for told in words.values()])


def grouped(logits: npt.NDArray[np.float64], counts: Sequence[int]) -> Shares:
    """(classes,): sentences' logits, so many a class in turn, as chances of classes: mean over each one's sentences, sum 1."""
    ends = np.cumsum(counts)
    level = [
        float(np.logaddexp.reduce(logits[end - count : end])) - math.log(count)
        for end, count in zip(ends, counts, strict=True)
    ]
    powers = np.exp(np.array(level) - max(level))
    return np.asarray(powers / powers.sum(), np.float64)


def selftest(scene: Scene) -> Result:
    """The words "a photo of a car" fit a painted scene with a car better than "a photo of a cat" do."""
    share = float(shares(scene.image, {"car": ("a picture of a car",), "cat": ("a picture of a cat",)}, 1.0)[0])
    return Result(
        share > 0.5,
        f"a painted car is more a car than a cat ({share:.2f}, above 0.50)",
        f"une voiture peinte tient plus de la voiture que du chat ({share:.2f}, au-dessus de 0,50)".replace(
            ".", ",", 1
        ),
    )


@lru_cache(maxsize=16)
def _asked(folder: Path, stamps: Stamps, sentences: tuple[str, ...]) -> Any:
    """(sentences, width) unit embeddings."""
    model, processor = _loaded(folder, stamps)
    tokens = processor.tokenizer(list(sentences), padding=True, truncation=True, max_length=77, return_tensors="pt")
    told = model.text_model(input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]).pooler_output
    return _unit(model.text_projection(told))


def _unit(rows: Any) -> Any:
    return rows / rows.norm(dim=-1, keepdim=True)


@lru_cache(maxsize=1)
def _loaded(folder: Path, stamps: Stamps) -> tuple[Any, Any]:
    """The network and its processor, kept while the files stay the same."""
    del stamps
    from transformers import CLIPModel, CLIPProcessor

    return pretrained(MODEL, folder, CLIPModel, CLIPProcessor)
