"""Tiny random models of the very classes that the fetched ones are of, written as the files that are fetched.

They know nothing: what is tried with them is loading, batching, sizes, crops and pasting, by the libraries' real code.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from safelight.stages.models.entries import Entry, File
from safelight.stages.models.registry import MODELS

START, END = "<|startoftext|>", "<|endoftext|>"


def unpinned() -> dict[str, Entry]:
    """The registry with entries for the tiny models: any bytes will do."""
    names = ("clipseg", "clip", "sd2-inpainting", "lama")
    return {name: replace(MODELS[name], files=tuple(File(file.name) for file in MODELS[name].files)) for name in names}


def no_models(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache without models, tiny ones welcome; returns the folder in which models lie."""
    monkeypatch.setenv("SAFELIGHT_CACHE", str(cache))
    monkeypatch.setenv("HF_HOME", str(cache / "hub"))
    for name, entry in unpinned().items():
        monkeypatch.setitem(MODELS, name, entry)
    return cache / "safelight" / "models"


def _letters() -> list[str]:
    """The 256 visible signs by which byte-level BPE writes bytes (GPT-2's table)."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [256 + n for n in range(256 - len(shown))]
    return [chr(n) for n in (*shown, *others)]


def tokenizer(folder: Path) -> Path:
    """A CLIP tokenizer that knows single letters only: vocab.json, merges.txt and its configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    letters = _letters()
    words = [*letters, *(letter + "</w>" for letter in letters), START, END]
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    config = {
        "tokenizer_class": "CLIPTokenizer", "bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END,
        "model_max_length": 77, "do_lower_case": True, "errors": "replace", "add_prefix_space": False,
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder


VOCABULARY, FIRST, LAST = 514, 512, 513


def clipseg(folder: Path, seed: int = 0) -> Path:
    """A CLIPSeg of 0.1 million numbers in a folder like the official one."""
    from transformers import CLIPSegConfig, CLIPSegForImageSegmentation

    torch.manual_seed(seed)
    config = CLIPSegConfig(
        text_config={
            "vocab_size": VOCABULARY, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2,
            "num_attention_heads": 2, "bos_token_id": FIRST, "eos_token_id": LAST, "pad_token_id": LAST,
        },
        vision_config={
            "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 4, "num_attention_heads": 2,
            "image_size": 32, "patch_size": 16,
        },
        projection_dim=16, extract_layers=[1, 2, 3], reduce_dim=8, decoder_num_attention_heads=2,
        decoder_intermediate_size=16, use_complex_transposed_convolution=True,
    )  # fmt: skip
    model = CLIPSegForImageSegmentation(config)
    with torch.no_grad():  # random numbers as they are initialised give .5 everywhere
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape) * 0.25)
    model.save_pretrained(folder, safe_serialization=True)
    preparation = {
        "image_processor_type": "ViTImageProcessor", "do_resize": True, "size": {"height": 352, "width": 352}, "resample": 2,
        "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True,
        "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225],
    }  # fmt: skip
    (folder / "preprocessor_config.json").write_text(json.dumps(preparation))
    return tokenizer(folder)


def clip(folder: Path, seed: int = 0) -> Path:
    """A CLIP of 0.1 million numbers in a folder like the official one."""
    from transformers import CLIPConfig, CLIPModel

    torch.manual_seed(seed)
    config = CLIPConfig(
        text_config={
            "vocab_size": VOCABULARY, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2,
            "num_attention_heads": 2, "bos_token_id": FIRST, "eos_token_id": LAST, "pad_token_id": LAST,
            "projection_dim": 16,
        },
        vision_config={
            "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
            "image_size": 224, "patch_size": 56, "projection_dim": 16,
        },
        projection_dim=16,
    )  # fmt: skip
    model = CLIPModel(config)
    with torch.no_grad():  # random numbers as they are initialised say the same of every picture
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape) * 0.25)
        model.logit_scale.fill_(2.0)
    model.save_pretrained(folder, safe_serialization=True)
    preparation = {
        "image_processor_type": "CLIPImageProcessor", "do_resize": True, "size": {"shortest_edge": 224}, "resample": 3,
        "do_center_crop": True, "crop_size": {"height": 224, "width": 224}, "do_rescale": True, "rescale_factor": 1 / 255,
        "do_normalize": True, "image_mean": [0.4815, 0.4578, 0.4082], "image_std": [0.2686, 0.2613, 0.2758],
        "do_convert_rgb": True,
    }  # fmt: skip
    (folder / "preprocessor_config.json").write_text(json.dumps(preparation))
    return tokenizer(folder)


