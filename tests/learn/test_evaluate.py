"""Evaluation: the figures by hand, folders as people spell them, files that say what was wrong, warnings."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from safelight.learn.evaluate import evaluate, figures
from safelight.learn.folders import class_of, labelled, read
from safelight.model.digests import object_id
from safelight.model.errors import NotAPicture, UsageError
from safelight.model.signals import CLASSES, ClassName, Reason, Verdict
from world import jpeg, put


def verdict(name: str, sure: float = 0.8) -> Verdict:
    """A verdict with one reason."""
    rest = (1 - sure) / 2
    shares = {item: sure if item == name else rest for item in CLASSES}
    return Verdict(shares, (Reason("advertising", 0.07, 1.0),))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("ok", "ok"), ("Ok", "ok"), ("à retoucher", "retoucher"), ("A\u0300 Retoucher", "retoucher"),
        ("retoucher", "retoucher"), ("exclus", "exclure"), ("Exclure", "exclure"), ("holiday", None),
    ],
)  # fmt: skip
def test_class_folders_are_understood_as_people_spell_them(name: str, known: str | None) -> None:
    """Accents in either form and any case; other folders are none."""
    assert class_of(name) == known


def test_figures_are_what_they_are_called() -> None:
    """Counted by hand on five answers."""
    answers: list[tuple[ClassName, Verdict]] = [
        ("ok", verdict("ok")), ("ok", verdict("retoucher")), ("retoucher", verdict("retoucher")),
        ("exclure", verdict("exclure")), ("exclure", verdict("ok")),
    ]  # fmt: skip
    found = figures(answers)
    assert (found.n, found.accuracy) == (5, 0.6)
    assert found.balanced_accuracy == pytest.approx((0.5 + 1 + 0.5) / 3)
    assert found.confusion == ((1, 1, 0), (0, 1, 0), (1, 0, 1))
    assert found.log_loss == pytest.approx(-(3 * math.log(0.8) + 2 * math.log(0.1)) / 5)


def test_a_folder_is_evaluated_whatever_lies_in_it(tmp_path: Path) -> None:
    """Unreadable pictures are reported, other files counted, training photos warned of."""
    put(tmp_path / "Ok" / "a.jpg", jpeg(1))
    put(tmp_path / "exclus" / "b.jpg", b"no picture")
    put(tmp_path / "notes.txt", b"x")
    folder = read(tmp_path)
    assert [item.expected for item in labelled(tmp_path)] == ["ok", "exclure"]

    def judge(path: Path) -> Verdict:
        if path.name == "b.jpg":
            raise NotAPicture
        return verdict("ok")

    found = evaluate(folder.files, judge, trained_on=[object_id(jpeg(1))], ignored=folder.ignored)
    told = found.to_json()
    assert (told["n"], told["trained_on"], told["ignored"]) == (1, 1, 1)
    assert told["unreadable"][0]["file"].endswith("b.jpg")
    assert any("train" in warning for warning in told["warnings"])
    assert {"n", "accuracy", "balanced_accuracy", "confusion", "classes"} <= set(told)


def test_nothing_labelled_is_said() -> None:
    """A folder without class folders is a usage error, not a figure over nothing."""
    with pytest.raises(UsageError):
        read(Path(__file__).parent)
