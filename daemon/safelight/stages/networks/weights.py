"""Weight files shipped with the package: where they are, whether they are the ones meant, their tensors.

A file is known by name and SHA-256, both written in the code that uses it; one that is absent, or whose bytes differ,
is an error and never a reason to answer with something else. Only safetensors are read: they hold numbers, no code.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from safelight.model.errors import BackendUnavailable

if TYPE_CHECKING:
    from torch import Tensor

FOLDER = Path(__file__).parent / "files"


@dataclass(frozen=True)
class WeightFile:
    """A file in `FOLDER` and the SHA-256 its bytes must have."""

    name: str
    sha256: str

    @property
    def path(self) -> Path:
        """Where the file should be."""
        return FOLDER / self.name

    def missing(self) -> str | None:
        """Why it cannot be loaded (a clause for people), or None; looks only whether it is there."""
        return (
            None if self.path.is_file() else f"its weight file {self.name} is not in {FOLDER}: install Safelight again"
        )


@cache
def load(file: WeightFile) -> dict[str, Tensor]:
    """The tensors of `file` as 32-bit floats, read once per process; raises BackendUnavailable (absent, changed)."""
    from safetensors.torch import load as parse

    reason = file.missing()
    if reason is not None:
        raise BackendUnavailable(backend=file.name, reason=reason)
    data = file.path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != file.sha256:
        changed = (
            f"its bytes were changed (SHA-256 {found[:12]}…, expected {file.sha256[:12]}…): install Safelight again"
        )
        raise BackendUnavailable(backend=file.name, reason=changed)
    return {name: tensor.float() for name, tensor in parse(data).items()}