def sd2(folder: Path, seed: int = 0, side: int = 64) -> Path:
    """A Stable Diffusion inpainting pipeline of 0.3 million numbers in a folder like the official one, 16-bit as that."""
    from diffusers import AutoencoderKL, PNDMScheduler, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(seed)
    unet = UNet2DConditionModel(
        sample_size=side // 8, in_channels=9, out_channels=4, layers_per_block=1, block_out_channels=(8, 16),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16, attention_head_dim=(2, 4), norm_num_groups=4, use_linear_projection=True,
    )  # fmt: skip
    vae = AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=4, layers_per_block=1, block_out_channels=(4, 4, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, norm_num_groups=4,
        sample_size=side,
    )  # fmt: skip
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=VOCABULARY, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
            bos_token_id=FIRST, eos_token_id=LAST, pad_token_id=LAST,
        )
    )  # fmt: skip
    for name, part in (("unet", unet), ("vae", vae), ("text_encoder", text)):
        part.half().save_pretrained(folder / name, safe_serialization=True, variant="fp16")
    PNDMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", skip_prk_steps=True, steps_offset=1
    ).save_pretrained(folder / "scheduler")
    tokenizer(folder / "tokenizer")
    return folder


def lama(folder: Path, side: int = 64, answer: str = "blur") -> Path:
    """An ONNX file with the inputs and the output of big-lama's export: it fills the hole with a mean of what is around.

    `answer`: "blur", "nan" (numbers that are no picture) or "small" (another size than asked).
    """
    import onnx
    from onnx import TensorProto, helper

    kernel = 31
    shape = [1, 3, side, side]
    weights = [1.0] * (kernel * kernel)
    constants = [
        helper.make_tensor("ones3", TensorProto.FLOAT, [3, 1, kernel, kernel], weights * 3),
        helper.make_tensor("ones1", TensorProto.FLOAT, [1, 1, kernel, kernel], weights),
        helper.make_tensor("one", TensorProto.FLOAT, [], [1.0]),
        helper.make_tensor("tiny", TensorProto.FLOAT, [], [1e-6]),
        helper.make_tensor("full", TensorProto.FLOAT, [], [float("nan") if answer == "nan" else 255.0]),
        helper.make_tensor("starts", TensorProto.INT64, [1], [0]),
        helper.make_tensor("ends", TensorProto.INT64, [1], [side - 1 if answer == "small" else side]),
        helper.make_tensor("axes", TensorProto.INT64, [1], [3]),
    ]
    pads = [kernel // 2] * 4
    nodes = [
        helper.make_node("Sub", ["one", "mask"], ["known"]),
        helper.make_node("Mul", ["image", "known"], ["seen"]),
        helper.make_node("Conv", ["seen", "ones3"], ["sum"], group=3, pads=pads),
        helper.make_node("Conv", ["known", "ones1"], ["count0"], pads=pads),
        helper.make_node("Add", ["count0", "tiny"], ["count"]),
        helper.make_node("Div", ["sum", "count"], ["mean"]),
        helper.make_node("Mul", ["mean", "mask"], ["fill"]),
        helper.make_node("Add", ["seen", "fill"], ["whole"]),
        helper.make_node("Mul", ["whole", "full"], ["scaled"]),
        helper.make_node("Slice", ["scaled", "starts", "ends", "axes"], ["output"]),
    ]
    wide = [1, 3, side, side - 1] if answer == "small" else shape
    graph = helper.make_graph(
        nodes, "tiny",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape), helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, 1, side, side])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, wide)],
        constants,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(folder / "lama_fp32.onnx"))
    return folder
