"""Names to backends: which exist for a stage, which can work here, and in which order `auto` tries them.

The lists here are the only place where a backend is written down; its module is imported when it is first asked
for, so that `safelight --help` and an idle watch never load a network runtime. Other packages add backends through
the entry-point group `safelight.backends` (value: `module:Class`).
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points

from safelight.model.errors import BackendUnavailable
from safelight.stages.base import STAGES, Backend, StageName

# In the order in which `auto` prefers them.
OWN: dict[StageName, dict[str, str]] = {
    "look": {
        "detected": "safelight.stages.look.detected:Detected",
        "measured": "safelight.stages.look.measured:Measured",
    },
    # `features` alone sorts about as well as the joined one but can give no reasons, `zeroshot` learnt nothing of a race:
    # they are for whoever names them.
    "classify": {
        "signals+features": "safelight.stages.classify.features:SignalsFeatures",
        "signals": "safelight.stages.classify.signals:SignalsHead",
        "features": "safelight.stages.classify.features:Features",
        "zeroshot": "safelight.stages.classify.zeroshot:ZeroShot",
    },
    "mask": {
        "boards": "safelight.stages.mask.boards:Boards",
        "unet": "safelight.stages.mask.regions:Regions",
        "face-rfb": "safelight.stages.mask.faces_rfb:FacesRfb",
        "faces": "safelight.stages.mask.faces:Faces",
        "text": "safelight.stages.mask.text:Text",
        "clipseg": "safelight.stages.mask.clipseg:ClipSeg",
    },
    "inpaint": {
        "sd2": "safelight.stages.inpaint.diffusion:Diffusion",
        "lama": "safelight.stages.inpaint.lama:Lama",
        "neutral": "safelight.stages.inpaint.neutral:Neutral",
        "texture": "safelight.stages.inpaint.texture:Texture",
        "patches": "safelight.stages.inpaint.patches:Patches",
    },
    "alter": {
        "blur": "safelight.stages.alter.blur:Blur",
        "pixelate": "safelight.stages.alter.pixelate:Pixelate",
        "ink": "safelight.stages.alter.ink:Ink",
        "grade": "safelight.stages.alter.grade:Grade",
    },
    "stylize": {
        "patches": "safelight.stages.stylize.patches:Patches",
        "brush": "safelight.stages.stylize.brush:Brush",
    },
}


@cache
def _registered() -> dict[StageName, dict[str, str]]:
    known: dict[StageName, dict[str, str]] = {stage: dict(OWN[stage]) for stage in STAGES}
    for point in entry_points(group="safelight.backends"):
        stage, _, name = point.name.partition(".")
        if stage in known and name and name not in known[stage]:
            known[stage][name] = point.value
    return known


def names(stage: StageName) -> tuple[str, ...]:
    """All backends of a stage, available or not, best first."""
    return tuple(_registered()[stage])


@cache
def load(stage: StageName, name: str) -> Backend:
    """The backend object (made once per process); raises BackendUnavailable for a name nobody declared."""
    try:
        module_name, _, class_name = _registered()[stage][name].partition(":")
    except KeyError:
        raise BackendUnavailable(backend=name, reason=f"there is no such backend for {stage}") from None
    backend: Backend = getattr(importlib.import_module(module_name), class_name)()
    return backend


def available(stage: StageName) -> Iterator[Backend]:
    """The backends that can work here, best first."""
    for name in names(stage):
        backend = load(stage, name)
        if backend.unavailable() is None:
            yield backend


def ordered(stage: StageName, preferred: str | None = None) -> Iterator[Backend]:
    """The available backends, the event's choice first."""
    backends = list(available(stage))
    yield from sorted(backends, key=lambda backend: backend.name != preferred)


def usable(stage: StageName, name: str) -> Backend:
    """The backend a rule pins; raises BackendUnavailable with its reason when it cannot work here."""
    backend = load(stage, name)
    reason = backend.unavailable()
    if reason is not None:
        raise BackendUnavailable(stage=stage, backend=name, reason=reason)
    return backend
