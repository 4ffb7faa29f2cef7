"""Looking at labelled pictures inside a child process: their list, a picture, its mask, and what the network says of it.

A dataset stays open in the child between jobs, with names only. Predictions are compared where the data says something:
what is unlabelled counts neither for nor against, and no class is judged that the data does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from safelight.learn.data import VOID, DataError, Dataset, Labels, open_dataset, read, splits
from safelight.learn.segment.metrics import confusion, iou
from safelight.model.kinds import category_of, translated
from safelight.pictures import encode, resize
from safelight.stages import segmenting
from safelight.store import Store
from safelight.workers.labelled_errors import DataTrouble, NoSuchPicture

OTHERWISE = 254
"""In a true map: labelled, as something that has no counterpart among the classes found."""

Made = tuple[dict[str, bytes], dict[str, Any]]


def make(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """One job: `op` is list, image, mask or prediction. Raises DataTrouble, NoSuchPicture, BackendUnavailable."""
    try:
        files, facts = _OPS[params["op"]](params)
    except DataError as fault:
        raise _told(fault) from fault
    return {"outputs": {role: store.put(data) for role, data in files.items()}, "facts": facts}


def _told(fault: DataError) -> DataTrouble:
    languages = ("en", "fr")
    words = {f"what_{code}": fault.what(code) for code in languages}
    return DataTrouble(kind=fault.code, **words, **{f"do_{code}": fault.what_to_do(code) for code in languages})


def parts(folder: Path, form: str) -> tuple[str, ...]:
    """The parts of the data, the one for tests first: that is the one to look at."""
    known = splits(folder, form) or ("train",)
    return tuple(sorted(known, key=lambda part: (part != "test", known.index(part))))


@lru_cache(maxsize=16)
def _opened(folder: Path, form: str, part: str) -> Dataset:
    return open_dataset(folder, form, part)


def _data(params: dict[str, Any]) -> Dataset:
    """The part that holds the picture asked for: the one named, else the first of all that does.

    Parts are opened once, and once again before a picture is said not to be there.
    """
    folder, form = Path(params["folder"]), str(params["format"])
    for _ in range(2):
        for part in [params["split"]] if params["split"] else parts(folder, form):
            data = _opened(folder, form, part)
            if params["id"] in data.ids:
                return data
        _opened.cache_clear()
    raise NoSuchPicture(sample=params["id"], data=params["name"])


def _list(params: dict[str, Any]) -> Made:
    """Parts, classes and all ids; read anew, so that pictures added while the desk runs appear."""
    folder, form = Path(params["folder"]), str(params["format"])
    known = parts(folder, form)
    wanted = params["split"] or known[0]
    _opened.cache_clear()
    data = _opened(folder, form, wanted)
    return {}, {
        "title": data.name,
        "splits": list(known),
        "split": wanted,
        "classes": segmenting.legend(data.classes.names, data.classes.colours),
        "comparable": all(category_of(name) for name in data.classes.names),
        "ids": list(data.ids),
    }


def _image(params: dict[str, Any]) -> Made:
    """The picture as JPEG, no longer than `size` pixels where that is not 0."""
    image = _data(params).image(params["id"])
    if params["size"]:
        image = resize.fit(image, int(params["size"]))
    return {"image": encode.jpeg(image, 88)}, {"width": image.shape[1], "height": image.shape[0]}


def _mask(params: dict[str, Any]) -> Made:
    """What people labelled, as indexed PNG: in the data's own classes (255 is unlabelled), or in the eight categories."""
    data = _data(params)
    _, labels = read(data, params["id"])
    found = segmenting.Segmented(labels, data.classes.names, colours=data.classes.colours)
    if params["categories"]:
        found = found.as_categories()
        picture = encode.labels_png(found.labels, found.palette, found.clear)
    else:
        whole = (*found.palette, *((0, 0, 0),) * (256 - len(found.palette)))
        picture = encode.labels_png(labels, whole, (VOID, *found.clear))
    return {"labels": picture}, segmenting.facts(found)


def _prediction(params: dict[str, Any]) -> Made:
    """What the network says of the picture, and how well that agrees with its labels."""
    data = _data(params)
    image, truth = read(data, params["id"])
    found = segmenting.label(image, segmenting.network(str(params.get("network", ""))))
    if params["categories"]:
        found = found.as_categories()
    files, facts = segmenting.told(image, found)
    wanted, known = asked(truth, data.classes.names, found.classes)
    shared = {at for at, name in enumerate(found.classes) if name in data.classes.names and name != "void"}
    facts["compared"] = compare(wanted, found.labels, found.classes, known, shared)
    return files, facts


def asked(truth: Labels, names: Sequence[str], classes: Sequence[str]) -> tuple[Labels, set[int]]:
    """The true map (of `names`) in the classes of a network, and which of these it knows at all: what `compare` takes."""
    wanted = segmenting.Segmented(truth, tuple(names)).into(classes, OTHERWISE).labels
    wanted[np.isin(truth, [VOID, *_unlabelled(names)])] = VOID
    known = {at for at in translated(names, classes) if at is not None and category_of(classes[at]) != "void"}
    return wanted, known


def _unlabelled(names: Sequence[str]) -> list[int]:
    """Classes that say "not labelled" rather than "none of the others"."""
    return [index for index, name in enumerate(names) if name.casefold() in {"void", "unlabelled", "unlabeled"}]


def compare(
    truth: Labels, found: Labels, classes: Sequence[str], known: Iterable[int], shared: Iterable[int] = ()
) -> dict[str, Any]:
    """How a label map agrees with the true one of equal size; VOID pixels of the truth do not count.

    Only the classes that the truth knows (`known`, indices) are judged: on pixels that are OTHERWISE in the truth it is wrong
    to find one of these, and neither right nor wrong to find another. `classes`: name and `iou` (0–1, area of agreement by
    area of either) of each known class that one of the two shows, `truth` and `found` in percent of the labelled pixels; `miou`
    is their mean, `accuracy` the part of pixels that is right among those of known classes and of `shared` ones (a background
    that both name). Both are None where nothing can be judged.
    """
    table = confusion(truth, found, 256)
    ious = iou(table)
    total = int(table.sum())
    judged = sorted(known)
    rows: list[dict[str, Any]] = []
    for index in judged:
        true, said = int(table[index].sum()), int(table[:, index].sum())
        if true + said == 0:
            continue
        areas = {"truth": _percent(true, total), "found": _percent(said, total)}
        rows.append({"index": index, "name": classes[index], "iou": round(float(ious[index]), 4), **areas})
    among = sorted({*judged, *shared})
    counted = int(table[among].sum()) if judged else 0
    return {
        "classes": rows,
        "miou": round(sum(row["iou"] for row in rows) / len(rows), 4) if rows else None,
        "accuracy": round(int(table[among, among].sum()) / counted, 4) if counted else None,
        "labelled": _percent(total, truth.size),
    }


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


_OPS = {"list": _list, "image": _image, "mask": _mask, "prediction": _prediction}
