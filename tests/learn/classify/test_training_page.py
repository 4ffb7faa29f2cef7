"""The page of a training: chance, curves by step, layers, settings, one photo under every augmentation, in two languages."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest
import torch

from safelight.learn.classify import pictures
from safelight.learn.classify.augment import AUGMENTATIONS
from safelight.learn.classify.settings import Settings
from safelight.learn.classify.sheets import DRAWS, sheets
from safelight.learn.classify.training import Training
from safelight.learn.classify.training_page import page, running, thinned, write
from safelight.learn.classify.training_words import SETTINGS, WORDS
from safelight.learn.segment.errors import BadSettings


class Deaf:
    """Hears nothing."""

    def progress(self, progress: object) -> None:
        """After every step."""

    def validated(self, epoch: int, found: object, best: bool) -> None:
        """After every epoch."""


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Training:
    """Two epochs on noise."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("data")
    for number, name in enumerate(("dark", "light & <loud>")):
        (folder / name).mkdir()
        for index in range(6):
            rng = np.random.default_rng(index)
            image = rng.integers(120 * number, 120 + 120 * number, (40, 40, 3)).astype(np.uint8)
            cv2.imwrite(str(folder / name / f"{'abc'[index % 3]}-{index}.png"), image)
    settings = Settings(width=4, depth=3, size=32, batch=4, epochs=2, patience=0, augment=("crop", "mirror"), crop=0.3)
    made = Training(pictures.read(folder, 37), settings, tmp_path_factory.mktemp("net"))
    made.run(Deaf())
    return made


@pytest.mark.parametrize("language", ["en", "fr"])
def test_all_of_a_training_is_on_its_page(training: Training, language: str) -> None:
    """The untrained network's score, two plots, a row a layer with its share, every setting, every way with its sentence."""
    text = page(training, language)
    french = language == "fr"
    assert WORDS["untrained"][french] in text and text.count("<svg") == 2
    assert "4 × 32 × 32" in text and "16 × 4 × 4" in text and "32 × " not in text.replace("4 × 32 × 32", "")
    shares = [
        float(share.replace(",", "."))
        for share in re.findall(r"<td>(\d+[.,]\d)\u202f?%</?t?", text.split("Conv2d", 1)[1])
    ]
    assert sum(shares[: text.count("<td class=t>body") + 1]) == pytest.approx(100, abs=0.5)
    assert all(f"<th>{key}<td>" in text for key in training.settings.to_json())
    assert text.count("<img") == 1 + DRAWS * (len(AUGMENTATIONS) + 1)
    assert text.count("class='sheet used'") == 4
    assert "light &amp; &lt;loud&gt;" in text and "<loud>" not in text
    places = [text.index(f"<b>{WORDS[name][french]}</b>") for name in AUGMENTATIONS]
    assert places == sorted(places) and next(iter(AUGMENTATIONS)) == "crop"
    assert "'" not in re.sub(r"<[^>]*>", "", text.split("<h1>")[1])


def test_it_lies_in_the_folder_and_tells_an_unfinished_training(training: Training) -> None:
    """Stopped before its end it says so."""
    assert WORDS["unfinished"][0] not in write(training).read_text()
    training.epoch -= 1
    assert WORDS["unfinished"][0] in page(training)
    training.epoch += 1


def test_every_setting_has_its_sentence() -> None:
    """In both languages, and no sentence without a setting."""
    assert set(SETTINGS) == set(Settings().to_json())


def test_a_photo_under_each_way_differs_from_itself() -> None:
    """The photo as it is comes first; each way changes it; the crop keeps what is asked for."""
    rng = np.random.default_rng(0)
    photo = cv2.resize(rng.integers(0, 255, (9, 9, 3)).astype(np.uint8), (55, 55), interpolation=cv2.INTER_LINEAR)
    rows = sheets(photo, 48, ("crop",))
    assert [row.name for row in rows] == ["none", *AUGMENTATIONS] and [row.used for row in rows][:3] == [
        True,
        True,
        False,
    ]
    assert all(any(not np.array_equal(look, rows[0].looks[0]) for look in row.looks) for row in rows[1:])
    small, whole = sheets(photo, 48, ("crop",), 0.1)[1], sheets(photo, 48, ("crop",), 1.0)[1]

    def away(looks: tuple[np.ndarray, ...]) -> float:
        return float(np.mean([np.abs(look.astype(float) - rows[0].looks[0]).mean() for look in looks]))

    assert away(small.looks) > away(rows[1].looks) > away(whole.looks)


def test_curves_keep_their_ends() -> None:
    """A running mean by hand; thousands of points become few, first and last kept."""
    assert running([1, 2, 3, 4], 2) == [(1, 1.0), (2, 1.5), (3, 2.5), (4, 3.5)]
    points = [(float(n), 0.0) for n in range(10_001)]
    few = thinned(points, 100)
    assert len(few) < 130 and few[0] == points[0] and few[-1] == points[-1] and thinned([]) == []


@pytest.mark.parametrize("values", [{"depth": 0}, {"depth": 6, "size": 32}, {"crop": 0.0}, {"crop": 1.5}])
def test_settings_that_make_no_network_are_refused(values: dict[str, float]) -> None:
    """A depth that leaves no place, a crop of nothing."""
    with pytest.raises(BadSettings):
        Settings(**values)  # type: ignore[arg-type]
