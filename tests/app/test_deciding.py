"""What people decided, put to use: learnt from, compared, taken by a person alone, refused where wrong, handed on."""

from __future__ import annotations

import csv
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from safelight.app.deciding import BadHead, FolderNotEmpty, adopt, export_dataset, train_from_event
from safelight.app.deciding_words import better, exported_dataset_lines, learnt_lines
from safelight.app.looking import overview
from safelight.app.tell import status_lines
from safelight.learn.decisions import OneOccasion, TooFewDecisions, decisions, learn, parted
from safelight.model.digests import PhotoId
from safelight.model.recipe import BookForm, EventForm, Recipe, RetouchRules, SortRules, StyleRules
from safelight.model.records import Adopted, Decided, Noted, StepDone
from safelight.model.signals import CLASSES
from safelight.plan.planner import Setting, plan_photo
from safelight.reconcile.asked import record_requests
from safelight.reconcile.event import Event, Owner, look_at
from safelight.reconcile.execute import job_for
from safelight.reconcile.promises import Promises
from safelight.reconcile.tally import corrections
from safelight.reconcile.verify import verify
from safelight.stages.classify.adopted import Adopted as AdoptedHead
from safelight.stages.classify.signals import SHIPPED, SignalsHead
from safelight.stages.perform import Job, perform
from world import drop, event_in, finish, jpeg, owner_of, verdict_facts

RECIPE = Recipe(EventForm(), SortRules(), RetouchRules(), StyleRules(), BookForm())


def measured(kind: str, chance: random.Random) -> dict[str, Any]:
    """Signals by which a class can mostly be told: of this event's own kind, other than the model learnt."""
    values = {
        "car_area": {"ok": 0.1, "retoucher": 0.3, "exclure": 0.5}[kind] + chance.gauss(0, 0.06),
        "text_area": {"ok": 0.0, "retoucher": 0.09, "exclure": 0.02}[kind] + abs(chance.gauss(0, 0.02)),
        "motion": chance.random(), "busy": chance.random(),
    }  # fmt: skip
    return {"values": {name: max(0.0, value) for name, value in values.items()}, "boxes": [], "features": []}


def judged(owner: Owner, photo: PhotoId, kind: str, said: str, chance: random.Random) -> None:
    """Measured and sorted by the model."""
    while (step := plan_photo(owner.state.photos[photo], owner.of(photo), Setting(RECIPE)).step) is not None:
        if step.stage not in {"look", "classify"}:
            return
        facts = measured(kind, chance) if step.stage == "look" else verdict_facts(said, 0.7)
        owner.append(replace(finish(step, facts=facts), model="shipped"))


def event_of(folder: Path, decided: int, untouched: int = 6, hours: int = 8, bytes_: bool = False) -> Event:
    """An event of so many decided photos, half of them corrections, over so many hours."""
    chance = random.Random(decided)
    event = event_in(folder)
    owner = owner_of(event)
    for number in range(decided + untouched):
        kind = CLASSES[number % 3]
        said = kind if number % 2 or number >= decided else CLASSES[(number + 1) % 3]
        taken = f"2026-06-13T{10 + number % hours:02d}:{number % 60:02d}:00"
        data = jpeg(number) if bytes_ else f"photo {number}".encode()
        photo = drop(owner, data, f"IMG_{number}.JPG", taken=taken, likeness=f"{chance.getrandbits(64):016x}")
        judged(owner, photo, kind, said, chance)
        if number < decided:
            owner.append(Decided(photo, kind, "folder"))
    owner.close()
    return event


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Event:
    """An event with 90 decisions, to be looked at only."""
    return event_of(tmp_path_factory.mktemp("known"), 90)


