"""Networks that name every pixel: several architectures behind one factory, `build`.

Each takes (N, 3, H, W) float32 sRGB in 0–1, any height and width, and answers (N, classes, H, W) logits. They know
layers only: what the classes mean stands beside the weights (`files`), how a picture is shown to them in `predict`.
Importing this package loads no torch; building does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from safelight.model.errors import UsageError

if TYPE_CHECKING:
    from torch import nn

    from safelight.stages.networks.segmenters.base import Segmenter


@dataclass(frozen=True)
class Architecture:
    """What is told of an architecture before it is built; `width` is the number of channels its first level has."""

    name: str
    width: int
    en: str
    fr: str
    make: Callable[[int, int, float], Segmenter]


def _unet(classes: int, width: int, dropout: float) -> Segmenter:
    from safelight.stages.networks.segmenters.unet import UNet

    return UNet(classes, width, dropout)


def _separable(classes: int, width: int, dropout: float) -> Segmenter:
    from safelight.stages.networks.segmenters.separable import Separable

    return Separable(classes, width, dropout)


def _residual(classes: int, width: int, dropout: float) -> Segmenter:
    from safelight.stages.networks.segmenters.residual import Residual

    return Residual(classes, width, dropout)


def _squeeze(classes: int, width: int, dropout: float) -> Segmenter:
    from safelight.stages.networks.segmenters.squeeze import Squeeze

    return Squeeze(classes, width, dropout)


ARCHITECTURES: dict[str, Architecture] = {
    item.name: item
    for item in (
        Architecture(
            "unet", 32,
            "the classic U-Net (Ronneberger 2015), with batch normalisation and half the channels",
            "le U-Net classique (Ronneberger 2015), avec normalisation par lots et moitié moins de canaux",
            _unet,
        ),
        Architecture(
            "separable", 24,
            "a light U-Net of depthwise separable blocks with pooled context",
            "un U-Net léger de blocs séparables en profondeur, avec contexte agrégé",
            _separable,
        ),
        Architecture(
            "residual", 32,
            "residual blocks at an eighth and a sixteenth of the picture, dilated, with pooled context; made for processors",
            "des blocs résiduels au huitième et au seizième de l'image, dilatés, avec contexte agrégé ; fait pour les processeurs",
            _residual,
        ),
        Architecture(
            "squeeze", 48,
            "SqueezeNet 1.1 as encoder, which may start from ImageNet weights, and a small decoder",
            "SqueezeNet 1.1 comme encodeur, qui peut partir de poids ImageNet, et un petit décodeur",
            _squeeze,
        ),
    )
}  # fmt: skip


def architecture(name: str) -> Architecture:
    """What is known of `name`; raises UsageError with the names there are."""
    if name not in ARCHITECTURES:
        raise UsageError(reason=f"“{name}” is no network: choose one of {', '.join(ARCHITECTURES)}.")
    return ARCHITECTURES[name]


def build(
    name: str, classes: int, width: int = 0, *, dropout: float = 0.0, pretrained: Path | None = None
) -> Segmenter:
    """A network with fresh weights, drawn from torch's generator as it stands.

    `width` 0 takes the architecture's own; `dropout` (0–1) drops channels before the last layer while training.
    `pretrained` is a file of encoder weights (only `squeeze`, see squeeze.PRETRAINED); raises UsageError for an unknown
    name, BackendUnavailable where that file is absent or not the one meant.
    """
    item = architecture(name)
    if classes < 1 or width < 0 or not 0 <= dropout < 1:
        raise ValueError(f"classes {classes}, width {width}, dropout {dropout}")
    net = item.make(classes, width or item.width, dropout)
    if pretrained is not None:
        from safelight.stages.networks.segmenters import squeeze

        if not isinstance(net, squeeze.Squeeze):
            raise UsageError(reason=f"“{name}” takes no pretrained weights; “squeeze” does.")
        squeeze.start_from(net, pretrained)
    return net


def parameters(net: nn.Module) -> int:
    """How many numbers are learnt."""
    return sum(parameter.numel() for parameter in net.parameters())
