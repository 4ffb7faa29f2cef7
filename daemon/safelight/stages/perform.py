"""Doing one job in a child process: bytes and parameters in, bytes and facts out. No store, no ledger, no clock.

A `Job` names a stage and the backends to try, best first. A backend that fails gives way to the next one that can do
this kind of work (`tried` says so); when the job pins one backend nothing else ever answers. The last picture decoded
is kept, since the steps of one photo follow each other.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import cv2
import numpy as np

from safelight.model.errors import (
    BackendUnavailable,
    NeedsBackend,
    NeedsModel,
    NoSuchDevice,
    SafelightError,
    StageError,
)
from safelight.model.signals import Signals
from safelight.pictures import decode, encode, likeness, masks, metadata, resize
from safelight.stages import base, catalog, devices, marks, masking, prompts, segmenting, sheet
from safelight.stages.alter.crop import crop_rectangle
from safelight.stages.classify import adopted
from safelight.stages.models import selftest
from safelight.stages.models.registry import MODELS

PAINT_SIZE = 1600
THUMB_SIZE = 640
WEIGHED = frozenset({"look", "classify", "stylize"})
"""Stages whose backends tell their fingerprint to `backends`."""
ALIKE = 20
"""Bits of 64 by which a picture edited by hand may differ from what it was: strangers differ by about 32."""
_cache: dict[str, base.Image] = {}


@dataclass(frozen=True)
class Job:
    """What to do. `inputs` maps roles to object names; `backend` is a name or `auto`; `preferred` the event's choice.

    `device` is where networks are to compute (`devices.CHOICES`).
    """

    stage: str
    inputs: dict[str, str]
    params: dict[str, Any]
    seed: int = 0
    backend: str = "auto"
    preferred: dict[str, str] = field(default_factory=dict)
    device: str = "auto"


@dataclass(frozen=True)
class Product:
    """What came of it. `outputs` maps roles to bytes; `used` maps kinds of work to the backend that did them."""

    outputs: dict[str, bytes]
    facts: dict[str, Any]
    backend: str = ""
    version: int = 0
    model: str = ""
    trained: bool = False
    used: dict[str, str] = field(default_factory=dict)
    tried: tuple[str, ...] = ()
    device: str = "cpu"
    """Where networks computed."""


Read = Callable[[str], bytes]


def perform(job: Job, read: Read) -> Product:
    """Do the job; `read` gives an object's bytes. Raises SafelightError (a code and values) for all that is foreseen."""
    with devices.asked(job.device) as told:
        product = _DO[job.stage](job, read)
    return replace(product, device=told.used)


def picture(job: Job, read: Read, role: str = "image") -> base.Image:
    """The decoded picture of an input role; the last few are kept."""
    name = job.inputs[role]
    if name not in _cache:
        while len(_cache) >= 3:
            _cache.pop(next(iter(_cache)))
        _cache[name] = decode.decode(read(name)).image
    return _cache[name]


def _probe(job: Job, read: Read) -> Product:
    """Can this be a photo, how large is it upright, and what did the camera write."""
    data = read(job.inputs["image"])
    found = decode.decode(data)
    _cache[job.inputs["image"]] = found.image
    meta = metadata.read(data)
    facts = {
        "width": found.image.shape[1],
        "height": found.image.shape[0],
        "format": found.format,
        "notes": list(found.notes),
        "taken": meta.taken,
        "camera": meta.camera or "",
        "serial": meta.serial or "",
        "caption": meta.caption or "",
        "rating": meta.rating or 0,
        "likeness": f"{likeness.fingerprint(found.image):016x}",
    }
    return Product({"thumb": encode.jpeg(resize.fit(found.image, THUMB_SIZE), 85)}, facts)


