"""CLIPSeg and Stable Diffusion at full size with random weights: ratios that do not depend on what they learnt.

`python bench/bench_fetched.py words` encodes a picture once for four words and once for each of their phrases;
`python bench/bench_fetched.py paint` runs one guided step of the denoising network at 512 px, the coder there and back,
and what Safelight does around them for a window. Needs 8 GB of memory and no weights.
"""

from __future__ import annotations

import importlib.util
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from safelight.stages.inpaint.diffusion import STEPS
from safelight.stages.inpaint.seams import Grain, met

OFFICIAL = Path(__file__).parents[1] / "tests" / "stages" / "official_models.py"
WORDS = ("green post", "a flag", "an advertising board", "a kart")


def official() -> Any:
    spec = importlib.util.spec_from_file_location("official_models", OFFICIAL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def random(make: Callable[[], Any], std: float = 0.02) -> Any:
    """A network without numbers, filled quickly."""
    with torch.device("meta"):
        network = make()
    network = network.to_empty(device="cpu")
    for tensor in network.state_dict().values():
        if tensor.is_floating_point():
            tensor.normal_(0, std)
    return network.eval()


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """(processor seconds, seconds)."""
    before, start = time.process_time(), time.monotonic()
    with torch.inference_mode():
        work()
    return time.process_time() - before, time.monotonic() - start


def say(what: str, took: tuple[float, float]) -> None:
    print(f"{what}: {took[0]:.2f} s of processor, {took[1]:.2f} s")


def words() -> None:
    from transformers import CLIPSegConfig, CLIPSegForImageSegmentation

    torch.set_num_threads(1)
    model = random(lambda: CLIPSegForImageSegmentation(CLIPSegConfig(**official().CLIPSEG)))
    for tower in (
        model.clip.text_model,
        model.clip.vision_model,
    ):  # not kept in weight files: filled as they are when loaded
        ids = tower.embeddings.position_ids
        ids.copy_(torch.arange(ids.shape[1])[None])
    pixels = torch.randn(1, 3, 352, 352)
    tokens = torch.randint(0, 49405, (3, 9))
    tokens[:, 0], tokens[:, -1] = 49406, 49407

    def once() -> None:
        states = model.clip.get_image_features(pixels, output_hidden_states=True).hidden_states
        seen = [states[index + 1] for index in model.extract_layers]
        for _ in WORDS:
            asked = model.get_conditional_embeddings(batch_size=3, input_ids=tokens)
            model.decoder([layer.expand(3, -1, -1) for layer in seen], asked)

    def each() -> None:
        for _ in WORDS:
            model(pixel_values=pixels.expand(3, -1, -1, -1), input_ids=tokens)

    def one_phrase() -> None:
        for _ in WORDS:
            model(pixel_values=pixels, input_ids=tokens[:1])

    timed(one_phrase)
    a, b, c = timed(once), timed(each), timed(one_phrase)
    say("four words in three phrases, encoded once", a)
    say("the same, every phrase with the picture", b)
    say("four words in one phrase, each with the picture", c)
    print(f"ratios: {b[0] / a[0]:.1f} and {c[0] / a[0]:.1f}")


def paint() -> None:
    torch.set_num_threads(4)
    step = denoised()
    say("one guided step at 512 px", step)
    peak("with the denoising network")
    there, back = coded()
    say("the coder there", there)
    say("the coder back", back)
    image = np.random.default_rng(0).normal(120, 5, (1024, 1024, 3)).clip(0, 255).astype(np.uint8)
    hole = np.zeros((1024, 1024), bool)
    hole[300:700, 100:900] = True
    fresh = image.astype(np.float32)
    grain = Grain(image, hole)
    ours = timed(lambda: grain.added(met(fresh, image, hole, 2.0), hole, 3))
    say("Safelight around a window of 1,024 px", ours)
    share, coder = ours[0] / (STEPS * step[0]), (there[0] + back[0]) / (STEPS * step[0])
    print(f"of the {STEPS} steps of a window: ours {100 * share:.2f} %, the coder {100 * coder:.1f} %")


def denoised() -> tuple[float, float]:
    from diffusers import UNet2DConditionModel

    unet = random(lambda: UNet2DConditionModel.from_config(official().UNET))
    latents, text = torch.randn(2, 9, 64, 64), torch.randn(2, 77, 1024)
    return timed(lambda: unet(latents, torch.tensor(500), encoder_hidden_states=text))


def coded() -> tuple[tuple[float, float], tuple[float, float]]:
    from diffusers import AutoencoderKL

    vae = random(lambda: AutoencoderKL.from_config(official().VAE))
    there = timed(lambda: vae.encode(torch.randn(1, 3, 512, 512)))
    return there, timed(lambda: vae.decode(torch.randn(1, 4, 64, 64)))


def peak(when: str) -> None:
    print(f"memory {when}: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    {"words": words, "paint": paint}[sys.argv[1]]()
