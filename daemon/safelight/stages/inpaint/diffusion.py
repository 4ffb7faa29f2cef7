"""Inpainting with whatever English words describe: Stable Diffusion 2 Inpainting. Its weights are fetched, not shipped.

Never the whole photo: windows around the parts of the mask (see `crops`) go through the network near the size it was
trained at, and what it painted is set back into the hole alone, with the light and the grain of the photo (see `seams`).
Each window sees what those before it painted. One photo at a time on a machine: the weights take gigabytes, and lanes wait
for each other rather than give way to a lesser backend. A photo is finished in memory or not at all. Out of memory the windows are
tried smaller, twice; then BackendUnavailable lets the next backend do the work, and the record says so.

Words of ours become a fuller English phrase, other words are given as they are. The solver takes no random numbers but
the first noise, whose seed is the step's: the same arguments give the same bytes on one kind of machine.
No safety checker is loaded: the model comes without one (docs/models/sd2.md says what that means).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from safelight.model.errors import BackendUnavailable, NothingToCopy, StageError
from safelight.stages import devices, machine, progress
from safelight.stages.base import Image, Inpainter, Mask
from safelight.stages.fetched import SD2, complete, reading
from safelight.stages.inpaint.seams import Flags, Floats
from safelight.stages.inpaint.weave import outward
from safelight.stages.inpaint.windowed import Size, painted
from safelight.stages.models.selftest import Result, Scene
from safelight.stages.prompts import PromptClass, prompt_class

MODEL = SD2
STEPS = 20
"""Of the solver (DPM-Solver++ of second order), for which twenty are usual."""
GUIDANCE = 7.5
THREADS = 4
"""Always, whatever the lane has: torch's group norm sums by threads, and the bytes of a step may not depend on them."""
SIZES = (1.0, 0.75, 0.5)
"""Windows in shares of the size the network was trained at: the smaller ones only when memory runs out."""
WORKING = 1_500_000_000
"""Bytes that one step takes beside the weights, rounded up from a measured one (docs/models/sd2.md)."""

PHRASES: dict[PromptClass, str] = {
    "wall": "a plain empty concrete wall, evenly lit, photograph",
    "road": "plain asphalt of a race track, photograph",
    "sky": "clear sky, photograph",
    "grass": "mown grass, photograph",
    "board": "a plain empty board without any writing, photograph",
    "nothing": "empty background, photograph",
}
AVOID = "text, letters, writing, logo, advertising, watermark, people, car"
"""What the network is steered away from where one of our own words is painted; free words are given alone."""


class Diffusion(Inpainter):
    """The `sd2` backend: any words but "nothing", for which it invents things; a rule that pins it gets that too."""

    name = "sd2"
    version = 1
    trained = True
    rim = 2

    def understands(self, prompt: str) -> bool:
        """Any words, except those for "nothing"."""
        return any(character.isalnum() for character in prompt) and prompt_class(prompt) != "nothing"

    def unavailable(self) -> str | None:
        """Absent files, or too little memory; damaged files show when they are loaded."""
        return MODEL.missing()

    def fingerprint(self) -> str:
        """SHA-256 over the model's files."""
        return MODEL.fingerprint()

    def _fill(self, image: Image, mask: Mask, prompt: str, seed: int) -> tuple[Image, Mask]:
        if not any(character.isalnum() for character in prompt):
            raise StageError(stage="inpaint", reason="the rule does not say what to paint")
        hole = outward(mask, image, self.rim)
        if hole.all():
            raise NothingToCopy(stage="inpaint", wanted=prompt, reason="the mask covers the whole picture")
        folder = MODEL.there()
        with machine.turn(folder / MODEL.files[0], lambda: progress.say(0, STEPS)), machine.torch_threads(THREADS):
            painter = Painter.of(folder, prompt)
            for share in SIZES:
                try:
                    size = round(painter.native * share)
                    return painted(image, hole, painter, size, seed), hole.astype(np.float32)
                except (MemoryError, RuntimeError) as fault:
                    if not machine.out_of_memory(fault):
                        raise
        raise BackendUnavailable(backend=self.name, reason="there is not enough memory for it")


