"""What the weight files of ours share: tensors in 16 bit, texts in the header, a network filled from them.

Safetensors hold numbers and texts, no code. What a file is and what its faults are called is the business of each kind.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn

Bad = Callable[[Path, str, str], Exception]
"""The error of a kind of file, from its path and the reason in English and French."""


def packed(net: nn.Module) -> dict[str, Tensor]:
    """The numbers of a network in 16 bit, or in 32 where a finite one would become infinite; counters are left out.

    Variances behind a foreign encoder pass 65,504.
    """
    return {name: _small(value.detach().cpu()) for name, value in net.state_dict().items() if value.is_floating_point()}


def _small(value: Tensor) -> Tensor:
    small = value.half()
    return (small if bool(small.isfinite().all()) else value.float()).contiguous()


def read(path: Path, most: int, bad: Bad) -> bytes:
    """The bytes of a file; raises what `bad` makes where there is none or it has more than `most`."""
    if not path.is_file():
        raise bad(path, "there is no such file", "ce fichier n'existe pas")
    if path.stat().st_size > most:
        raise bad(path, "it is too large", "il est trop lourd")
    return path.read_bytes()


def texts(data: bytes, most: int) -> dict[str, Any]:
    """What the header says beside the tensors: eight bytes of length, then JSON (at most `most` bytes of it are read).

    Raises ValueError for anything else.
    """
    try:
        (length,) = struct.unpack("<Q", data[:8])
        return dict(json.loads(data[8 : 8 + min(length, most)])["__metadata__"])
    except (struct.error, KeyError, TypeError, IndexError) as fault:
        raise ValueError("no header of safetensors") from fault


def filled(net: nn.Module, tensors: Mapping[str, Tensor]) -> bool:
    """Fill a network, in 32 bit; False where numbers are missing (but counters) or there are others.

    Raises RuntimeError where they do not fit.
    """
    missing, unknown = net.load_state_dict({name: value.float() for name, value in tensors.items()}, strict=False)
    return not unknown and all(name.endswith("num_batches_tracked") for name in missing)
