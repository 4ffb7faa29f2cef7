"""Networks of a library's own classes whose files are fetched: are they all there, are they the ones meant, who may read them.

Where they lie and what they must be is `models.places` and `models.registry`; nothing here downloads. Files are read by the
library's own loaders, which are told to stay local and to take safetensors only; whatever a damaged file makes them raise
becomes BackendUnavailable, so that the next backend can do the work, or the photo is held with a reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safelight.model.errors import BackendUnavailable, SafelightError
from safelight.stages.models import places
from safelight.stages.models.registry import MODELS

Stamps = tuple[tuple[str, int, int], ...]
"""(name, bytes, modified in ns) of every file: what is loaded is loaded anew when one of them changes."""


@dataclass(frozen=True)
class Fetched:
    """A model of the registry, and the files of it that are read; without one of them it counts as absent."""

    name: str
    files: tuple[str, ...]

    def folder(self) -> Path | None:
        """The first of its places that holds all the files, or None. Looks at names only."""
        found = places.here().candidates(MODELS[self.name])
        return next((place for place in found if all((place / file).is_file() for file in self.files)), None)

    def missing(self) -> str | None:
        """Why it cannot be loaded (a clause for people), or None."""
        return None if self.folder() else f"its weights are not here: `safelight models fetch {self.name}`"

    def there(self) -> Path:
        """Its folder, the digest of every file compared. Raises BackendUnavailable."""
        folder = self.folder()
        if folder is None:
            raise BackendUnavailable(backend=self.name, reason=self.missing())
        pinned = {file.name: file.sha256 for file in MODELS[self.name].files if file.sha256}
        found = self._digests(folder)
        for file in self.files:
            if pinned.get(file, found[file]) != found[file]:
                raise unusable(self, f"{file} is not the file that is meant")
        return folder

    def stamps(self, folder: Path) -> Stamps:
        """What its files look like now. Raises BackendUnavailable where one of them went meanwhile."""
        with reading(self):
            stats = {file: (folder / file).stat() for file in self.files}
        return tuple((file, stat.st_size, stat.st_mtime_ns) for file, stat in stats.items())

    def fingerprint(self) -> str:
        """SHA-256 over the digests of all its files, or an empty text where they are absent."""
        folder = self.folder()
        if folder is None:
            return ""
        told = "\n".join(f"{sha256} {file}" for file, sha256 in self._digests(folder).items())
        return hashlib.sha256(told.encode()).hexdigest()

    def _digests(self, folder: Path) -> dict[str, str]:
        """File → SHA-256; remembered while size and time stay the same, so that gigabytes are read once."""
        ledger = places.Ledger(places.here().folder)
        with reading(self):
            return {file: ledger.sha256(folder / file) for file in self.files}


_CLIP_FILES = (
    "config.json",
    "model.safetensors",
    "preprocessor_config.json",
    "tokenizer_config.json",
    "vocab.json",
    "merges.txt",
)
CLIPSEG = Fetched("clipseg", _CLIP_FILES)
CLIP = Fetched("clip", _CLIP_FILES)
LAMA = Fetched("lama", ("lama_fp32.onnx",))
SD2 = Fetched(
    "sd2-inpainting",
    (
        "scheduler/scheduler_config.json",
        "tokenizer/tokenizer_config.json", "tokenizer/vocab.json", "tokenizer/merges.txt",
        "text_encoder/config.json", "text_encoder/model.fp16.safetensors",
        "unet/config.json", "unet/diffusion_pytorch_model.fp16.safetensors",
        "vae/config.json", "vae/diffusion_pytorch_model.fp16.safetensors",
    ),
)  # fmt: skip


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


def pretrained(model: Fetched, folder: Path, network: Any, processor: Any) -> tuple[Any, Any]:
    """A network of transformers in 32 bit, ready to answer, and its processor, from files of this folder alone.

    `network` and `processor` are the library's classes. Raises BackendUnavailable for files that cannot be used.
    """
    import torch
    from transformers.utils import logging

    logging.disable_progress_bar()
    with reading(model):
        prepares = processor.from_pretrained(folder, local_files_only=True)
        made, told = network.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=torch.float32, output_loading_info=True
        )
        complete(model, told["missing_keys"], told["mismatched_keys"])
        return made.eval(), prepares


def _names(found: object) -> list[str]:
    return sorted(str(item[0] if isinstance(item, tuple) else item) for item in (found or ()))  # type: ignore[attr-defined]