class Painter:
    """The network, asked for one prompt. `native` is the side it was trained at, `step` what its sides are multiples of.

    `steps` is how often it tells of a window (`windowed.Painter`).
    """

    def __init__(self, pipe: Any, embeds: tuple[Any, Any]) -> None:
        self._pipe, self._embeds = pipe, embeds
        self.native = int(pipe.unet.config.sample_size) * int(pipe.vae_scale_factor)
        self.step = int(pipe.vae_scale_factor) * 2 ** (len(pipe.unet.config.block_out_channels) - 1)
        self.steps = STEPS

    @classmethod
    def of(cls, folder: Path, prompt: str) -> Painter:
        """The painter of these words; raises BackendUnavailable (files damaged or gone, too little memory)."""
        import torch

        device = devices.torch_device()
        pipe = loaded(folder, machine.number_type_on(device), device)
        wanted, avoided = words(prompt)
        with reading(MODEL), torch.inference_mode():
            return cls(pipe, pipe.encode_prompt(wanted, torch.device(device), 1, True, avoided))

    def paint(self, known: Image, hole: Flags, size: Size, seed: int, each: Callable[[int], None]) -> Floats:
        """(h, w, 3) in 0–255: the window as the network paints it, at its own size again; `each` hears of every step."""
        import torch

        height, width = size
        shrinks = known.shape[0] * known.shape[1] > height * width
        small = cv2.resize(known, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
        # Whatever the hole touches is hidden: the network must not see a rim of what is to go.
        covered = cv2.resize(hole.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA) > 0

        def ended(_pipe: Any, step: int, _time: Any, values: dict[str, Any]) -> dict[str, Any]:
            each(step + 1)
            return values

        with torch.inference_mode():
            answer = self._pipe(
                prompt_embeds=self._embeds[0],
                negative_prompt_embeds=self._embeds[1],
                image=small[None].astype(np.float32) / 255,
                mask_image=covered[None].astype(np.float32),
                height=height,
                width=width,
                num_inference_steps=STEPS,
                guidance_scale=GUIDANCE,
                generator=torch.Generator("cpu").manual_seed(seed),
                callback_on_step_end=ended,
                output_type="np",
            ).images[0]
        wide = cv2.resize(
            np.asarray(answer, np.float32) * 255, (known.shape[1], known.shape[0]), interpolation=cv2.INTER_CUBIC
        )
        if not np.isfinite(wide).all():
            raise StageError(stage="sd2", reason="the network answered with numbers that are no picture")
        result: Floats = np.clip(wide, 0, 255)
        return result


def words(prompt: str) -> tuple[str, str]:
    """(what to paint, what to avoid) as the network is asked: our own words more fully, others as they are."""
    kind = prompt_class(prompt)
    return (" ".join(prompt.split()), "") if kind is None else (PHRASES[kind], AVOID)


def selftest(scene: Scene) -> Result:
    """A patch of a painted scene becomes a plain wall: other pixels stay, and the wall is no noise (takes minutes)."""
    height, width = scene.image.shape[0], scene.image.shape[1]
    mask = np.zeros((height, width), np.float32)
    mask[height // 3 : height // 2, width // 3 : width // 2] = 1
    result, wide = Diffusion().inpaint(scene.image, mask, "plain wall", 7)
    kept = bool((result[wide < 0.5] == scene.image[wide < 0.5]).all())
    tone = cv2.cvtColor(result, cv2.COLOR_RGB2GRAY).astype(np.float32)[
        height // 3 : height // 2, width // 3 : width // 2
    ]
    rough = float(np.abs(tone - cv2.GaussianBlur(tone, (0, 0), 2)).mean())
    said = f"{rough:.1f}"
    return Result(
        kept and rough < 12,
        f"a wall was painted, its roughness {said} (noise has more than 12), nothing beside it changed: {'yes' if kept else 'no'}",
        f"un mur a été peint, rugosité {said.replace('.', ',')} (du bruit dépasse 12), rien d'autre n'a changé\u00a0: {'oui' if kept else 'non'}",
    )


def loaded(folder: Path, kind: str, device: str = "cpu") -> Any:
    """The pipeline on `device`, computing in torch's type `kind`. Only classes named here are made, only safetensors are read.

    It is loaded for each photo anew, which takes seconds beside minutes, and so holds no memory between photos.
    """
    import torch
    from diffusers import (
        AutoencoderKL,
        DPMSolverMultistepScheduler,
        StableDiffusionInpaintPipeline,
        UNet2DConditionModel,
    )
    from transformers import CLIPTextModel, CLIPTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    dtype = getattr(torch, kind)
    stamps = MODEL.stamps(folder)
    weights = sum(size for name, size, _ in stamps if name.endswith(".safetensors"))  # two bytes a number
    if not machine.holds(weights * dtype.itemsize // 2 + WORKING, machine.memory_left_on(device)):
        raise BackendUnavailable(backend=MODEL.name, reason="there is not enough memory for it")
    local = {"use_safetensors": True, "local_files_only": True, "variant": "fp16", "output_loading_info": True}
    with reading(MODEL):
        unet, told_unet = UNet2DConditionModel.from_pretrained(
            folder / "unet", torch_dtype=dtype, low_cpu_mem_usage=False, **local
        )
        vae, told_vae = AutoencoderKL.from_pretrained(
            folder / "vae", torch_dtype=dtype, low_cpu_mem_usage=False, **local
        )
        text, told_text = CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=dtype, **local)
        for told in (told_unet, told_vae, told_text):
            complete(MODEL, told["missing_keys"], told["mismatched_keys"])
        pipe = StableDiffusionInpaintPipeline(
            vae=vae,
            text_encoder=text,
            tokenizer=CLIPTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True),
            unet=unet,
            scheduler=DPMSolverMultistepScheduler.from_pretrained(folder / "scheduler", local_files_only=True),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
        pipe.to(device)
    pipe.set_progress_bar_config(disable=True)
    return pipe
