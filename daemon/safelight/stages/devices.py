"""Where a network computes: what the event's rules ask for (`auto | cpu | cuda | mps`), and what this machine has.

One job at a time asks, in a child process; `asked` holds its wish while it runs and remembers what was used, so that the
step's record can tell. `auto` takes a graphics card where a library here can use one, else the processor. A card that is
asked for by name and is not there is an error for the person who asked: work is never moved to the processor unsaid.
The device is no part of a step's key: the same step done elsewhere is the same step.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from safelight.model.errors import NoSuchDevice, UsageError

CHOICES = ("auto", "cpu", "cuda", "mps")
PROVIDERS = {"cuda": "CUDAExecutionProvider"}
"""What onnxruntime calls a device. Apple's is left out: it may use other arithmetic from one run to the next."""


@dataclass
class _Job:
    wish: str = "auto"
    used: str = "cpu"


_now = _Job()


@contextmanager
def asked(wish: str) -> Iterator[_Job]:
    """While the block runs, networks compute where `wish` says; `used` of what is given tells where they did.

    Raises UsageError for a word that is no device.
    """
    global _now
    if wish not in CHOICES:
        raise UsageError(reason=f"There is no device “{wish}”; known are: {', '.join(CHOICES)}.")
    before, _now = _now, _Job(wish)
    try:
        yield _now
    finally:
        _now = before


def torch_device() -> str:
    """The device for torch, noted as used. Raises NoSuchDevice."""
    _now.used = chosen(_now.wish, torch_devices() if _now.wish != "cpu" else (), "torch")
    return _now.used


def onnx_providers() -> list[str]:
    """The providers for an onnxruntime session, best first, noted as used. Raises NoSuchDevice."""
    _now.used = chosen(_now.wish, onnx_devices() if _now.wish != "cpu" else (), "onnxruntime")
    card = PROVIDERS.get(_now.used)
    return [card, "CPUExecutionProvider"] if card else ["CPUExecutionProvider"]


def chosen(wish: str, there: tuple[str, ...], library: str) -> str:
    """Pure: where to compute, of the cards that `library` can use. Raises NoSuchDevice for one that is not among them."""
    if wish == "auto":
        return there[0] if there else "cpu"
    if wish != "cpu" and wish not in there:
        raise NoSuchDevice(stage="device", device=wish, library=library)
    return wish


def torch_devices() -> tuple[str, ...]:
    """The cards that torch can use here, best first."""
    import torch

    found = [("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available())]
    return tuple(name for name, there in found if there)


def onnx_devices() -> tuple[str, ...]:
    """The cards that onnxruntime was built for and a driver is here for, best first."""
    import onnxruntime

    built = set(onnxruntime.get_available_providers())
    return tuple(name for name, provider in PROVIDERS.items() if provider in built)
