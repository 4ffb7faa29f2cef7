"""The libraries still build networks of the published shapes: made without numbers, against the sizes of the pinned files."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from safelight.stages.inpaint.diffusion import Painter
from safelight.stages.models.registry import MODELS


def _official() -> ModuleType:
    path = Path(__file__).with_name("official_models.py")
    spec = importlib.util.spec_from_file_location("official_models", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


official = _official()
HEADER = 250_000
"""Bytes that names and shapes of a file's tensors take at most."""


def clipseg() -> Any:
    """CLIPSeg."""
    from transformers import CLIPSegConfig, CLIPSegForImageSegmentation

    return CLIPSegForImageSegmentation(CLIPSegConfig(**official.CLIPSEG))


def unet() -> Any:
    """The denoising network."""
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel.from_config(official.UNET)


def vae() -> Any:
    """The picture's coder."""
    from diffusers import AutoencoderKL

    return AutoencoderKL.from_config(official.VAE)


def text() -> Any:
    """The words' coder."""
    from transformers import CLIPTextConfig, CLIPTextModel

    return CLIPTextModel(CLIPTextConfig(**official.TEXT))


def clip() -> Any:
    """CLIP ViT-B/32, whose published configuration is the class's own."""
    from transformers import CLIPConfig, CLIPModel

    return CLIPModel(CLIPConfig())


PARTS = [
    (clip, "clip", "model.safetensors", 4),
    (clipseg, "clipseg", "model.safetensors", 4),
    (unet, "sd2-inpainting", "unet/diffusion_pytorch_model.fp16.safetensors", 2),
    (vae, "sd2-inpainting", "vae/diffusion_pytorch_model.fp16.safetensors", 2),
    (text, "sd2-inpainting", "text_encoder/model.fp16.safetensors", 2),
]


@pytest.mark.parametrize(("make", "model", "file", "bytes_each"), PARTS, ids=[part[2] for part in PARTS])
def test_the_pinned_files_hold_just_these_numbers(make: Any, model: str, file: str, bytes_each: int) -> None:
    """What the network of the published configuration holds fills the pinned file but for its list of tensors."""
    with torch.device("meta"):
        network = make()
    assert all(parameter.is_meta for parameter in network.parameters())
    size = next(entry.bytes for entry in MODELS[model].files if entry.name == file)
    numbers = sum(tensor.numel() for tensor in network.state_dict().values())
    assert 0 < size - numbers * bytes_each < HEADER


def test_the_painter_sees_what_it_was_trained_at() -> None:
    """512 pixels, sides in multiples of 64, nine channels in; CLIPSeg answers with 352 x 352 places for 485 patches."""
    with torch.device("meta"):
        network, coder = unet(), vae()
    pipe = type("Pipe", (), {"unet": network, "vae_scale_factor": 2 ** (len(coder.config.block_out_channels) - 1)})()
    painter = Painter(pipe, (None, None))
    assert (painter.native, painter.step) == (512, 64)
    assert network.conv_in.weight.shape == (320, 9, 3, 3)
    assert network.up_blocks[3].attentions[2].transformer_blocks[0].attn2.to_k.weight.shape == (320, 1024)
    with torch.device("meta"):
        seer = clipseg()
        states = seer.clip.get_image_features(torch.zeros(1, 3, 352, 352), output_hidden_states=True).hidden_states
        asked = torch.zeros(3, 512)
        logits = seer.decoder([states[n + 1].expand(3, -1, -1) for n in seer.extract_layers], asked).logits
    assert states[-1].shape == (1, 485, 768)
    assert logits.shape == (3, 352, 352)
