"""Which picture of a burst is proposed for the book, and why it was preferred to each of the others. Pure.

A person's word comes first (`decide`), then stars, then what can be measured: sharp, whole in the frame, large and well
exposed. The others stay where they are and can be chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from safelight.book.context import BookPicture
from safelight.model.bursts import REACH, Shot, bursts
from safelight.model.digests import PhotoId

EDGE = 0.004
"""Share of the picture's side within which a box counts as cut by it."""
WHOLE = 0.15
"""How much sharper (0–1) a picture with a cut car must be to be preferred to one where the car is whole."""
STRENGTH = 0.3
"""What size and exposure weigh beside sharpness."""

BURST: dict[str, tuple[str, str]] = {
    "burst:picked": ("of the same burst a person chose {other}", "de la même rafale, une personne a choisi {other}"),
    "burst:stars": ("of the same burst {other} has more stars", "de la même rafale, {other} a plus d’étoiles"),
    "burst:sharper": ("of the same burst {other} is sharper", "de la même rafale, {other} est plus nette"),
    "burst:whole": ("of the same burst {other} was preferred: the car is whole in it", "de la même rafale, {other} a été préférée : la voiture y est entière"),
    "burst:stronger": ("of the same burst {other} was preferred: the car is larger or the light better", "de la même rafale, {other} a été préférée : la voiture y est plus grande ou la lumière meilleure"),
    "burst:same": ("{other} is as good and of the same burst", "{other} est aussi bonne et de la même rafale"),
}  # fmt: skip
"""Why another picture of the burst was preferred: the code before its photo → (English, French)."""


def folded(pictures: Iterable[BookPicture], culling: str) -> dict[PhotoId, str]:
    """Photo → `burst:WHY:PHOTO` for every picture of a burst but the preferred one, which PHOTO names."""
    known = {picture.photo: picture for picture in pictures}
    shots = [Shot.of(p.photo, p.taken, p.camera, p.likeness) for p in known.values()]
    codes: dict[PhotoId, str] = {}
    for group in bursts(shots, REACH[culling]):
        best = preferred([known[photo] for photo in group])
        codes |= {photo: f"{why(best, known[photo])}:{best.photo}" for photo in group if photo != best.photo}
    return codes


def preferred(group: Sequence[BookPicture]) -> BookPicture:
    """The one to propose; equals are told apart by their digest, never by their order."""
    return max(group, key=lambda p: (p.picked, p.stars, round(worth(p), 5), p.photo))


def worth(picture: BookPicture) -> float:
    """How good a picture of a burst is beside the others: sharpness, the car whole, size and exposure."""
    return picture.sharp + WHOLE * whole(picture) + STRENGTH * picture.score


def whole(picture: BookPicture) -> bool:
    """Whether its largest car (or, without one, its largest person) is not cut by the frame; True where there is neither."""
    for kind in ("car", "person"):
        boxes = [box for box in picture.boxes if box.kind == kind]
        if boxes:
            main = max(boxes, key=lambda box: (box.right - box.left) * (box.bottom - box.top))
            return min(main.left, main.top, 1 - main.right, 1 - main.bottom) > EDGE
    return True


def why(best: BookPicture, other: BookPicture) -> str:
    """The code of what spoke most for `best`."""
    if best.picked > other.picked:
        return "burst:picked"
    if best.stars > other.stars:
        return "burst:stars"
    gains = {
        "burst:sharper": best.sharp - other.sharp,
        "burst:whole": WHOLE * (whole(best) - whole(other)),
        "burst:stronger": STRENGTH * (best.score - other.score),
    }
    code = max(gains, key=lambda name: gains[name])
    return code if gains[code] > 0.005 else "burst:same"