def _compare(job: Job, read: Read) -> Product:
    """What a probe tells of a picture, and whether it shows the same pixels as `before`, or at least the same scene."""
    probed = _probe(job, read)
    image, before = picture(job, read), picture(job, read, "before")
    alike = likeness.distance(likeness.fingerprint(image), likeness.fingerprint(before)) <= ALIKE
    return Product(probed.outputs, {**probed.facts, "same": bool(np.array_equal(image, before)), "alike": alike})


def _look(job: Job, read: Read) -> Product:
    image = picture(job, read)

    def work(backend: base.Backend) -> Product:
        return _told(backend, facts=cast(base.Looker, backend).look(image).to_json())

    return _first(job, "look", lambda _: True, work)


def _classify(job: Job, read: Read) -> Product:
    image = picture(job, read)
    signals = Signals.from_json(job.params["signals"])

    def work(backend: base.Backend) -> Product:
        return _told(backend, facts=cast(base.Classifier, backend).classify(image, signals).to_json())

    if "head" in job.params:
        return work(adopted.Adopted(read(str(job.params["head"]))))
    return _first(job, "classify", lambda _: True, work)


def _mask(job: Job, read: Read) -> Product:
    image = picture(job, read)
    made = masking.find(
        image,
        tuple(prompts.concept(word) for word in job.params["mask"]),
        tuple(prompts.concept(word) for word in job.params["keep"]),
        int(job.params["grow"]),
        job.backend,
        job.preferred,
        float(job.params.get("threshold", 0)),
    )
    facts = {"area": round(made.area, 5), "doubt": made.doubt or "", **made.facts}
    outputs = {"mask": encode.mask_png(made.mask)}
    if made.area > 0:  # what a card shows should a person be asked about this mask
        outputs["card"] = encode.jpeg(marks.card(image, made.mask), 85)
    if job.params.get("soft"):
        grey = np.round(made.soft * 255).astype(np.uint8)
        outputs["soft"] = encode.png(np.repeat(grey[..., None], 3, axis=2))
    return Product(
        outputs,
        facts,
        "+".join(dict.fromkeys(made.used.values())),
        max((catalog.load("mask", name).version for name in made.used.values()), default=0),
        "+".join(filter(None, (catalog.load("mask", name).fingerprint() for name in made.used.values()))),
        any(catalog.load("mask", name).trained for name in made.used.values()),
        {f"mask:{concept}": name for concept, name in made.used.items()},
    )


def _given_mask(job: Job, read: Read, image: base.Image) -> base.Mask:
    """A mask of ours, or any picture of the same size whose lighter half means "change"."""
    data = read(job.inputs["mask"])
    grey = decode.decode(data).image.mean(axis=2)
    if grey.shape != image.shape[:2]:
        have, want = f"{grey.shape[1]}x{grey.shape[0]}", f"{image.shape[1]}x{image.shape[0]}"
        raise StageError(stage=job.stage, reason=f"the mask is {have} pixels, the picture {want}")
    mask: base.Mask = (grey >= 128).astype(np.float32)
    return mask


def _inpaint(job: Job, read: Read) -> Product:
    image = picture(job, read)
    mask = _given_mask(job, read, image)
    prompt = str(job.params["with"])
    kind = f"inpaint:{prompts.prompt_class(prompt) or 'free'}"

    def work(backend: base.Backend) -> Product:
        result, wide = cast(base.Inpainter, backend).inpaint(image, mask, prompt, job.seed)
        facts = {"area": round(float(wide.mean()), 5)}
        return _told(backend, {"image": encode.lossless(result), "mask": encode.mask_png(wide)}, facts)

    def can(backend: base.Backend) -> bool:
        return cast(base.Inpainter, backend).understands(prompt.casefold())

    if job.backend == "auto" and not any(can(backend) for backend in catalog.available("inpaint")):
        known = ", ".join(sorted(prompts.KNOWN))
        raise NeedsModel(
            stage="inpaint", wanted=prompt, backend="Stable Diffusion", model="sd2-inpainting", known=known
        )
    return _first(job, kind, can, work)


