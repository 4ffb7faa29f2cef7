"""Tables of docs/studies/classification.md, made from results and never typed.

    python bench/study_classification_report.py [FOLDER] [--heads]

Takes every result in FOLDER (of `study_classification.py`) into docs/studies/classification.json, `--heads` also the figures
that the shipped sorting heads carry, then writes what stands between `<!-- made: NAME -->` and `<!-- end -->` in the text.
Without a FOLDER it writes the text again from the JSON there is. What is not measured yet is said to be so.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from study_classification import VARIED, collect
from study_text import filled, points, table

from safelight.learn.classify.bootstrap import balanced, interval

STUDIES = Path(__file__).parents[1] / "docs" / "studies"
ABSENT = "*Not measured yet.*"
ROUNDS = 2000
BASE = "base-1"
WAYS = {
    "nothing": "a small network from nothing",
    "frozen": "SqueezeNet, only the head learns",
    "finetune": "SqueezeNet, all of it learns",
}
HEADS = {
    "signals": "signals_head.json",
    "features": "features_head.json",
    "signals+features": "signals_features_head.json",
}
Study = dict[str, Any]


def share(value: float) -> str:
    """A share in percent."""
    return f"{100 * value:.1f} %"


def between(ends: Sequence[float], form: Callable[[float], str] = share) -> str:
    """An interval."""
    return f"{form(ends[0])} to {form(ends[1])}"


def gained(first: Sequence[Sequence[int]], second: Sequence[Sequence[int]]) -> dict[str, Any]:
    """How much more often the second answers are right about the same pictures, with the 95 % interval of paired draws."""
    one, other = (np.array([truth == given for truth, given in pairs], np.float64) for pairs in (first, second))
    if [truth for truth, _ in first] != [truth for truth, _ in second]:
        raise ValueError("not the same pictures")
    change = other - one
    drawn = np.random.default_rng(24).integers(0, len(change), (ROUNDS, len(change)))
    low, high = np.quantile(change[drawn].mean(1), [0.025, 0.975])
    return {"gain": round(float(change.mean()), 4), "gain_95": [round(float(low), 4), round(float(high), 4)]}


def summed(results: dict[str, dict[str, Any]]) -> Study:
    """What the JSON keeps of results: figures without the answers, gains, the race photos' folds pooled."""
    kept: Study = {}
    for name, result in results.items():
        own = {key: value for key, value in result.items() if key not in {"one", "ten", "degraded"}}
        own["one"] = _plain(result["one"])
        if result["part"] == "garments" and name != BASE and BASE in results:
            own |= gained(results[BASE]["one"]["pairs"], result["one"]["pairs"])
        if "ten" in result:
            own["ten"] = _plain(result["ten"]) | gained(result["one"]["pairs"], result["ten"]["pairs"])
        if "degraded" in result:
            own["degraded"] = {
                way: _plain(found) | gained(result["one"]["pairs"], found["pairs"])
                for way, found in result["degraded"].items()
            }
        kept[name] = own
    return kept


