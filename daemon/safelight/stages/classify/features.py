"""Classifiers over a pretrained network: `features` alone, and `signals+features`, where each question hears both.

The network's weights are a file somebody has put on this machine; without it these backends are unavailable and say where
it belongs. A head trained over other weights is refused.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from safelight.model.errors import BackendUnavailable, StageError
from safelight.model.signals import Signals, Verdict
from safelight.stages.base import Classifier, Image, check_image
from safelight.stages.classify.questions import Sorter, read
from safelight.stages.look.race_scene import completed
from safelight.stages.networks import backbones

FOLDER = Path(__file__).parent


class Features(Classifier):
    """classify(image, signals) -> Verdict; what a frozen backbone sees, weighed. Signals are not looked at."""

    name: ClassVar[str] = "features"
    trained: ClassVar[bool] = True
    file: ClassVar[str] = "features_head.json"
    backbone: ClassVar[str] = backbones.SQUEEZE
    version: ClassVar[int] = 2

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or FOLDER / self.file

    def unavailable(self) -> str | None:
        """That the trained head or the backbone's weights are not here."""
        if not self._path.is_file():
            return f"its trained head {self._path.name} is missing"
        return backbones.missing(self.backbone)

    def fingerprint(self) -> str:
        """Digest over the head's file, which names the digest of the weights."""
        return hashlib.sha256(self._path.read_bytes()).hexdigest()

    @cached_property
    def head(self) -> Sorter:
        """The trained numbers; raises StageError for a file that is damaged or of another version."""
        return read(self._path, self.name)

    def classify(self, image: Image, signals: Signals) -> Verdict:
        """Probabilities (each at least .01, sum 1); raises BackendUnavailable (weights), StageError (head, signals)."""
        check_image(image)
        head = self.head
        source = backbones.find(head.backbone)
        if source is None:
            raise BackendUnavailable(backend=self.name, reason=backbones.missing(head.backbone))
        found = backbones.fingerprint(source)
        if found != head.backbone_sha256:
            told = f"it was trained over weights {head.backbone_sha256[:12]}…, here are {found[:12]}…"
            raise BackendUnavailable(backend=self.name, reason=told)
        if head.reads_signals:
            if not signals.values:
                raise StageError(stage=self.name, reason="no signal was measured on this photo")
            signals = completed(image, signals)
        return head.judge(signals, [float(value) for value in backbones.features(source, image)])


class SignalsFeatures(Features):
    """Signals and features joined: reasons are the signals that spoke for the class."""

    name: ClassVar[str] = "signals+features"
    file: ClassVar[str] = "signals_features_head.json"