def _alter(job: Job, read: Read) -> Product:
    image = picture(job, read)
    how = str(job.params["how"])
    if how == "crop":
        return _crop(job, read, image)
    mask = masks.read_mask(read(job.inputs["mask"]))
    backend = catalog.load("alter", how)
    result = cast(base.Alterer, backend).alter(image, mask, int(job.params["strength"]))
    return _told(backend, {"image": encode.lossless(result)}, {"area": round(float((mask >= 0.5).mean()), 5)})


def _crop(job: Job, read: Read, image: base.Image) -> Product:
    """One rectangle that leaves out every mask given: masks stand in the upright original's frame, so it comes last."""
    found = [masks.read_mask(read(name)) for role, name in sorted(job.inputs.items()) if role.startswith("mask")]
    box = crop_rectangle(np.maximum.reduce(found), (image.shape[1], image.shape[0]), _to_keep(image))
    if box is None:
        raise StageError(stage="crop_away", reason="too little of the picture would be left")
    left, top, right, bottom = box
    facts = {"left": int(left), "top": int(top), "right": int(right), "bottom": int(bottom)}
    cut = np.ascontiguousarray(image[top:bottom, left:right])
    return Product({"image": encode.lossless(cut)}, facts, "crop", 1, used={})


def _to_keep(image: base.Image) -> base.Mask | None:
    """The car, which no crop may cut, where something here can find cars."""
    finder = masking.known_finder("car")
    return None if finder is None else finder.mask(image, "car").mask


def _stylize(job: Job, read: Read) -> Product:
    size = int(job.params.get("size", PAINT_SIZE))
    image = resize.fit(picture(job, read), size)
    painting = base.Painting(
        style=picture(job, read, "style"),
        strength=float(job.params["strength"]),
        colour=job.params["colour"],
    )

    def work(backend: base.Backend) -> Product:
        painted = cast(base.Stylizer, backend).stylize(image, painting, job.seed)
        facts = {"width": painted.shape[1], "height": painted.shape[0]}
        return _told(backend, {"image": encode.jpeg(painted, 95)}, facts)

    return _first(job, "stylize", lambda _: True, work)


def _told(backend: base.Backend, outputs: dict[str, bytes] | None = None, facts: Any = None) -> Product:
    return Product(
        outputs or {}, dict(facts or {}), backend.name, backend.version, backend.fingerprint(), backend.trained
    )


def _first(
    job: Job, kind: str, can: Callable[[base.Backend], bool], work: Callable[[base.Backend], Product]
) -> Product:
    """The first backend that can and does: the pinned one only, else the event's choice first, then the others."""
    stage = cast(base.StageName, job.stage)
    if job.backend != "auto":
        backend = catalog.usable(stage, job.backend)
        product = work(backend)
        return Product(**{**vars(product), "used": {kind: backend.name}})
    failed: list[str] = []
    last: SafelightError | None = None
    for backend in catalog.ordered(stage, job.preferred.get(kind)):
        if not can(backend):
            continue
        try:
            product = work(backend)
        except NoSuchDevice:  # asked for by name: nothing lesser answers instead
            raise
        except SafelightError as fault:
            failed.append(f"{backend.name}: {fault.code}")
            last = fault
            continue
        except (RuntimeError, ValueError, ArithmeticError, cv2.error) as fault:
            traceback.print_exc()
            failed.append(f"{backend.name}: {type(fault).__name__}")
            last = StageError(stage=backend.name, reason=f"{type(fault).__name__}: {fault}")
            continue
        return Product(**{**vars(product), "used": {kind: backend.name}, "tried": tuple(failed)})
    raise last or _nobody(stage, kind)


