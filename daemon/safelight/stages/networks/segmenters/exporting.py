"""A segmenter as an ONNX file: any height and width, normalisation inside, chances out; compared with torch before it is kept.

Input `picture`: (1, 3, H, W) float32 sRGB in 0–1. Output `chances`: (1, classes, H, W), summing to 1 over the classes.
Classes, colours and the size the network was trained at stand in the file's metadata (`safelight`, JSON). The exporter of
torch traces the network; what depends on the size is written here so that tracing keeps it (`_Whole`, `_AnyContext`).
Needs the package `onnx` (extra `export`).
"""

from __future__ import annotations

import copy
import importlib.util
import json
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from safelight.files import write_through
from safelight.model.errors import CANNOT, PermanentError
from safelight.stages.networks.segmenters.base import Context, Segmenter, resize
from safelight.stages.networks.segmenters.files import Loaded

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

OPSET = 17
"""What onnxruntime reads since 2022."""
CLOSE = 1e-3
"""The largest difference of a chance, 0–1, that is put down to sums in another order."""
SIZES = ((240, 320), (97, 131), (33, 64))
"""(height, width) of the random pictures on which both are asked: other sizes than the traced one, and odd ones."""


class CannotExport(PermanentError):
    """A network that cannot be written as ONNX."""

    code = "segmenter_export"
    exit_status = CANNOT
    en, fr = "{file} cannot be exported: {reason}.", "{file} ne peut pas être exporté : {raison}."
    do_en = "Nothing was written; use the safetensors file."
    do_fr = "Rien n'a été écrit ; utilisez le fichier safetensors."


@dataclass(frozen=True)
class Exported:
    """A written file: its bytes, and the largest difference of a chance between torch and onnxruntime."""

    path: Path
    bytes: int
    difference: float
    pictures: tuple[tuple[int, int], ...] = SIZES


def unavailable() -> str | None:
    """Why nothing can be exported here (a clause for people), or None."""
    if importlib.util.find_spec("onnx") is None:
        return "the package onnx is not installed (pip install 'safelight[export]')"
    return None


def export(loaded: Loaded, path: Path, source: Path) -> Exported:
    """Write the network to `path`, after onnxruntime gave the same answers. Raises CannotExport, OSError."""
    reason = unavailable()
    if reason is not None:
        told = "le paquet onnx n'est pas installé (pip install 'safelight[export]')"
        raise CannotExport(file=source, reason=reason, raison=told)
    whole = _Whole(loaded.net)
    data = _described(_traced(whole), loaded)
    difference = compared(loaded.net, data)
    if not difference <= CLOSE:
        raise CannotExport(
            file=source,
            reason=f"onnxruntime answers otherwise than torch (a chance differs by {difference:.2g})",
            raison=f"onnxruntime répond autrement que torch (une probabilité diffère de {difference:.2g})",
        )
    write_through(path, data)
    return Exported(path, len(data), difference)


def compared(net: Segmenter, data: bytes) -> float:
    """The largest difference of a chance on random pictures of several sizes."""
    session, worst = session_of(data), 0.0
    rng = np.random.default_rng(1)
    for size in SIZES:
        picture = rng.random((1, 3, *size), np.float32)
        with torch.inference_mode():
            ours = functional.softmax(net(torch.from_numpy(picture)), 1).numpy()
        theirs = session.run(None, {"picture": picture})[0]
        if theirs.shape != ours.shape:
            return float("inf")
        worst = max(worst, float(np.abs(ours - theirs).max()))
    return worst


def session_of(data: bytes) -> InferenceSession:
    """The file's network in onnxruntime on one thread."""
    import onnxruntime as ort

    settings = ort.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    settings.log_severity_level = 3
    return ort.InferenceSession(data, settings, providers=["CPUExecutionProvider"])


def _traced(whole: _Whole) -> bytes:
    sides = {2: "height", 3: "width"}
    with tempfile.TemporaryDirectory(prefix="safelight-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing: what depends on the size is compared on other sizes afterwards
        target = Path(folder) / "net.onnx"
        torch.onnx.export(
            whole, (torch.zeros(1, 3, 3 * whole.stride, 4 * whole.stride),), target, dynamo=False, opset_version=OPSET,
            input_names=["picture"], output_names=["chances"], dynamic_axes={"picture": sides, "chances": sides},
        )  # fmt: skip
        return target.read_bytes()


def _described(data: bytes, loaded: Loaded) -> bytes:
    """The file with what it says of itself."""
    import onnx

    model = onnx.load_model_from_string(data)
    onnx.checker.check_model(model)
    about: dict[str, Any] = {**loaded.about.to_json(), "weights": loaded.sha256}
    model.metadata_props.add(key="safelight", value=json.dumps(about, ensure_ascii=False))
    model.producer_name = "safelight"
    made: bytes = model.SerializeToString()
    return made


def about_of(data: bytes) -> dict[str, Any]:
    """What a file written here says of itself."""
    import onnx

    texts = {item.key: item.value for item in onnx.load_model_from_string(data).metadata_props}
    told: dict[str, Any] = json.loads(texts["safelight"])
    return told


class _Whole(nn.Module):
    """`Segmenter.forward` and softmax with nothing decided by the size while tracing: pads always, if only by nothing."""

    def __init__(self, net: Segmenter) -> None:
        super().__init__()
        self.net = copy.deepcopy(net).cpu().float().eval()
        self.stride = net.stride
        for module in self.net.modules():
            if isinstance(module, Context):
                module.__class__ = _AnyContext

    def forward(self, picture: Tensor) -> Tensor:
        """(1, 3, H, W) to chances (1, classes, H, W)."""
        height, width = picture.shape[2:]
        below, right = -height % self.stride, -width % self.stride
        x = (picture - self.net.mean) / self.net.spread
        x = functional.pad(x, (0, right, 0, below), mode="replicate")
        logits = resize(self.net.levels(x)[0], (height + below, width + right))
        return functional.softmax(logits[..., :height, :width], 1)


class _AnyContext(Context):
    """`Context` whose means over fields are products with two tables of shares, which a traced file can make for any size."""

    def forward(self, x: Tensor) -> Tensor:
        """As `Context.forward`."""
        views = []
        for field, view in zip(self.fields, self.views, strict=True):
            down, across = _shares(x, 2, field), _shares(x, 3, field)
            views.append(resize(functional.relu(view(down @ x @ across.transpose(0, 1))), x.shape[2:]))
        mixed: Tensor = self.mix(torch.cat([x, *views], 1))
        return mixed


def _shares(x: Tensor, side: int, field: int) -> Tensor:
    """(field, length) how much every row (or column) of `x` counts in each mean of adaptive pooling."""
    length = torch.ones_like(x[0, 0, :, 0] if side == 2 else x[0, 0, 0, :]).cumsum(0)  # 1, 2, … length
    whole = length[-1]
    place = torch.arange(field, dtype=x.dtype)
    starts = torch.floor(place * whole / field)
    ends = torch.ceil((place + 1) * whole / field)
    inside = ((length[None] > starts[:, None]) & (length[None] <= ends[:, None])).to(x.dtype)
    return inside / (ends - starts)[:, None]