def pooled(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Kind of training → its folds over held-out sources together; only kinds whose folds are all there count as whole."""
    found = {}
    for kind in WAYS:
        folds = [result for result in results.values() if result["part"] == "races" and result["what"] == kind]
        pairs = [tuple(pair) for fold in folds for pair in fold["one"]["pairs"]]
        if pairs:
            found[kind] = {
                "folds": len(folds), "n": len(pairs), "balanced": round(balanced(np.array(pairs)), 4),
                "balanced_95": [round(end, 4) for end in interval(pairs)],
                "minutes": round(sum(fold["minutes"] for fold in folds), 2),
            }  # fmt: skip
    return found


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key != "pairs"}


def ordered(study: Study) -> dict[str, Any]:
    """The heads that are there, in the order of HEADS."""
    return {kind: study["heads"][kind] for kind in HEADS if kind in study.get("heads", {})}


# --- what stands in the text -------------------------------------------------------------------------------------


def summary(study: Study) -> str:
    """The findings, one a line."""
    runs, told = study["runs"], []
    faces_ = runs.get("faces")
    if faces_:
        told.append(
            f"Young or old, from nothing on {faces_['learnt_from']} faces: **{share(faces_['one']['accuracy'])}** of {faces_['one']['n']} test "
            f"faces are right (95 %: {between(faces_['one']['accuracy_95'])}; untrained {share(faces_['untrained'])})."
        )
    heads_ = ordered(study)
    if heads_:
        best = max(heads_.items(), key=lambda item: item[1]["balanced_accuracy"])
        told.append(
            "Race photos, sources left out in turn: the shipped heads reach a balanced accuracy of "
            + ", ".join(f"{found['balanced_accuracy']:.2f} ({kind})" for kind, found in heads_.items())
            + f"; chance is .33. `{best[0]}` is best, and {best[1]['n']} photos cannot prove it."
        )
    base, plain = runs.get(BASE), runs.get("augmentation-none-1")
    if base and plain:
        told.append(
            f"On garments, mirrored and cropped pictures change the success rate by {points(-plain['gain'])} points against none (95 %: "
            f"{between([-plain['gain_95'][1], -plain['gain_95'][0]], points)})."
        )
    if base and "ten" in base:
        told.append(
            f"Ten looks instead of one change it by {points(base['ten']['gain'])} points ({between(base['ten']['gain_95'], points)})."
        )
    return "\n".join(f"- {line}" for line in told) or ABSENT


def hyperparameters(study: Study) -> str:
    """One change at a time, against the base run."""
    runs = study["runs"]
    base = runs.get(BASE)
    if not base:
        return ABSENT
    rows = [
        [
            "none: the base run",
            "",
            share(base["one"]["accuracy"]),
            "",
            f"{base['one']['log_loss']:.3f}",
            f"{base['minutes'] * 60:.0f} s",
        ]
    ]
    lacking = 0
    for what, value, _ in VARIED:
        found = next((run for run in runs.values() if (run["what"], run["value"]) == (what, value)), None)
        if found is None:
            lacking += 1
            continue
        gain = f"{points(found['gain'])} ({between(found['gain_95'], points)})"
        rows.append(
            [
                what,
                value,
                share(found["one"]["accuracy"]),
                gain,
                f"{found['one']['log_loss']:.3f}",
                f"{found['minutes'] * 60:.0f} s",
            ]
        )
    settings = base["settings"]
    told = (
        f"Base: rate {settings['rate']:g}, batch {settings['batch']}, {settings['epochs']} epochs, decay {settings['decay']:g}, crop from "
        f"{100 * settings['crop']:.0f} %, depth {settings['depth']}, {base['parameters']:,} numbers, {base['learnt_from']} pictures learnt from, "
        f"{base['one']['n']} asked, one seed. The untrained network: {share(base['untrained'])}."
    )
    gap = f"\n\n{lacking} of {len(VARIED)} are not measured yet." if lacking else ""
    head = ["changed", "to", "right", "points against base (95 %)", "log loss", "core"]
    return f"{table(head, rows)}\n\n{told}{gap}"


def crops(study: Study) -> str:
    """One look against ten."""
    rows = [
        [name, str(run["one"]["n"]), share(run["one"]["accuracy"]), share(run["ten"]["accuracy"]),
         f"{points(run['ten']['gain'])} ({between(run['ten']['gain_95'], points)})", f"{run['one']['log_loss']:.3f}", f"{run['ten']['log_loss']:.3f}"]
        for name, run in (("garments", study["runs"].get(BASE)), ("faces", study["runs"].get("faces"))) if run and "ten" in run
    ]  # fmt: skip
    head = ["", "pictures", "one look", "ten looks", "points (95 %)", "log loss, one", "ten"]
    return table(head, rows) if rows else ABSENT


def faces(study: Study) -> str:
    """The faces, and degraded copies of them."""
    run = study["runs"].get("faces")
    if not run:
        return ABSENT
    rows = [
        [
            "as they are",
            share(run["one"]["accuracy"]),
            between(run["one"]["accuracy_95"]),
            "",
            f"{run['one']['log_loss']:.3f}",
        ]
    ]
    rows += [
        [way, share(found["accuracy"]), between(found["accuracy_95"]), f"{points(found['gain'])} ({between(found['gain_95'], points)})",
         f"{found['log_loss']:.3f}"]
        for way, found in run["degraded"].items()
    ]  # fmt: skip
    told = (
        f"{run['parameters']:,} numbers, {run['learnt_from']} faces learnt from, {run['validated_on']} to choose the epoch by "
        f"(epoch {run['best_epoch']} of {run['epochs']}, {share(run['validation'])} of these), {run['one']['n']} asked once. Without looking "
        f"the log loss is {run['one']['log_loss_prior']:.3f}; the untrained network gets {share(run['untrained'])} right."
    )
    return f"{table(['test faces', 'right', '95 %', 'points against as they are', 'log loss'], rows)}\n\n{told}"


def heads(study: Study) -> str:
    """What the shipped heads carry."""
    rows = []
    for kind, found in ordered(study).items():
        ends = found.get("balanced_accuracy_95")
        recalls = [row[index] / sum(row) for index, row in enumerate(found["confusion"])]
        rows.append([
            f"`{kind}`", f"{found['balanced_accuracy']:.2f}", f"{ends[0]:.2f} to {ends[1]:.2f}" if ends else "–",
            *(f"{value:.2f}" for value in recalls), f"{found['log_loss']:.2f}", f"{found['brier']:.2f}",
        ])  # fmt: skip
    if not rows:
        return ABSENT
    first = next(iter(ordered(study).values()))
    rows.append(
        ["without looking", ".33", "", "", "", "", f"{first['log_loss_prior']:.2f}", f"{first['brier_prior']:.2f}"]
    )
    head = ["head", "balanced accuracy", "95 %", "ok found", "retoucher found", "exclure found", "log loss", "Brier"]
    return f"{table(head, rows)}\n\n{first['n']} photos of four sources, each source held out in turn and all answers together."


def races(study: Study) -> str:
    """Networks trained on the race photos."""
    found = study.get("races", {})
    rows = [
        [words, f"{found[kind]['balanced']:.2f}", between(found[kind]["balanced_95"], lambda value: f"{value:.2f}"),
         f"{found[kind]['n']} of {found[kind]['folds']} sources", f"{found[kind]['minutes']:.1f} min"]
        for kind, words in WAYS.items() if kind in found
    ]  # fmt: skip
    lacking = [words for kind, words in WAYS.items() if kind not in found]
    told = table(["training", "balanced accuracy", "95 %", "photos held out", "core"], rows) if rows else ""
    gap = f"Not measured yet: {'; '.join(lacking)}." if lacking else ""
    return "\n\n".join(part for part in (told, gap) if part)


def cost(study: Study) -> str:
    """What all of it took."""
    # The faces were trained by the product's command, whose clock is the wall's.
    runs = [run for run in study["runs"].values() if run["part"] != "faces"]
    if not runs:
        return ABSENT
    machines = sorted(
        {
            f"{run['machine']['processor']}, {run['machine']['threads']} thread, torch {run['machine']['torch']}"
            for run in runs
        }
    )
    return f"{len(runs)} trainings took {sum(run['minutes'] for run in runs):.1f} minutes of one core ({'; '.join(machines)}), beside that of the faces."


MADE = {item.__name__: item for item in (summary, hyperparameters, crops, faces, heads, races, cost)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--heads", action="store_true", help="take in the figures of the shipped sorting heads")
    parser.add_argument("--studies", type=Path, default=STUDIES, help="the folder of classification.md and .json")
    given = parser.parse_args()
    path, text = given.studies / "classification.json", given.studies / "classification.md"
    study: Study = {"runs": {}, "heads": {}, "races": {}}
    if path.is_file():
        study |= json.loads(path.read_text("utf-8"))
    if given.folder:
        results = collect(given.folder)
        study["runs"] |= summed(results)
        study["races"] |= pooled(results)
    if given.heads:
        from safelight.stages.classify import features

        own = Path(features.__file__).parent
        study["heads"] = {kind: json.loads((own / name).read_text("utf-8"))["figures"] for kind, name in HEADS.items()}
        for found in study["heads"].values():
            found.pop("sources", None)  # names of other people's collections
            found.pop("answers", None)  # they stand in the heads' own files
            pairs = [
                (i, j) for i, row in enumerate(found["confusion"]) for j, count in enumerate(row) for _ in range(count)
            ]
            found.setdefault("balanced_accuracy_95", [round(end, 3) for end in interval(pairs)])
    path.write_text(json.dumps(study, separators=(",", ":"), sort_keys=True) + "\n", "utf-8")
    text.write_text(filled(text.read_text("utf-8"), MADE, study), "utf-8")
    print(f"{len(study['runs'])} runs in {path}")


if __name__ == "__main__":
    main()
