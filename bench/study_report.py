"""Tables and plots of docs/studies/segmentation.md, made from results and never typed.

    python bench/study_report.py [FOLDER …] [--camvid NET EVALUATION]

Takes every result in the FOLDERs of `study_segmentation.py` into docs/studies/segmentation.json, then writes what stands
between `<!-- made: NAME -->` and `<!-- end -->` in the text, and the plots. Without a FOLDER it writes both again from the
JSON there is. What is not measured yet is said to be so.

`--camvid` takes in the large training: NET is the folder of `safelight train segmenter`, EVALUATION the `evaluation.json` of
`safelight evaluate segmenter NET/segmenter.safetensors ../shared/datasets/camvid -o REPORT`. `--errors` looks at its mistakes,
`--data` counts the data sets.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from study_looks import HEIGHTS, NEAR, described, looked_at
from study_plots import bars, lines
from study_segmentation import ALONE, FORM, SEEDS, collect
from study_text import filled, points, table

from safelight.learn.data import open_dataset
from safelight.learn.data.augment import NAMES
from safelight.learn.segment import metrics

STUDIES = Path(__file__).parents[1] / "docs" / "studies"
ABSENT, NOT_YET = "*Not measured yet.*", "not measured yet"
Results = dict[str, dict[str, Any]]

PUBLISHED = (
    ("SegNet, as measured by Jégou et al. 2017", "29.5", "yes", .464), ("Bayesian SegNet 2015", "29.5", "yes", .631),
    ("ENet 2016", "0.37", "no", .513), ("FCN-8s 2015, as measured by Jégou et al.", "134.5", "yes", .570),
    ("FC-DenseNet56 2017", "1.5", "no", .589), ("FC-DenseNet103 2017", "9.4", "no", .669),
)  # fmt: skip
"""CamVid, 11 classes, test part: network, million learnt numbers, pretrained, mIoU. From the papers named in the text."""


def pooled(results: Sequence[dict[str, Any]]) -> tuple[float, list[float]]:
    """Dice of what was drawn (the second class): over the pixels of all results together, and of each alone."""
    counts = [np.array(result["test"]["confusion"], np.int64) for result in results]
    return float(metrics.dice(sum(counts))[1]), [float(metrics.dice(one)[1]) for one in counts]  # type: ignore[arg-type]


def share(value: float | None, places: int = 3) -> str:
    """A share as .512, a dash where there is none."""
    return "–" if value is None or math.isnan(value) else f"{value:.{places}f}".replace("0.", ".", 1)


def _miou(runs: Results, kind: str, part: str = "test") -> list[float]:
    found = [runs.get(f"{kind}-{seed}") for seed in SEEDS]
    return [(run["test"]["miou"] if part == "test" else run["validation"]) for run in found if run]


# --- what stands in the text -------------------------------------------------------------------------------------


def summary(study: dict[str, Any]) -> str:
    """The findings, one a line, each from its results."""
    runs: Results = study["runs"]
    found = study.get("camvid")
    told = [
        f"`{found['network']}`, {found['parameters'] / 1e6:.1f} million learnt numbers, trained from nothing on 367 pictures of streets by one "
        f"shared core in {found['minutes'] / 60:.1f} hours, reaches a test mIoU of **{share(found['miou'])}** on CamVid."
        if found else f"The large training on CamVid: {NOT_YET}."
    ]  # fmt: skip
    changed = [_changed(runs, kind) for kind in DRAWN if _pairs(runs, kind)]
    told.append(
        f"Augmentation changes the test mIoU of the same network after the same number of steps by {' and '.join(changed)}."
        if changed else f"What augmentation adds: {NOT_YET}."
    )  # fmt: skip
    kinds = {name: runs[f"loss-{name}"]["test"]["miou"] for name in ("dice", "both", "mse") if f"loss-{name}" in runs}
    if kinds and "augmented-1" in runs:
        kinds["cross-entropy"] = runs["augmented-1"]["test"]["miou"]
        order = sorted(kinds.items(), key=lambda item: -item[1])
        told.append(
            "The losses after the same steps: " + ", ".join(f"{name} {share(value)}" for name, value in order) + "."
        )
    photos = [run for run in runs.values() if run["part"] == "via"]
    told.append(
        f"Polygons on eight photos, each left out once: Dice of the damage {share(pooled(photos)[0])} "
        f"over the pixels of {len(photos)} of them." if photos else f"Masks from eight photos with polygons: {NOT_YET}."
    )  # fmt: skip
    return "\n".join(f"- {line}" for line in told)


DRAWN = {"mild": "the mild recipe", "augmented": "the strong recipe"}
"""The augmented runs, and what their draws are called."""
COLOURS = {"plain": (190, 70, 20), "mild": (60, 140, 60), "augmented": (20, 90, 170)}


def _pairs(runs: Results, kind: str) -> list[tuple[float, float]]:
    """(augmented, plain) test mIoU of the seeds that have both."""
    return [
        (runs[f"{kind}-{seed}"]["test"]["miou"], runs[f"plain-{seed}"]["test"]["miou"])
        for seed in SEEDS if f"{kind}-{seed}" in runs and f"plain-{seed}" in runs
    ]  # fmt: skip


def _changed(runs: Results, kind: str) -> str:
    """By how many points, with which recipe, over how many seeds."""
    gained = [augmented - plain for augmented, plain in _pairs(runs, kind)]
    seeds = f"{len(gained)} seed{'s' if len(gained) > 1 else ''}"
    each = f": {', '.join(points(gain) for gain in gained)}" if len(gained) > 1 else ""
    return f"**{points(float(np.mean(gained)))} points** with {DRAWN[kind]} ({seeds}{each})"


def gains(study: dict[str, Any]) -> str:
    """Plain against augmented, seed by seed."""
    runs: Results = study["runs"]
    rows = []
    for kind in ("plain", *DRAWN):
        own = [runs.get(f"{kind}-{seed}") for seed in SEEDS]
        figures = [share(run["test"]["miou"] if run else None) for run in own]
        means = [
            f"{np.mean(known):.3f}".replace("0.", ".", 1) if known else "–"
            for known in (_miou(runs, kind), _miou(runs, kind, "val"))
        ]
        last = [run["losses"][-1][1] for run in own if run]
        rows.append([DRAWN.get(kind, kind), *figures, *means, f"{np.mean(last):.2f}" if last else "–"])
    told = table(["test mIoU", *(f"seed {seed}" for seed in SEEDS), "mean", "validation", "last loss"], rows)
    changed = [_changed(runs, kind) for kind in DRAWN if _pairs(runs, kind)]
    if not changed:
        return f"{told}\n\n{ABSENT}"
    run = runs["plain-1"]
    return (
        f"{told}\n\nThe test mIoU changes by {' and by '.join(changed)}. Each run: {run['steps']} steps of "
        f"{run['settings']['batch']} pictures, {run['minutes']:.0f} minutes of one core, "
        f"{run['parameters'] / 1e6:.2f} million learnt numbers.\n\n![Loss on the pictures learnt from, and mean IoU on the validation "
        "pictures: each seed thin, their mean thick.](pictures/gains.png)"
    )


def classes(study: dict[str, Any]) -> str:
    """IoU class by class: plain, augmented (means over seeds), and the large training."""
    runs: Results = study["runs"]
    columns: list[tuple[str, dict[str, float | None]]] = []
    for kind in ("plain", *DRAWN):
        own = [runs[f"{kind}-{seed}"] for seed in SEEDS if f"{kind}-{seed}" in runs]
        if own:
            by_seed = [{item["name"]: item["iou"] for item in run["test"]["classes"]} for run in own]
            columns.append((kind, {name: _mean([one[name] for one in by_seed]) for name in by_seed[0]}))
    if study.get("camvid"):
        large = {item["name"]: item["iou"] for item in study["camvid"]["classes"]}
        columns.append(("the large training", large))
    if not columns:
        return ABSENT
    rows = [[name, *(share(values[name], 2) for _, values in columns)] for name in columns[0][1]]
    return table(["IoU", *(name for name, _ in columns)], rows)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def alone(study: dict[str, Any]) -> str:
    """What each augmentation adds by itself."""
    runs: Results = study["runs"]
    plain = runs.get("plain-1")
    if not plain:
        return ABSENT
    rows = [["none", share(plain["test"]["miou"]), "", f"{plain['losses'][-1][1]:.2f}"]]
    for name in ALONE:
        run = runs.get(f"only-{name}")
        words = [share(run["test"]["miou"]), points(run["test"]["miou"] - plain["test"]["miou"]), f"{run['losses'][-1][1]:.2f}"] \
            if run else ["not measured yet", "", ""]  # fmt: skip
        rows.append([f"{name}: {NAMES[name][0]}", *words])
    if "augmented-1" in runs:
        run = runs["augmented-1"]
        gain = points(run["test"]["miou"] - plain["test"]["miou"])
        rows.append(["all of them", share(run["test"]["miou"]), gain, f"{run['losses'][-1][1]:.2f}"])
    told = table(["on", "test mIoU", "points", "last loss"], rows)
    drawn = "augmented-1" in runs and any(f"only-{name}" in runs for name in ALONE)
    return f"{told}\n\n![What each adds by itself.](pictures/alone.png)" if drawn else told


def networks(study: dict[str, Any]) -> str:
    """The architectures in the same time."""
    return _compared(study, "network-", ("residual", "separable", "squeeze", "squeeze-pretrained", "unet"), "network")


def losses(study: dict[str, Any]) -> str:
    """The losses in the same steps."""
    runs: Results = study["runs"]
    named = {**runs, **({"loss-cross-entropy": runs["augmented-1"]} if "augmented-1" in runs else {})}
    return _compared({"runs": named}, "loss-", ("cross-entropy", "dice", "both", "mse"), "loss")


def _compared(study: dict[str, Any], prefix: str, names: Sequence[str], head: str) -> str:
    rows = []
    for name in names:
        run = study["runs"].get(prefix + name)
        rows.append([f"`{name}`", f"{run['parameters'] / 1e6:.2f}", f"{run['epochs']:.0f}", f"{run['minutes']:.0f}",
                     share(run["test"]["miou"]), share(run["test"]["accuracy"])] if run
                    else [f"`{name}`", "", "", "", "not measured yet", ""])  # fmt: skip
    return table([head, "million learnt", "epochs", "minutes", "test mIoU", "accuracy"], rows)


def via(study: dict[str, Any]) -> str:
    """Leave-one-out on the polygons."""
    own = [run for run in study["runs"].values() if run["part"] == "via"]
    if not own:
        return ABSENT
    own.sort(key=lambda run: (len(run["held"]), run["held"]))
    whole, each = pooled(own)
    rows = [[run["held"], share(dice), share(_iou(run)), f"{run['minutes']:.0f}"]
            for run, dice in zip(own, each, strict=True)]  # fmt: skip
    told = table(["photo left out", "Dice of damage", "IoU", "minutes"], rows)
    return (
        f"{told}\n\nOver the pixels of {len(own)} of the 8 photos together the Dice of the damage is **{share(whole)}**, the mean of "
        f"the photos {share(float(np.mean(each)))}. {own[0]['settings']['epochs']} epochs, last weights, nothing chosen."
    )


def _iou(run: dict[str, Any]) -> float | None:
    return next(item["iou"] for item in run["test"]["classes"][1:])


def polygons(study: dict[str, Any]) -> str:
    """Mean square with and without weights of classes."""
    rows = []
    for name, words in (("none", "all pixels count the same"), ("root", "rare classes count more (the preset)")):
        run = study["runs"].get(f"polygons-{name}")
        rows.append([words, share(pooled([run])[0]), f"{run['losses'][-1][1]:.3f}"] if run
                    else [words, "not measured yet", ""])  # fmt: skip
    return table(["mean square error", "Dice of damage", "last loss"], rows)


def camvid(study: dict[str, Any]) -> str:
    """The large training beside what is published."""
    rows = [[name, learnt, pretrained, share(figure)] for name, learnt, pretrained, figure in PUBLISHED]
    found = study.get("camvid")
    if found:
        own = [
            f"**ours, `{found['network']}`**",
            f"{found['parameters'] / 1e6:.2f}",
            "no",
            f"**{share(found['miou'])}**",
        ]
    else:
        own = ["**ours, `residual`**", "2.36", "no", "not measured yet"]
    told = table(["network", "million learnt", "pretrained", "test mIoU"], [*rows, own])
    if not found:
        return told
    how = "at three scales and mirrored" if found["careful"] else "asked once"
    return (
        f"{told}\n\nOurs: {found['epochs']:.0f} epochs, {found['minutes'] / 60:.1f} hours on {found['device']}; validation "
        f"{share(found['validation'])}; test {how}: mIoU {share(found['miou'])}, Dice {share(found['dice'])}, pixel accuracy "
        f"{share(found['accuracy'])}, boundary F1 {share(found['boundary_f1'])}."
    )


def confused(study: dict[str, Any]) -> str:
    """What is taken for what, in words: of the large training, or of the augmented small ones until there is one."""
    found, whose = study.get("camvid"), "the large training"
    names: list[str] = []
    if found:
        counts, names = np.array(found["confusion"]), [item["name"] for item in found["classes"]]
    else:
        own = [study["runs"][f"augmented-{seed}"] for seed in SEEDS if f"augmented-{seed}" in study["runs"]]
        if not own:
            return ABSENT
        counts = sum(np.array(run["test"]["confusion"]) for run in own)  # type: ignore[assignment]
        names, whose = [item["name"] for item in own[0]["test"]["classes"]], "the small augmented networks"
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    np.fill_diagonal(shares, 0)
    rows = []
    for place in np.argsort(-shares, axis=None)[:8]:
        real, said = divmod(int(place), len(names))
        rows.append([names[real], names[said], f"{shares[real, said]:.0%}"])
    return f"{table(['shown', 'taken for', f'of its pixels ({whose})'], rows)}"


def data(study: dict[str, Any]) -> str:
    """The sets, counted."""
    if not study.get("data"):
        return ABSENT
    rows = []
    for row in study["data"]:
        size = f"{row['size'][0]} × {row['size'][1]}" + ("" if row["same_size"] else " and others")
        common = sorted(row["shares"].items(), key=lambda item: -item[1])
        shares = ", ".join(f"{name} {value:.0%}" for name, value in common if value >= 0.005)
        void = f"{row['void']:.1%}" if row["void"] else "none"
        rows.append([row["name"], str(row["pictures"]), size, str(row["classes"]), shares, void])
    return table(["set", "pictures", "size", "classes", "commonest, by pixels", "unlabelled"], rows)


def looked(study: dict[str, Any]) -> str:
    """Mistakes in numbers: near borders, thin things, people by height, drive by drive."""
    found = study.get("errors")
    if not found:
        return ABSENT
    bounds = ["below", *HEIGHTS]
    groups = [
        f"{'under ' + str(HEIGHTS[0]) if place == 0 else f'{bounds[place]} to {HEIGHTS[place]}' if place < len(HEIGHTS) else f'{HEIGHTS[-1]} and more'}"
        for place in range(len(HEIGHTS) + 1)
    ]
    rows = [[group, str(there), f"{hit / there:.0%}" if there else "–"]
            for group, (there, hit) in zip(groups, found["people"], strict=True)]  # fmt: skip
    drives = "; ".join(
        f"{name}: mIoU {share(one['miou'])}, pixel accuracy {share(one['accuracy'])}, trees {share(one.get('tree'), 2)}, "
        f"buildings {share(one.get('building'), 2)}"
        for name, one in found["drives"].items()
    )
    recall, precision = found["pole"]
    return (
        f"Of the wrong pixels {found['near_wrong']:.0%} lie within {NEAR} pixels of a border between labels, where only "
        f"{found['near_all']:.0%} of all pixels lie. Of the pixels of poles {recall:.0%} are found, and of those answered as poles "
        f"{precision:.0%} are. The drives of the test part: {drives}.\n\n"
        f"{table(['height of a person, pixels', 'people', 'found (half of their pixels)'], rows)}"
    )


def painted(_: dict[str, Any]) -> str:
    """The picture of answers to painted scenes, once `study_drawings.py --weights` has drawn it."""
    there = (STUDIES / "pictures" / "errors.jpg").is_file()
    words = "Painted scenes, what they show, and the answer of `squeeze` trained for race photos."
    return f"![{words}](pictures/errors.jpg)" if there else ABSENT


def cost(study: dict[str, Any]) -> str:
    """What all of it took."""
    runs: Results = study["runs"]
    if not runs:
        return ABSENT
    machines = sorted({f"{run['machine']['processor']}, {run['machine']['threads']} thread, torch {run['machine']['torch']}"
                       for run in runs.values()})  # fmt: skip
    spent = sum(run["minutes"] for run in runs.values())
    told = f"{len(runs)} trainings took {spent / 60:.1f} hours of one core ({'; '.join(machines)})."
    return (
        f"{told} The large training took {study['camvid']['minutes'] / 60:.1f} hours more."
        if study.get("camvid")
        else told
    )


MADE: dict[str, Callable[[dict[str, Any]], str]] = {
    item.__name__: item
    for item in (summary, gains, classes, alone, networks, losses, via, polygons, camvid, confused, data, looked, painted, cost)
}  # fmt: skip


def plots(study: dict[str, Any], folder: Path) -> None:
    """The plots; ones without results are left as they are."""
    runs: Results = study["runs"]
    curves = [
        (kind, colour, [[tuple(point) for point in runs[f"{kind}-{seed}"][what]] for seed in SEEDS if f"{kind}-{seed}" in runs])
        for what in ("curve",) for kind, colour in COLOURS.items()
    ]  # fmt: skip
    curves = [item for item in curves if item[2]]
    if len(curves) > 1:
        loss = [(kind, colour, [[tuple(point) for point in runs[f"{kind}-{seed}"]["losses"]] for seed in SEEDS
                                if f"{kind}-{seed}" in runs]) for kind, colour, _ in curves]  # fmt: skip
        lines(folder / "gains.png", [("Loss on the pictures learnt from", loss), ("Validation mean IoU", curves)])
    plain = runs.get("plain-1")
    known = [(name, runs[f"only-{name}"]["test"]["miou"] - plain["test"]["miou"]) for name in ALONE
             if plain and f"only-{name}" in runs]  # fmt: skip
    if plain and known and "augmented-1" in runs:
        known.append(("all", runs["augmented-1"]["test"]["miou"] - plain["test"]["miou"]))
        bars(folder / "alone.png", "Points of test mIoU over the plain run, one seed", [(n, 100 * v) for n, v in known])


def large(net: Path, evaluation: Path) -> dict[str, Any]:
    """The entry of the large training, from what `safelight` wrote."""
    found = json.loads(evaluation.read_text("utf-8"))
    history = json.loads((net / "history.json").read_text("utf-8"))
    trained = found["trained"]
    return {
        **{key: found[key] for key in ("network", "parameters", "miou", "dice", "accuracy", "classes", "confusion", "sha256")},
        "boundary_f1": found.get("boundary_f1"), "careful": found["mirror"], "epochs": history[-1]["epoch"],
        "minutes": history[-1]["spent"] / 60, "device": "one shared core" if trained["device"] == "cpu" else trained["device"],
        "validation": max(row["miou"] for row in history if row.get("miou") is not None), "settings": trained["settings"],
        "curve": [[row["epoch"], row["miou"]] for row in history if row.get("miou") is not None],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--camvid", type=Path, nargs=2, metavar=("NET", "EVALUATION"))
    parser.add_argument("--studies", type=Path, default=STUDIES, help="the folder of segmentation.md and .json")
    parser.add_argument("--data", type=Path, metavar="SHARED", help="count the data sets")
    parser.add_argument(
        "--errors", type=Path, nargs=2, metavar=("WEIGHTS", "SHARED"), help="look at the mistakes on CamVid"
    )
    given = parser.parse_args()
    path, text = given.studies / "segmentation.json", given.studies / "segmentation.md"
    study: dict[str, Any] = {"form": FORM, "runs": {}, "camvid": None}
    if path.is_file():
        study |= json.loads(path.read_text("utf-8"))
    for folder in given.folders:
        study["runs"] |= collect(folder)["runs"]
    if given.camvid:
        study["camvid"] = large(*given.camvid)
    if given.data:
        study["data"] = described(given.data)
    if given.errors:
        weights, shared = given.errors
        study["errors"] = looked_at(weights, open_dataset(shared / "datasets/camvid", "camvid", "test"))
    path.write_text(json.dumps(study, separators=(",", ":"), sort_keys=True) + "\n", "utf-8")
    text.write_text(filled(text.read_text("utf-8"), MADE, study), "utf-8")
    plots(study, given.studies / "pictures")
    print(f"{len(study['runs'])} runs{', and the large training' if study['camvid'] else ''} in {path}")


if __name__ == "__main__":
    main()
