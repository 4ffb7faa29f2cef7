"""What a training depends on besides its data: one frozen value that goes into JSON and back, and the named presets."""

from __future__ import annotations

import dataclasses
import difflib
import json
import math
from dataclasses import dataclass
from typing import Any, Literal

from safelight.learn.segment.errors import BadSettings

LOSS_NAMES = ("cross-entropy", "dice", "both", "mse", "sets")
CHOICES = {
    "loss": LOSS_NAMES,
    "optimizer": ("adamw", "adam", "sgd"),
    "schedule": ("poly", "cosine", "constant"),
    "balance": ("none", "root"),
    "precision": ("auto", "full", "bf16"),
}


@dataclass(frozen=True)
class Settings:
    """All that decides a training. Raises BadSettings for values that make no sense."""

    network: str = "residual"
    width: int = 0
    """Channels of the first level; 0 is the network's own."""
    loss: Literal["cross-entropy", "dice", "both", "mse", "sets"] = "both"
    """`sets` is for labels that say what is possible (see race)."""
    optimizer: Literal["adamw", "adam", "sgd"] = "adamw"
    rate: float = 3e-3
    """Highest learning rate."""
    decay: float = 0.02
    """Weight decay of convolutions (AdamW: decoupled); norms and biases have none."""
    schedule: Literal["poly", "cosine", "constant"] = "poly"
    warm: float = 0.03
    """Share of the training in which the rate rises."""
    batch: int = 8
    size: tuple[int, int] = (240, 320)
    """(height, width) of the crops it learns from, in pixels."""
    longest: int = 480
    """Pictures are brought to this longest side before anything else, here and when the network is used; 0 leaves them."""
    augment: str = "strong"
    """strong, mild, none, or the names of augmentations with commas (see feed.recipe)."""
    balance: Literal["none", "root"] = "root"
    """Weights of classes in the loss: all equal, or by the inverse root of how common they are."""
    aside: float = 0.4
    """How much the auxiliary answers count in the loss."""
    dropout: float = 0.1
    frozen: int = 0
    """So many first layers of a pretrained encoder stay as they are: edges and colours need no learning again."""
    gentle: float = 1.0
    """Part of the learning rate that the other layers of a pretrained encoder get, 0–1."""
    clip: float = 5.0
    """Longest gradient, 0 for any."""
    memory: int = 300
    """Steps over which the served weights are a running mean; 0: the last weights are served."""
    epochs: int = 100
    minutes: float = 0.0
    """If not 0: train for so long instead, the schedule stretched over it; such a run is not repeated bit by bit."""
    hold: float = 0.2
    """Share of the pictures held out for validation where the data has no part for it; 0: none."""
    validate_every: int = 5
    """Epochs between validations; the last one is always followed by one."""
    save_every: float = 120.0
    """Seconds between checkpoints."""
    precision: Literal["auto", "full", "bf16"] = "auto"
    """auto: bf16 on a graphics card that has it, full elsewhere."""
    seed: int = 24

    def __post_init__(self) -> None:
        for key, holds, words, mots in self._checks():
            if not holds:
                raise BadSettings(key=key, value=getattr(self, key), expected=words, attendu=mots)

    def _checks(self) -> list[tuple[str, bool, str, str]]:
        finite = all(math.isfinite(value) for value in dataclasses.astuple(self) if isinstance(value, float))
        return [
            ("rate", finite and self.rate > 0, "a number above 0", "un nombre supérieur à 0"),
            ("decay", self.decay >= 0, "0 or more", "0 ou plus"),
            ("warm", 0 <= self.warm < 1, "0 to 1", "entre 0 et 1"),
            ("batch", self.batch >= 1, "1 or more", "1 ou plus"),
            ("size", len(self.size) == 2 and min(self.size) >= 16, "two sides of 16 pixels or more", "deux côtés d'au moins 16 pixels"),
            ("longest", self.longest == 0 or self.longest >= 16, "0, or 16 pixels or more", "0, ou au moins 16 pixels"),
            ("dropout", 0 <= self.dropout < 1, "0 to 1", "entre 0 et 1"),
            ("aside", self.aside >= 0, "0 or more", "0 ou plus"),
            ("frozen", self.frozen >= 0, "0 or more", "0 ou plus"),
            ("gentle", 0 < self.gentle <= 1, "above 0, at most 1", "plus de 0, au plus 1"),
            ("clip", self.clip >= 0, "0 or more", "0 ou plus"),
            ("memory", self.memory >= 0, "0 or more", "0 ou plus"),
            ("width", self.width >= 0, "0 or more", "0 ou plus"),
            ("epochs", self.epochs >= 1, "1 or more", "1 ou plus"),
            ("minutes", self.minutes >= 0, "0 or more", "0 ou plus"),
            ("hold", 0 <= self.hold < 1, "0 to 1", "entre 0 et 1"),
            ("validate_every", self.validate_every >= 1, "1 or more", "1 ou plus"),
            *(
                (key, getattr(self, key) in words, ", ".join(words), ", ".join(words))
                for key, words in CHOICES.items()
            ),
        ]  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return dataclasses.asdict(self)

    @staticmethod
    def from_json(values: dict[str, Any]) -> Settings:
        """Back from plain values; raises BadSettings for a key that is none (a near one is named) or a wrong kind."""
        known = {field.name: field for field in dataclasses.fields(Settings)}
        for key, value in values.items():
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                raise BadSettings(key=key, value=value, expected=near[0] if near else ", ".join(known),
                                  attendu=near[0] if near else ", ".join(known))  # fmt: skip
            wanted = type(known[key].default)
            if not isinstance(
                value, (wanted, list) if wanted is tuple else (wanted, int) if wanted is float else wanted
            ):
                raise BadSettings(key=key, value=value, expected=wanted.__name__, attendu=wanted.__name__)
        plain: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
        return Settings(**plain)

    def with_words(self, **words: Any) -> Settings:
        """A copy with the given values changed; None leaves one as it is."""
        return dataclasses.replace(self, **{key: value for key, value in words.items() if value is not None})

    def text(self) -> str:
        """As JSON, one key a line."""
        return json.dumps(self.to_json(), indent=1)


PRESETS: dict[str, Settings] = {
    "road": Settings(),
    "polygons": Settings(
        network="unet", width=16, loss="mse", optimizer="adam", rate=0.005, decay=0.0, schedule="constant", warm=0.0,
        batch=3, size=(256, 256), longest=256, augment="mild", balance="root", aside=0.0, dropout=0.0, memory=0,
        epochs=200, validate_every=10,
    ),
    "race": Settings(
        network="squeeze", width=32, loss="sets", rate=2e-3, decay=0.02, schedule="cosine", warm=0.04, batch=8,
        size=(192, 256), longest=320, balance="none", frozen=5, gentle=0.3, epochs=40, memory=200,
    ),
}  # fmt: skip
"""`road`: street scenes of many classes, such as CamVid. `polygons`: the recipe for masks drawn by hand in an annotation
tool: U-Net, mean square error, learning rate .005, three pictures a step; what is drawn counts more than the background,
else the mean square is content with background everywhere. `race`: the network that is shipped (see race)."""


def preset(name: str) -> Settings:
    """A named preset; raises BadSettings with the names there are."""
    if name not in PRESETS:
        raise BadSettings(key="preset", value=name, expected=", ".join(PRESETS), attendu=", ".join(PRESETS))
    return PRESETS[name]
