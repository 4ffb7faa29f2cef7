"""Opening a folder of training data: which format lies there, which parts it has, and one part of it.

`FORMATS` is the one list of formats; a new one is a module beside and a line here. Recognition asks every format and
never guesses between two.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from safelight.learn.data import camvid, cityscapes, coco, folders, via
from safelight.learn.data.base import Checked, Dataset
from safelight.learn.data.errors import (
    EXPECTS,
    AmbiguousFormat,
    NoPictures,
    NoSplit,
    NoSuchFolder,
    NoSuchFormat,
    NotThisFormat,
    UnknownFormat,
)
from safelight.learn.data.formats import Format

FORMATS: Final[dict[str, Format]] = {
    form.name: form for form in (camvid.FORMAT, cityscapes.FORMAT, via.FORMAT, coco.FORMAT, folders.FORMAT)
}
WHOLE: Final = ("train", "all", "")
"""Names under which data that is not divided is given whole: whoever trains holds out a part of it."""


def recognise(folder: Path, name: str = "auto") -> Format:
    """The format of a folder; raises NoSuchFolder, NoSuchFormat, NotThisFormat, UnknownFormat or AmbiguousFormat."""
    if not folder.is_dir():
        raise NoSuchFolder(file=folder)
    if name != "auto":
        if name not in FORMATS:
            raise NoSuchFormat(format=name)
        if not FORMATS[name].fits(folder):
            what_en, what_fr = EXPECTS[name]
            raise NotThisFormat(file=folder, format=name, what_en=what_en, what_fr=what_fr)
        return FORMATS[name]
    found = [form for form in FORMATS.values() if form.fits(folder)]
    if len(found) > 1:
        raise AmbiguousFormat(file=folder, formats=", ".join(form.name for form in found))
    if not found:
        raise UnknownFormat(file=folder)
    return found[0]


def splits(folder: Path, format: str = "auto") -> tuple[str, ...]:  # noqa: A002 - the word people use
    """The parts a folder is divided into (such as train, val, test); none where it is not."""
    return recognise(folder, format).splits(folder)


def open_for_check(folder: Path, form: Format, split: str = "") -> Checked:
    """A part with all its complaints, whatever they are."""
    return form.open(folder, split)


def open_dataset(folder: Path, format: str = "auto", split: str = "train") -> Dataset:  # noqa: A002
    """One part of the data in a folder, ready to be read.

    Data that is not divided is given whole as `train` (or `all`). Raises DataError: the first complaint about its lists
    that stops, NoSplit, NoPictures, or what `recognise` raises.
    """
    form = recognise(folder, format)
    known = form.splits(folder)
    if split not in (known or WHOLE):
        raise NoSplit(file=folder, split=split, known=", ".join(known) or "train")
    data = open_for_check(folder, form, split if known else "")
    for fault in data.complaints:
        if fault.stops:
            raise fault
    if not data.ids:
        raise NoPictures(file=folder)
    return data