def _nobody(stage: base.StageName, kind: str) -> SafelightError:
    """No backend could even try: the reasons of those that exist, or that none knows this work."""
    reasons = {name: catalog.load(stage, name).unavailable() for name in catalog.names(stage)}
    told = "; ".join(f"{name}: {reason}" for name, reason in reasons.items() if reason)
    if told:
        return BackendUnavailable(stage=stage, backend=stage, reason=told)
    return NeedsBackend(stage=stage, wanted=kind, backend="another backend", known=", ".join(reasons))


def _export(job: Job, read: Read) -> Product:
    """A picture in the format that a file name asks for, made smaller when `size` (longest side) is given."""
    image = picture(job, read)
    if job.params.get("size"):
        image = resize.fit(image, int(job.params["size"]))
    ending = str(job.params["suffix"]).lower()
    data = encode.jpeg(image, 95) if ending in {".jpg", ".jpeg"} else encode.png(image)
    return Product({"image": data}, {"width": image.shape[1], "height": image.shape[0]})


def _blank(job: Job, read: Read) -> Product:
    """An all-black mask: what "nothing found" looks like as a file."""
    del read
    empty = np.zeros((int(job.params["height"]), int(job.params["width"])), np.float32)
    return Product({"mask": encode.mask_png(empty)}, {})


def _sheet(job: Job, read: Read) -> Product:
    """Pictures side by side with words, for people: what changed rules do. Only drawn, never part of a chain."""
    images = {role: picture(job, read, role) for role in job.inputs if not role.startswith("mask")}
    found = {role: masks.read_mask(read(name)) for role, name in job.inputs.items() if role.startswith("mask")}
    return Product({"image": sheet.compose(images, found, job.params)}, {})


def _segment(job: Job, read: Read) -> Product:
    """Which class every pixel is of: `labels` (indexed PNG), and the pictures asked for in `views`."""
    limits = decode.Limits(pixels=int(job.params.get("pixels", decode.DEFAULT_LIMITS.pixels)))
    image = decode.decode(read(job.inputs["image"]), limits).image
    found = segmenting.label(image, segmenting.network(str(job.params.get("network", ""))))
    if job.params.get("categories"):
        found = found.as_categories()
    outputs, facts = segmenting.told(image, found, tuple(job.params.get("views", ("overlay",))))
    return Product(outputs, facts, found.network, 1, found.fingerprint, trained=True)


def _selftest(job: Job, read: Read) -> Product:
    """Whether an optional model does its work here, on a picture with its exact truth (inputs `mask_…`)."""
    truth = {role[5:]: masks.read_mask(read(name)) for role, name in job.inputs.items() if role.startswith("mask_")}
    told = selftest.run(MODELS[job.params["name"]], selftest.Scene(picture(job, read), truth))
    return Product({}, {"passed": told.passed, "en": told.en, "fr": told.fr})


def _backends(job: Job, read: Read) -> Product:
    """What there is for each stage, and why something cannot work here: for doctor."""
    del read
    rows = []
    for stage in base.STAGES:
        for name in catalog.names(stage):
            backend = catalog.load(stage, name)
            reason = backend.unavailable() or ""
            # Which weights a photo was looked at with decides whether it could be better; others may be gigabytes to hash.
            model = backend.fingerprint() if stage in WEIGHED and not reason else ""
            rows.append([stage, name, backend.version, backend.trained, reason, model])
    cards = {"torch": devices.torch_devices(), "onnxruntime": devices.onnx_devices()} if job.params.get("cards") else {}
    return Product({}, {"backends": rows, "cards": {library: list(names) for library, names in cards.items()}})


_DO: Mapping[str, Callable[[Job, Read], Product]] = {
    "probe": _probe,
    "compare": _compare,
    "look": _look,
    "classify": _classify,
    "mask": _mask,
    "inpaint": _inpaint,
    "alter": _alter,
    "stylize": _stylize,
    "export": _export,
    "blank": _blank,
    "sheet": _sheet,
    "segment": _segment,
    "selftest": _selftest,
    "backends": _backends,
}