def test_learning_compares_both_on_the_same_photos_and_changes_nothing(known: Event, tmp_path: Path) -> None:
    """Each photo held out once at most, figures of both, what would change elsewhere; the ledger stays as it is."""
    before = look_at(known).state.sequence
    told = train_from_event(known, tmp_path / "out")
    assert look_at(known).state.sequence == before
    assert told["decisions"] == 90
    assert 60 <= told["held_out"] <= 90
    assert sum(map(sum, told["old"]["confusion"])) == sum(map(sum, told["new"]["confusion"])) == told["held_out"]
    assert told["new"]["accuracy"] > 0.75 > told["old"]["accuracy"]
    assert better(told)
    assert (told["untouched"], json.loads((tmp_path / "out/comparison.json").read_text())) == (6, told)
    for language in ("en", "fr"):
        lines = "\n".join(learnt_lines(told, language))
        assert "adopt" in lines
        assert str(told["held_out"]) in lines
        assert "{" not in lines
    head = json.loads((tmp_path / "out/head.json").read_text())
    assert len(head["figures"]["answers"]) == told["held_out"]
    assert "IMG_" not in json.dumps(head)


def test_the_order_of_arrival_has_no_influence(known: Event) -> None:
    """The same decisions in another order give the same head, number by number."""
    world = look_at(known)
    photos = list(world.state.photos.values())
    one = learn(decisions(photos, world.of), [], "")[0]
    random.Random(3).shuffle(photos)
    assert learn(decisions(photos, world.of), [], "")[0] == one


def test_answers_keep_a_promise_once_taken(known: Event, tmp_path: Path) -> None:
    """Sixty and more held-out answers travel in the head's file: what it can promise is known by its fingerprint."""
    train_from_event(known, tmp_path / "out")
    event = event_of(tmp_path / "event", 0)
    adopt(event, tmp_path / "out/head.json")
    world, promises = look_at(event), Promises()
    promises.learn(world)
    found = promises.of(world.state.adopted, 0.5)
    assert found.known >= 60
    assert found.limit is not None
    assert not verify(event).damage


@pytest.mark.parametrize(
    ("decided", "hours", "kind"), [(0, 8, TooFewDecisions), (29, 8, TooFewDecisions), (60, 1, OneOccasion)]
)
def test_too_little_is_told(tmp_path: Path, decided: int, hours: int, kind: type[Exception]) -> None:
    """Fewer than thirty decisions, or all of one occasion: a sentence, and nothing is written."""
    event = event_of(tmp_path / "event", decided, hours=hours)
    with pytest.raises(kind):
        train_from_event(event, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def head_text() -> str:
    """The shipped head's file."""
    return SHIPPED.read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        head_text().replace('"temperature": ', '"temperature": 1', 1),
        json.dumps({**json.loads(head_text()), "format": 99}),
        "no head",
        "[]",
        "{}",
    ],
    ids=["wrong digest", "another version", "no json", "a list", "nothing"],
)
def test_a_wrong_head_is_refused(tmp_path: Path, text: str) -> None:
    """Changed by one number, of another version, or no head at all: refused with a sentence, also when asked behind its back."""
    event = event_of(tmp_path / "event", 0)
    (tmp_path / "head.json").write_text(text, "utf-8")
    with pytest.raises(BadHead) as told:
        adopt(event, tmp_path / "head.json")
    assert "head.json" in told.value.say("fr")
    event.requests.put("adopt", {"head": text}, "0")
    owner = owner_of(event)
    record_requests(_work(owner))
    assert owner.state.adopted == ""
    owner.close()
    assert isinstance(look_at(event).ledger.records[-1].fact, Noted)


def _work(owner: Owner) -> Any:
    from safelight.reconcile.pace import Pace
    from safelight.reconcile.work import Work

    return Work(owner, None, Path(), Pace(), "test")  # type: ignore[arg-type]


