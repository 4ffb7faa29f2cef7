"""Models that are fetched and not shipped: where their files are, whether they are all there, who may read them.

A model is a folder of configuration files and safetensors: the one that `safelight models fetch NAME` fills, or the hub's
cache at the pinned revision. Nothing here downloads. Files are read by the library's own loaders, which are told to stay
local and to take safetensors only; whatever a damaged file makes them raise becomes BackendUnavailable, so that the next
backend can do the work, or the photo is held with a reason.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from safelight.model.errors import BackendUnavailable, SafelightError

Stamps = tuple[tuple[str, int, int], ...]
"""(name, bytes, modified in ns) of every file: what is loaded is loaded anew when one of them changes."""


@dataclass(frozen=True)
class Fetched:
    """A model on the hub, pinned, and the files of it that are read; without one of them it counts as absent."""

    name: str
    repository: str
    revision: str
    files: tuple[str, ...]

    def folder(self, environment: Mapping[str, str] | None = None) -> Path | None:
        """The first folder that holds all the files, or None. Looks at names only."""
        found = (place for place in places(self, os.environ if environment is None else environment))
        return next((place for place in found if all((place / file).is_file() for file in self.files)), None)

    def missing(self) -> str | None:
        """Why it cannot be loaded (a clause for people), or None."""
        return None if self.folder() else f"its weights are not here: `safelight models fetch {self.name}`"

    def there(self) -> Path:
        """Its folder. Raises BackendUnavailable."""
        folder = self.folder()
        if folder is None:
            raise BackendUnavailable(backend=self.name, reason=self.missing())
        return folder

    def stamps(self, folder: Path) -> Stamps:
        """What its files look like now. Raises BackendUnavailable where one of them went meanwhile."""
        with reading(self):
            stats = {file: (folder / file).stat() for file in self.files}
        return tuple((file, stat.st_size, stat.st_mtime_ns) for file, stat in stats.items())

    def fingerprint(self) -> str:
        """SHA-256 over all the files, or an empty text where they are absent. Read once while they stay the same."""
        folder = self.folder()
        return "" if folder is None else _digest(self, folder, self.stamps(folder))


CLIPSEG = Fetched(
    "clipseg",
    "CIDAS/clipseg-rd64-refined",
    "999e0328d9e10b484360c477313983f9afdd7050",
    (
        "config.json",
        "model.safetensors",
        "preprocessor_config.json",
        "tokenizer_config.json",
        "vocab.json",
        "merges.txt",
    ),
)
SD2 = Fetched(
    "sd2-inpainting",
    "sd2-community/stable-diffusion-2-inpainting",
    "5f74973cbb64c8568780732c17f43eb269d63a0d",
    (
        "scheduler/scheduler_config.json",
        "tokenizer/tokenizer_config.json", "tokenizer/vocab.json", "tokenizer/merges.txt",
        "text_encoder/config.json", "text_encoder/model.fp16.safetensors",
        "unet/config.json", "unet/diffusion_pytorch_model.fp16.safetensors",
        "vae/config.json", "vae/diffusion_pytorch_model.fp16.safetensors",
    ),
)  # fmt: skip
"""The repository of its makers left the hub in November 2025; this is a mirror. Its UNet has the same digest as theirs had."""


def places(model: Fetched, environment: Mapping[str, str]) -> Iterator[Path]:
    """Where a model may be, best first: Safelight's cache folder, then the hub's at the pinned revision."""
    cache = environment.get("SAFELIGHT_CACHE") or environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    yield Path(cache) / "safelight" / "models" / model.name
    hub = Path(environment.get("HF_HOME") or Path.home() / ".cache" / "huggingface") / "hub"
    yield hub / f"models--{model.repository.replace('/', '--')}" / "snapshots" / model.revision


@lru_cache(maxsize=4)
def _digest(model: Fetched, folder: Path, stamps: Stamps) -> str:
    del stamps
    total = hashlib.sha256()
    with reading(model):
        for file in model.files:
            with (folder / file).open("rb") as opened:
                total.update(hashlib.file_digest(opened, "sha256").digest())
    return total.hexdigest()


@contextmanager
def reading(model: Fetched) -> Iterator[None]:
    """While the block reads a model's files: any fault becomes BackendUnavailable with what to do."""
    try:
        yield
    except SafelightError:
        raise
    except MemoryError:
        raise BackendUnavailable(backend=model.name, reason="there is not enough memory for it") from None
    except Exception as fault:  # a loader raises whatever a damaged file leads it to
        told = next(iter(str(fault).splitlines()), "") or type(fault).__name__
        raise unusable(model, told) from fault


def unusable(model: Fetched, told: str) -> BackendUnavailable:
    """The refusal of files that are there and cannot be used, and what to do."""
    again = f"`safelight models remove {model.name}`, then `safelight models fetch {model.name}`"
    return BackendUnavailable(backend=model.name, reason=f"its files cannot be used ({told[:120]}): {again}")


def complete(model: Fetched, missing: object, mismatched: object) -> None:
    """Raise BackendUnavailable when a library would have filled gaps of a weight file with random numbers."""
    lacking = [*_names(missing), *_names(mismatched)]
    if lacking:
        raise unusable(model, f"{lacking[0]} is missing or of another size")


def _names(found: object) -> list[str]:
    return sorted(str(item[0] if isinstance(item, tuple) else item) for item in (found or ()))  # type: ignore[attr-defined]
