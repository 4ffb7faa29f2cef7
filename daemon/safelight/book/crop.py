"""Which part of a picture a frame shows: never through a car, a face or a person found. Pure; used by `layout`."""

from __future__ import annotations

from collections.abc import Iterable

from safelight.book.context import BookPicture, Crop, Rect

MAX_CUT = 0.08
"""Largest share of a side that an ordinary frame may crop away."""
MAX_CUT_KNOWN = 0.25
"""The same for bleeds and tall frames, where what must stay whole is known."""
AROUND = 0.03
SUBJECTS = frozenset({"car", "face", "person", "number", "flag", "kart", "vehicle"})


def subject(picture: BookPicture) -> Crop | None:
    """What no crop may cut: all cars, faces and people found, plus 3 % of the side; None when nothing was found."""
    boxes = [box for box in picture.boxes if box.kind in SUBJECTS]
    if not boxes:
        return None
    return Crop(
        max(0.0, min(box.left for box in boxes) - AROUND),
        max(0.0, min(box.top for box in boxes) - AROUND),
        min(1.0, max(box.right for box in boxes) + AROUND),
        min(1.0, max(box.bottom for box in boxes) + AROUND),
    )


def crop_to(picture: BookPicture, ratio: float, most: float, *, blind: float = MAX_CUT) -> Crop | None:
    """The crop with this width/height that cuts at most `most` of one side (`blind` where no subject is known) and
    keeps the subject whole, centred on it as far as it goes; None when that cannot be.
    """
    own = picture.width / picture.height
    keep = subject(picture)
    cut = 1 - (ratio / own if ratio < own else own / ratio)
    if cut > (most if keep else blind) + 1e-9:
        return None
    if ratio < own:
        span = _span(1 - cut, keep.left if keep else None, keep.right if keep else None)
        return None if span is None else Crop(span[0], 0.0, span[1], 1.0)
    span = _span(1 - cut, keep.top if keep else None, keep.bottom if keep else None)
    return None if span is None else Crop(0.0, span[0], 1.0, span[1])


def _span(length: float, first: float | None, last: float | None) -> tuple[float, float] | None:
    """A stretch of this length of 0–1 that holds first…last, as near to their middle as it can."""
    if first is None or last is None:
        return (1 - length) / 2, (1 + length) / 2
    if last - first > length + 1e-9:
        return None
    begin = min(max((first + last) / 2 - length / 2, 0.0), 1 - length)
    return begin, begin + length


def ppi(picture: BookPicture, crop: Crop, rect: Rect) -> float:
    """Pixels per inch of this picture in this frame."""
    return picture.width * (crop.right - crop.left) / (rect.w / 25.4)


def placed(crop: Crop, rect: Rect, part: Crop) -> Rect:
    """Where a part of a picture comes to stand on the page."""
    wide, high = crop.right - crop.left, crop.bottom - crop.top
    return Rect(
        rect.x + (part.left - crop.left) / wide * rect.w, rect.y + (part.top - crop.top) / high * rect.h,
        (part.right - part.left) / wide * rect.w, (part.bottom - part.top) / high * rect.h,
    )  # fmt: skip


def subjects(picture: BookPicture, crop: Crop, rect: Rect, *, people: bool = True) -> list[Rect]:
    """Where cars, faces, numbers and (unless told otherwise) people stand on the page."""
    return [
        placed(crop, rect, Crop(box.left, box.top, box.right, box.bottom))
        for box in picture.boxes if box.kind in SUBJECTS and (people or box.kind != "person")
    ]  # fmt: skip


def clear(keep: Iterable[Rect], side: str, width: float, low: float) -> bool:
    """Whether all this stays 12 from the spine of a page so wide, 8 from its outer and upper edges, and above `low`."""
    for place in keep:
        inner, outer = (place.x, width - place.right)[:: 1 if side == "recto" else -1]
        if inner < 12 or outer < 8 or place.y < 8 or place.bottom > low:
            return False
    return True
