"""Networks without their classifiers: built by name, filled with weights that were checked, ready to be asked or trained.

Imports torch; `backbones` imports this only when a network is needed. Every body takes (N, 3, H, W) floats in 0–1, sRGB,
normalises as its makers did, and answers with maps (N, channels, h, w).
"""

from __future__ import annotations

import io
from pathlib import Path

import torch
from torch import Tensor, nn

from safelight.model.errors import BackendUnavailable

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CLIP_MEAN, CLIP_DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
KNOWN = {
    "squeezenet1_1": ("95788d6410bd10f0884397f06af7dc8bc8bd5299d3ed3fcc0d3abeef3e0e4ab8",),
}
"""Name → SHA-256 of files beside torchvision's own: for SqueezeNet its authors' weights, in torchvision's names."""


class Body(nn.Module):
    """`net` behind its normalisation; `prefix` is what its tensors are called by in the whole network."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, net: nn.Module, prefix: str = "", *, clip: bool = False) -> None:
        super().__init__()
        self.net, self.prefix = net, prefix
        mean, deviation = (CLIP_MEAN, CLIP_DEVIATION) if clip else (MEAN, DEVIATION)
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(deviation).view(1, 3, 1, 1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Maps of pictures in 0–1."""
        maps: Tensor = self.net((x - self.mean) / self.deviation)
        return maps


class Tower(Body):
    """CLIP's image tower: its projected answer as maps of one pixel, (N, width, 1, 1)."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model, clip=True)

    def forward(self, x: Tensor) -> Tensor:
        """Maps of pictures in 0–1, 224 x 224."""
        answer: Tensor = self.net(pixel_values=(x - self.mean) / self.deviation).image_embeds
        return answer[:, :, None, None]


def bare(name: str) -> Body:
    """The torchvision network `name` without classifier, its weights drawn; raises BackendUnavailable for other names."""
    from torchvision import models

    try:
        with torch.random.fork_rng(devices=[]):
            whole = models.get_model(name, weights=None)
    except (ValueError, TypeError):
        raise BackendUnavailable(backend=name, reason="torchvision knows no network of that name") from None
    if isinstance(getattr(whole, "features", None), nn.Module):
        return Body(whole.features, "features.")
    if isinstance(getattr(whole, "layer4", None), nn.Module):  # the residual networks
        chain = nn.Sequential()
        for key, part in whole.named_children():
            if key not in {"avgpool", "fc"}:
                chain.add_module(key, part)
        return Body(chain)
    raise BackendUnavailable(
        backend=name, reason="only networks that end in maps (features, layer4) serve as backbones"
    )


def filled(name: str, path: Path, sha256: str) -> Body:
    """The network `name` with the weights in `path`, whose digest is `sha256`; raises BackendUnavailable."""
    net = bare(name)
    _known(name, path, sha256)
    wanted = net.net.state_dict().keys()
    state = {
        key.removeprefix(net.prefix): value for key, value in _state(name, path).items() if key.startswith(net.prefix)
    }
    try:
        net.net.load_state_dict({key: value for key, value in state.items() if key in wanted})
    except (RuntimeError, AttributeError):
        raise BackendUnavailable(backend=name, reason=f"{path.name} holds the weights of another network") from None
    return net.eval()


def _known(name: str, path: Path, found: str) -> None:
    """Raise BackendUnavailable unless torchvision (by the digits in its files' names) or KNOWN tell this digest."""
    from torchvision import models

    urls = [str(weights.url) for weights in models.get_model_weights(name)]
    starts = [url.rsplit("-", 1)[-1].split(".")[0] for url in urls] + [known[:8] for known in KNOWN.get(name, ())]
    if not any(len(start) >= 8 and found.startswith(start) for start in starts):
        told = ", ".join(f"{start}…" for start in starts)
        reason = f"the SHA-256 of {path.name} is {found[:12]}…; known for this network: {told}"
        raise BackendUnavailable(backend=name, reason=reason)


def _state(name: str, path: Path) -> dict[str, Tensor]:
    try:
        state = torch.load(io.BytesIO(path.read_bytes()), map_location="cpu", weights_only=True)
    except Exception:  # noqa: BLE001 - the reader of pickles raises whatever foreign bytes lead it to
        state = None
    if not isinstance(state, dict):
        raise BackendUnavailable(backend=name, reason=f"{path.name} holds no weights")
    return state


def clip(folder: Path) -> Tower:
    """CLIP's image tower in a local folder of config.json and model.safetensors; raises BackendUnavailable."""
    from transformers import CLIPVisionModelWithProjection

    try:
        model, told = CLIPVisionModelWithProjection.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, output_loading_info=True
        )
    except Exception as fault:  # noqa: BLE001 - a loader raises whatever a damaged file leads it to
        first = next(iter(str(fault).splitlines()), type(fault).__name__)
        raise BackendUnavailable(backend="clip", reason=f"{folder} cannot be read ({first[:120]})") from None
    if told["missing_keys"]:
        raise BackendUnavailable(backend="clip", reason=f"{folder} lacks {min(told['missing_keys'])}")
    return Tower(model).eval()