def test_a_taken_head_sorts_and_finished_work_stays(tmp_path: Path) -> None:
    """One record; the next classify job bears it and its answer its fingerprint; keys stay, so nothing is done again."""
    event = event_of(tmp_path / "event", 0, untouched=1)
    (tmp_path / "head.json").write_text(head_text(), "utf-8")
    photo = next(iter(look_at(event).state.photos))
    before = set(look_at(event).state.photos[photo].steps)
    asked = adopt(event, tmp_path / "head.json", "fr")
    assert asked.recorded
    world = look_at(event)
    facts = [record.fact for record in world.ledger.records if isinstance(record.fact, Adopted)]
    assert [fact.object for fact in facts] == [world.state.adopted] != [""]
    assert set(world.state.photos[photo].steps) == before
    step = next(done.step for done in world.state.photos[photo].steps.values() if done.step.stage == "classify")
    planned = _step(world.state.photos[photo], step)
    job = job_for(planned, world.state)
    assert job["params"]["head"] == world.state.adopted
    image = event.store.put(jpeg(1))
    made = perform(Job("classify", {"image": image}, job["params"]), event.store.get)
    assert (made.model, made.backend) == (world.state.adopted, "signals")
    adopt(event, None)
    assert look_at(event).state.adopted == ""
    assert "head" not in job_for(planned, look_at(event).state)["params"]


def _step(photo: Any, done: StepDone) -> Any:
    from safelight.plan.steps import Step

    return Step(photo.photo, "classify", done.inputs, done.params, 0, "", "auto", "first")


def test_a_head_in_bytes_judges_as_its_file() -> None:
    """The same numbers whether shipped or taken; its fingerprint is the digest of the bytes."""
    data = SHIPPED.read_bytes()
    assert AdoptedHead(data).head == SignalsHead().head
    assert AdoptedHead(data).unavailable() is None
    assert len(AdoptedHead(data).fingerprint()) == 64


@pytest.mark.parametrize(("decided", "told"), [(60, True), (58, False)])
def test_learning_is_proposed_from_thirty_corrections_on(tmp_path: Path, decided: int, told: bool) -> None:
    """Half of the decisions correct the model; a line in status says it from thirty on, and no more once a head was taken."""
    event = event_of(tmp_path / "event", decided)
    look = overview(event)
    assert look.corrections == decided // 2
    assert any("--from-event" in line for line in status_lines(look)) == told
    (tmp_path / "head.json").write_text(head_text(), "utf-8")
    adopt(event, tmp_path / "head.json")
    state = look_at(event).state
    assert corrections(state.photos.values(), state.adopted_at) == 0


def test_a_dataset_is_parted_by_source_and_bears_no_names(tmp_path: Path) -> None:
    """Copies in three parts and classes, whole sources, metadata gone, originals as they were; a full folder is refused."""
    event = event_of(tmp_path / "event", 24, bytes_=True)
    told = export_dataset(event, tmp_path / "data")
    with (tmp_path / "data/dataset.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert told["photos"] == len(rows) == 24
    parts: dict[str, set[str]] = {}
    for row in rows:
        assert (tmp_path / "data" / row["part"] / row["file"]).is_file()
        assert row["file"].startswith(row["class"])
        parts.setdefault(row["source"], set()).add(row["part"])
    assert all(len(part) == 1 for part in parts.values())
    assert {row["part"] for row in rows} == {"train", "validation", "test"}
    assert "marie" not in (tmp_path / "data/dataset.csv").read_text("utf-8")
    assert len((tmp_path / "data/train/sources.csv").read_text("utf-8").splitlines()) > 1
    assert not verify(event).damage
    assert exported_dataset_lines(told, "fr")
    with pytest.raises(FolderNotEmpty):
        export_dataset(event, tmp_path / "data")


@pytest.mark.parametrize("sizes", [[1], [5, 1, 1], [3, 3, 3, 3], [10, 9, 1, 1, 1], [2] * 30])
def test_parts_hold_whole_groups(sizes: list[int]) -> None:
    """Every group in one part, every item somewhere, the largest part the one that should be."""
    groups = [f"g{number}" for number, size in enumerate(sizes) for _ in range(size)]
    parts = parted(groups, (0.6, 0.2, 0.2))
    assert len({(group, part) for group, part in zip(groups, parts, strict=True)}) == len(sizes)
    if len(sizes) > 3:
        assert parts.count(0) == max(map(parts.count, range(3)))
