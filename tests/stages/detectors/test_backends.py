"""The backends that detectors feed: which answers when what was fetched, what look counts then, masks of faces."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from safelight.learn.scenes import Scene, paint
from safelight.model.records import StepDone
from safelight.model.signals import Box
from safelight.reconcile.better import CHOOSES_FIRST
from safelight.stages import catalog, masking
from safelight.stages.base import Image
from safelight.stages.look.detected import MOST_BOXES, Detected, joined
from safelight.stages.look.measured import Measured
from safelight.stages.mask.faces_rfb import FacesRfb, grey
from safelight.stages.models import places
from safelight.stages.models.places import Places
from safelight.stages.networks.detectors import rfb


def box(kind: str, left: float, top: float, right: float, bottom: float, score: float = 0.9) -> Box:
    """A box."""
    return Box(kind, left, top, right, bottom, score)


@pytest.mark.usefixtures("nothing_fetched")
def test_without_models_all_is_as_before() -> None:
    """The built-in finder of faces and the measured look answer; the others say what to fetch."""
    assert next(catalog.available("look")).name == "measured"
    assert masking.finder_for("face").name == "faces"
    for backend in (Detected(), FacesRfb()):
        assert "safelight models fetch" in (backend.unavailable() or "")
    assert Detected().fingerprint() == ""


@pytest.mark.shared
@pytest.mark.usefixtures("detectors")
def test_with_models_they_come_first() -> None:
    """Look and faces are done by the detectors; look is a stage whose older results then could be better."""
    assert next(catalog.available("look")).name == "detected"
    assert masking.finder_for("face").name == "face-rfb"
    assert masking.finder_for("face", preferred="faces").name == "faces"
    assert "look" in CHOOSES_FIRST
    assert StepDone.__dataclass_fields__["model"]


@pytest.mark.shared
def test_every_set_of_models_has_its_own_fingerprint(detectors: Places, tmp_path: Path) -> None:
    """One detector, the other, both: three fingerprints, so that a record tells what saw the photo."""
    prints = {Detected().fingerprint()}
    for name in ("yolox_nano", "face-rfb-320"):
        shutil.copytree(detectors.folder / name, tmp_path / name / name)
        places.use(Places(tmp_path / name))
        assert Detected().unavailable() is None
        prints.add(Detected().fingerprint())
    assert len(prints) == 3


NETWORK = (box("car", 0.1, 0.1, 0.2, 0.2), box("person", 0.3, 0.3, 0.4, 0.4))
FOUND_CARS = (box("car", 0.7, 0.0, 1.0, 0.3), box("car", 0.4, 0.4, 0.65, 0.65))


@pytest.mark.parametrize(
    ("found", "cars", "people", "tallest", "boxes"),
    [
        ((), 1, 0, 0.0, (NETWORK[0],)),
        (FOUND_CARS, 2, 0, 0.0, (FOUND_CARS[1], FOUND_CARS[0])),
        ((box("person", 0.0, 0.0, 0.1, 0.3),), 1, 1, 0.3, (NETWORK[0], box("person", 0.0, 0.0, 0.1, 0.3))),
        ((box("person", 0.0, 0.0, 0.02, 0.02), box("dog", 0, 0, 1, 1)), 1, 0, 0.0, (NETWORK[0],)),
    ],
    ids=["none found", "main car first", "people found", "tiny and other things"],
)
def test_joining(found: tuple[Box, ...], cars: int, people: int, tallest: float, boxes: tuple[Box, ...]) -> None:
    """Cars of the detector replace those of the network where there are any, people always, with the tallest of them; areas stay."""
    values, things = joined({"car_area": 0.2, "cars": 1.0, "people": 1.0}, NETWORK, found)
    assert values == {"car_area": 0.2, "cars": float(cars), "people": float(people), "person_height": tallest}
    assert things == boxes


def test_crowds_are_counted_whole_and_boxed_in_part() -> None:
    """All are counted, the largest are boxed: records stay short."""
    crowd = tuple(box("person", 0.0, 0.0, 0.5 - 0.01 * k, 0.5) for k in range(30))
    values, things = joined({}, (), crowd)
    assert values["people"] == 30
    assert things == crowd[:MOST_BOXES]


@pytest.fixture(scope="module")
def painted() -> Iterator[Image]:
    """Spectators before a car."""
    yield paint(Scene("spectators", 0), (900, 600), seed=7).image


@pytest.mark.shared
@pytest.mark.usefixtures("detectors")
def test_look_counts_with_the_detectors(painted: Image) -> None:
    """The same signals as `measured`, other counts; people and faces of the painted scene are seen; plain JSON."""
    import json

    seen, plain = Detected().look(painted), Measured().look(painted)
    assert list(seen.values) == list(plain.values)
    assert seen.values["people"] >= 4
    assert seen.values["faces"] >= 2
    changed = {name for name in seen.values if seen.values[name] != plain.values[name]}
    assert changed <= {"cars", "people", "person_height", "texts", "faces", "face_size", "advertising", "text_area"}
    assert json.dumps(seen.to_json())


@pytest.mark.shared
@pytest.mark.usefixtures("detectors")
def test_masks_of_faces(painted: Image) -> None:
    """Painted faces are covered; without colours faces are found as well; noise has none."""
    found = FacesRfb().mask(painted, "face")
    truth = paint(Scene("spectators", 0), (900, 600), seed=7).masks["face"]
    assert found.facts["faces"] >= 2
    assert 0 < float((found.mask >= 0.5).mean()) < 0.05
    assert float(truth[found.mask >= 0.5].mean()) > 0.3
    plain = np.repeat(painted.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    assert grey(plain)
    assert not grey(painted)
    assert FacesRfb().mask(plain, "face").facts["faces"] >= 1


@pytest.mark.parametrize(
    ("colour", "score", "count", "doubt"),
    [((224, 172, 140), 0.95, 1, None), ((224, 172, 140), 0.85, 1, "weak"), ((230, 20, 20), 0.99, 0, None)],
    ids=["skin", "not sure", "red paint"],
)
def test_finds_need_skin(
    colour: tuple[int, int, int], score: float, count: int, doubt: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has not the colour of skin is no face; a find that is not sure makes the mask doubtful."""
    monkeypatch.setattr(rfb, "detect", lambda _: (box("face", 0.25, 0.25, 0.75, 0.75, score),))
    image = np.full((80, 80, 3), colour, np.uint8)
    found = FacesRfb().mask(image, "face")
    assert found.facts["faces"] == count
    assert found.doubt == doubt
    assert bool(found.mask.any()) == bool(count)
