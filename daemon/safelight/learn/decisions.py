"""Learning from what people decided about an event's photos: examples, how they are parted, and new against old. Pure.

Only measured signals are learnt from, as the event's records hold them: no picture is opened. Photos of one burst and of one
source (a photographer's pictures of one hour, or one series where no time is known) never stand on both sides. Old and new
model answer about the same photos, each of which was unknown to the model that answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from safelight.learn.classify.errors import LabelledFolderError
from safelight.learn.evaluate import Figures, checked, figures
from safelight.learn.train_head import BIG, Examples, train, validate
from safelight.model.bursts import REACH, Shot, bursts, camera_of
from safelight.model.digests import PhotoId, digest
from safelight.model.records import Detail
from safelight.model.signals import CLASSES, ClassName, Signals, Verdict
from safelight.projection.state import PhotoState
from safelight.stages.classify.head import Head
from safelight.stages.classify.signals import judge

ENOUGH = 30
"""Decisions without which learning is refused; it is proposed from as many corrections on."""
LEAST = 5
"""Decisions a class needs to be learnt at all."""
FOLDS = 5


class TooFewDecisions(LabelledFolderError):
    """An event from which nothing can be learnt yet."""

    code = "too_few_decisions"
    en = "{event} holds {count} decisions of people in {classes} class(es); {least} in at least two are needed to learn from them."
    fr = "{event} contient {count} décisions de personnes dans {classes} classe(s) ; il en faut {least} dans deux au moins pour en apprendre."
    do_en = "Move pictures into the class folders where they belong, confirm some that are right (`safelight decide NAME ok`), and try again."
    do_fr = "Déplacez des images dans leurs dossiers de classe, confirmez-en de justes (`safelight decide NOM ok`), puis réessayez."


class OneOccasion(LabelledFolderError):
    """Decisions that cannot be parted: a model would be measured on what it learnt."""

    code = "one_occasion"
    en = "The decisions in {event} are all about one occasion: nothing could be held out to measure what was learnt."
    fr = "Les décisions de {event} portent toutes sur une seule occasion : rien ne pourrait être mis de côté pour mesurer l'appris."
    do_en = "Decide pictures of other hours or other photographers as well."
    do_fr = "Décidez aussi d'images d'autres heures ou d'autres photographes."


@dataclass(frozen=True)
class Decision:
    """A photo that a person decided: what was measured, what the model had said, and which photos it belongs with."""

    photo: PhotoId
    expected: ClassName
    signals: Signals
    before: Verdict
    group: str
    shot: PhotoId

    @property
    def corrected(self) -> bool:
        """Whether the person said otherwise than the model."""
        return self.before.likeliest != self.expected


@dataclass(frozen=True)
class Comparison:
    """Old and new model on the same photos, each held out once. `better`: only the new one was right, `worse`: only the old.

    `otherwise` of `untouched` photos, which nobody decided, would be sorted otherwise. Corrections are where the old model was
    wrong, so the figures of the old one are worse than on all photos: `corrections` says how many of `held_out` they are.
    """

    decisions: int
    held_out: int
    corrections: int
    old: Figures
    new: Figures
    better: int
    worse: int
    untouched: int
    otherwise: int

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        told: dict[str, Any] = {key: value for key, value in vars(self).items() if key not in {"old", "new"}}
        for name, found in (("old", self.old), ("new", self.new)):
            told[name] = {
                "accuracy": round(found.accuracy, 3), "balanced_accuracy": round(found.balanced_accuracy, 3),
                "log_loss": round(found.log_loss, 3), "confusion": [list(row) for row in found.confusion],
            }  # fmt: skip
        return told


def decisions(photos: Iterable[PhotoState], detail: Callable[[PhotoId], Detail]) -> list[Decision]:
    """Every photo that a person decided and that was measured, sorted by photo: the order of arrival has no influence."""
    known = sorted((photo for photo in photos if photo.judged and photo.decision), key=lambda photo: photo.photo)
    details = {photo.photo: detail(photo.photo) for photo in known}
    shots = _shots(details)
    found = []
    for photo in known:
        assert photo.decision is not None
        assert photo.judged is not None
        first = shots.get(photo.photo, photo.photo)
        looked, judged = photo.judged
        found.append(
            Decision(
                photo.photo, _class(photo.decision.verdict), Signals.from_json(looked), Verdict.from_json(judged),
                source(details[first]), first,
            )
        )  # fmt: skip
    return found


def source(detail: Detail) -> str:
    """What a photo's light and subject are shared with: its photographer's hour, or its series where no time is known."""
    when = detail.taken[:13] if detail.taken else detail.name.rstrip("0123456789 ()").rpartition(".")[0] or detail.name
    return digest([detail.photographer.casefold(), when.casefold()])


def parted(groups: Sequence[str], shares: Sequence[float]) -> list[int]:
    """The part of each item; whole groups, the largest first, each to the part that lacks most of its share."""
    sizes: dict[str, int] = {}
    for group in groups:
        sizes[group] = sizes.get(group, 0) + 1
    lacking = [share * len(groups) for share in shares]
    part: dict[str, int] = {}
    for group in sorted(sizes, key=lambda name: (-sizes[name], name)):
        part[group] = max(range(len(shares)), key=lambda place: (lacking[place], -place))
        lacking[part[group]] -= sizes[group]
    return [part[group] for group in groups]


def learn(
    known: Sequence[Decision], untouched: Sequence[tuple[Signals, Verdict]], event: str
) -> tuple[Head, Comparison]:
    """The head of all decisions with its held-out answers, and how it compares. Raises TooFewDecisions, OneOccasion."""
    counts = {name: sum(item.expected == name for item in known) for name in CLASSES}
    known = [item for item in known if counts[item.expected] >= LEAST]
    classes = sum(count >= LEAST for count in counts.values())
    if len(known) < ENOUGH or classes < 2:
        raise TooFewDecisions(event=event, count=sum(counts.values()), classes=classes, least=ENOUGH)
    folds = max(2, min(FOLDS, len(known) // (2 * BIG)))
    parts = [f"part {place}" for place in parted([item.group for item in known], [1 / folds] * folds)]
    examples = Examples(
        tuple(item.signals for item in known), tuple(item.expected for item in known), tuple(parts),
        tuple(item.photo for item in known),
    )  # fmt: skip
    validation = validate(examples)
    if validation is None:
        raise OneOccasion(event=event)
    # The order of the answers is validate's own: fold by fold, within each as the examples stand.
    held = [
        item for name in sorted(validation.per_source) for item, part in zip(known, parts, strict=True) if part == name
    ]
    answers = [(item, verdict) for item, (_, verdict) in zip(held, validation.answers, strict=True)]
    single = {item.shot: (item.expected, verdict) for item, verdict in reversed(answers)}
    head = train(examples)
    head = replace(head, figures={**(head.figures or {}), "answers": checked(single.values()), "from": "decisions"})
    return head, _compared(known, answers, untouched, head)


def _compared(
    known: Sequence[Decision], answers: Sequence[tuple[Decision, Verdict]], untouched: Sequence[tuple[Signals, Verdict]],
    head: Head,
) -> Comparison:  # fmt: skip
    right = [(item.before.likeliest == item.expected, verdict.likeliest == item.expected) for item, verdict in answers]
    return Comparison(
        decisions=len(known), held_out=len(answers), corrections=sum(item.corrected for item, _ in answers),
        old=figures([(item.expected, item.before) for item, _ in answers]),
        new=figures([(item.expected, verdict) for item, verdict in answers]),
        better=right.count((False, True)), worse=right.count((True, False)), untouched=len(untouched),
        otherwise=sum(judge(head, signals).likeliest != verdict.likeliest for signals, verdict in untouched),
    )  # fmt: skip


def _shots(details: Mapping[PhotoId, Detail]) -> dict[PhotoId, PhotoId]:
    """Each photo of a burst by the burst's first photo."""
    shots = [Shot.of(photo, one.taken, camera_of(one), one.likeness) for photo, one in details.items()]
    return {photo: group[0] for group in bursts(shots, REACH["strict"]) for photo in group}


def _class(word: str) -> ClassName:
    return next(name for name in CLASSES if name == word)
