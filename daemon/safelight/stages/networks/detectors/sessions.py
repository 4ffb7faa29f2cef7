"""ONNX files to running networks: on one thread, so that the same picture gives the same bytes, and without a word."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache, wraps

import numpy as np
import numpy.typing as npt

from safelight.model.errors import BackendUnavailable
from safelight.model.signals import Box
from safelight.stages.base import Image, check_image
from safelight.stages.models import places
from safelight.stages.models.entries import Entry

Floats = npt.NDArray[np.float32]
Run = Callable[[Floats], list[Floats]]
"""The network: its one input to its outputs in their order."""
Detect = Callable[[Image], tuple[Box, ...]]


def once_a_picture(detect: Detect) -> Detect:
    """The same, with the answer to the last picture kept: look and every mask of a photo ask about the same pixels."""
    last: tuple[bytes, tuple[Box, ...]] | None = None

    @wraps(detect)
    def remembered(image: Image) -> tuple[Box, ...]:
        nonlocal last
        check_image(image)
        digest = hashlib.sha256(repr(image.shape).encode() + np.ascontiguousarray(image).tobytes()).digest()
        if last is None or last[0] != digest:
            last = digest, detect(image)
        return last[1]

    return remembered


def run_of(entry: Entry) -> Run:
    """The network in an optional model's one file; raises BackendUnavailable (absent, changed, not to be read)."""
    return _loaded(entry, places.read(entry))


@lru_cache(maxsize=4)
def _loaded(entry: Entry, data: bytes) -> Run:
    import onnxruntime as ort

    settings = ort.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    settings.log_severity_level = 3  # files of old exporters give hundreds of warnings about themselves
    try:
        session = ort.InferenceSession(data, settings, providers=["CPUExecutionProvider"])
    except Exception as fault:  # noqa: BLE001 - the runtime has a class of its own for each fault
        raise BackendUnavailable(
            backend=entry.name, reason=f"its file cannot be read ({type(fault).__name__})"
        ) from None
    name = session.get_inputs()[0].name

    def run(values: Floats) -> list[Floats]:
        outputs: list[Floats] = session.run(None, {name: values})
        return outputs

    return run
