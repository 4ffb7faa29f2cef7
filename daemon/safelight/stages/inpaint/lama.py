"""Removing what a mask covers, by LaMa: the surroundings go on where it stood. Its weights are fetched, not shipped.

LaMa (Suvorov et al., WACV 2022; big-lama as ONNX) takes no words: it continues what is around the hole. So it answers for
"nothing" where a rule leaves the choice, and for our words for grounds where a rule names it; other words it refuses.
Windows as for the larger network (see `windowed`); one window is one run of the network, some seconds on a processor.
Damaged files, too little memory: BackendUnavailable, and the next backend does the work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from safelight.model.errors import BackendUnavailable, NothingToCopy, StageError
from safelight.stages import devices, machine
from safelight.stages.base import Image, Inpainter, Mask
from safelight.stages.fetched import LAMA, reading
from safelight.stages.inpaint.seams import Flags, Floats
from safelight.stages.inpaint.weave import outward
from safelight.stages.inpaint.windowed import Size, painted
from safelight.stages.models.selftest import Result, Scene
from safelight.stages.prompts import prompt_class

MODEL = LAMA
NATIVE = 512
"""Side of a window where the file does not fix it."""
THREADS = 4
"""Always, whatever the lane has: the bytes of a step may not depend on it."""
WORKING = 1_000_000_000
"""Bytes a run takes beside the file, rounded up from what its users tell; not measured here."""
GROUNDS = frozenset({"nothing", "wall", "road", "sky", "grass"})


class Lama(Inpainter):
    """The `lama` backend: what is behind."""

    name = "lama"
    version = 1
    trained = True
    rim = 2

    def understands(self, prompt: str) -> bool:
        """Words for "nothing"."""
        return prompt_class(prompt) == "nothing"

    def unavailable(self) -> str | None:
        """An absent file; a damaged one shows when it is loaded."""
        return MODEL.missing()

    def fingerprint(self) -> str:
        """SHA-256 over the model's file."""
        return MODEL.fingerprint()

    def _fill(self, image: Image, mask: Mask, prompt: str, seed: int) -> tuple[Image, Mask]:
        if prompt_class(prompt) not in GROUNDS:
            raise StageError(stage="inpaint", reason="lama takes no words: it paints what is around the mask")
        hole = outward(mask, image, self.rim)
        if hole.all():
            raise NothingToCopy(stage="inpaint", wanted=prompt, reason="the mask covers the whole picture")
        painter = loaded()
        try:
            return painted(image, hole, painter, painter.native, seed), hole.astype(np.float32)
        except MemoryError:
            raise _poor() from None


@dataclass(frozen=True)
class Painter:
    """The network. It sees squares of `native` pixels; what is not square is mirrored until it is."""

    session: Any
    image: str
    mask: str
    native: int
    step: int = 1
    steps: int = 1

    def paint(self, known: Image, hole: Flags, size: Size, seed: int, each: Callable[[int], None]) -> Floats:
        """(h, w, 3) in 0–255: the window as the network paints it, at its own size again. `seed` has no part in it."""
        del seed
        height, width = min(size[0], self.native), min(size[1], self.native)
        shrinks = known.shape[0] * known.shape[1] > height * width
        small = cv2.resize(known, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
        # Whatever the hole touches is hidden: the network must not see a rim of what is to go.
        covered = cv2.resize(hole.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA) > 0
        small, covered = self._square(small), self._square(covered.astype(np.uint8))
        shown: Floats = np.where(covered[..., None] > 0, 0, small).astype(np.float32) / np.float32(255)
        answer = self._run(shown.transpose(2, 0, 1)[None], covered[None, None].astype(np.float32))
        each(1)
        result: Floats = cv2.resize(
            answer[:height, :width], (known.shape[1], known.shape[0]), interpolation=cv2.INTER_CUBIC
        )
        return np.clip(result, 0, 255)

    def _square(self, part: npt.NDArray[Any]) -> npt.NDArray[Any]:
        down, across = self.native - part.shape[0], self.native - part.shape[1]
        wide: npt.NDArray[Any] = cv2.copyMakeBorder(part, 0, down, 0, across, cv2.BORDER_REFLECT)
        return wide

    def _run(self, image: Floats, mask: Floats) -> Floats:
        """(h, w, 3) in 0–255 of one square. Raises BackendUnavailable for too little memory, StageError for any other fault."""
        try:
            answer = self.session.run(None, {self.image: image, self.mask: mask})[0]
        except Exception as fault:  # the runtime has a class of its own for each fault
            if machine.out_of_memory(fault):
                raise _poor() from None
            raise StageError(stage="lama", reason=f"{type(fault).__name__}: {str(fault)[:120]}") from fault
        values = np.asarray(answer, np.float32)
        if values.shape != image.shape or not np.isfinite(values).all():
            raise StageError(stage="lama", reason="the network answered with numbers that are no picture")
        return np.ascontiguousarray(values[0].transpose(1, 2, 0))


def loaded() -> Painter:
    """The network on the device that is asked for. Loaded for each photo anew: a second beside many.

    Raises BackendUnavailable (absent, damaged or other files, too little memory), NoSuchDevice.
    """
    path = MODEL.there() / MODEL.files[0]
    providers = devices.onnx_providers()
    with reading(MODEL):
        if not machine.holds(2 * path.stat().st_size + WORKING, machine.memory_left()):
            raise _poor()
        import onnxruntime as ort

        settings = ort.SessionOptions()
        settings.intra_op_num_threads, settings.inter_op_num_threads = THREADS, 1
        settings.use_deterministic_compute = True
        settings.log_severity_level = 3
        session = ort.InferenceSession(str(path), settings, providers=providers)
        image, mask = (_input(session, channels) for channels in (3, 1))
        side = image.shape[2] if isinstance(image.shape[2], int) else NATIVE
        return Painter(session, image.name, mask.name, side)


def _input(session: Any, channels: int) -> Any:
    return next(found for found in session.get_inputs() if len(found.shape) == 4 and found.shape[1] == channels)


def _poor() -> BackendUnavailable:
    return BackendUnavailable(backend=MODEL.name, reason="there is not enough memory for it")


def selftest(scene: Scene) -> Result:
    """A hole in a painted scene is filled like its surroundings: nearer to them than a grey patch, nothing else changed."""
    height, width = scene.image.shape[0], scene.image.shape[1]
    mask = np.zeros((height, width), np.float32)
    mask[height // 3 : height // 2, width // 3 : width // 2] = 1
    result, wide = Lama().inpaint(scene.image, mask, "nothing", 7)
    kept = bool((result[wide < 0.5] == scene.image[wide < 0.5]).all())
    ring = (cv2.dilate(wide, np.ones((25, 25), np.uint8)) > 0) & (wide < 0.5)
    around, inside = scene.image[ring].mean(axis=0), result[wide > 0].mean(axis=0)
    away, grey = float(np.abs(inside - around).mean()), float(np.abs(around - 128).mean())
    said = f"{away:.0f}"
    return Result(
        kept and away < max(20.0, 0.5 * grey),
        f"a hole was filled {said} steps of 255 from its surroundings, nothing beside it changed: {'yes' if kept else 'no'}",
        f"un trou a été rempli à {said} niveaux sur 255 de son entourage, rien d'autre n'a changé\u00a0: {'oui' if kept else 'non'}",
    )
